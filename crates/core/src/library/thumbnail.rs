//! Small copies of photos, for those who show them.

use std::path::PathBuf;

use super::Library;
use crate::error::{Error, Result};
use crate::ids::PhotoId;
use crate::media::{self, Caps, MediaError, Scale, ThumbnailError, ThumbnailSize};

impl Library {
    /// The file of a photo's thumbnail, a JPEG in sRGB. One that is missing is made from the original, which takes as
    /// long as decoding it: the folder of thumbnails is a cache and may be deleted at any time, and a photo that waits to
    /// be indexed has none yet.
    ///
    /// # Errors
    /// There is no such photo; its file is out of reach or is no picture; the thumbnail cannot be written.
    pub fn thumbnail(&self, photo: PhotoId, size: ThumbnailSize) -> Result<PathBuf> {
        let row = self.row(photo)?;
        if let Some(cached) =
            row.hash.map(|hash| self.thumbnails.path(&hash, size)).filter(|path| path.is_file())
        {
            return Ok(cached);
        }
        let unreadable = |source: MediaError| Error::Picture { path: row.path.clone(), source };
        let caps = Caps::of_machine();
        let bytes = media::read(&row.path, &caps).map_err(unreadable)?;
        // The file may have changed since it was indexed: a thumbnail is named by what it shows.
        let hash = media::content_hash(&bytes);
        let path = self.thumbnails.path(&hash, size);
        if path.is_file() {
            return Ok(path);
        }
        let _share = self.memory.reserve(&bytes);
        let enough = Scale::AtLeast { longest: ThumbnailSize::Large.source_side(), shortest: 0 };
        let decoded = media::decode(&bytes, enough, &caps).map_err(unreadable)?;
        let longest = decoded.width.max(decoded.height);
        match self.thumbnails.ensure(&hash, &decoded.image, longest, decoded.icc.as_deref()) {
            Ok(()) => Ok(path),
            Err(ThumbnailError::Io { path, source }) => Err(Error::io(path, source)),
            Err(error @ ThumbnailError::Encode(_)) => Err(Error::io(path, std::io::Error::other(error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::testing::World;
    use crate::media::testing::{assert_quadrants, encode_jpeg, exif, quadrants, with_exif};

    #[test]
    fn a_thumbnail_that_was_deleted_is_made_again_from_the_original() {
        let world = World::new();
        let photos = world.folder("photos");
        let turned = with_exif(&encode_jpeg(&quadrants(1600, 1200)), &exif(6, &[]));
        std::fs::write(photos.join("turned.jpg"), turned).unwrap();
        world.add(std::slice::from_ref(&photos));
        world.index();
        let library = &world.library;
        let photo = library.reader().unwrap().photo_at(&photos.join("turned.jpg")).unwrap().unwrap().id;

        for (size, expected) in [(ThumbnailSize::Small, (192, 256)), (ThumbnailSize::Large, (768, 1024))] {
            let indexed = library.thumbnail(photo, size).unwrap();
            let before = std::fs::read(&indexed).unwrap();
            std::fs::remove_dir_all(library.places.thumbnails()).unwrap();
            assert_eq!(library.thumbnail(photo, size).unwrap(), indexed);
            assert_eq!(std::fs::read(&indexed).unwrap(), before);
            let decoded = media::decode(&before, Scale::Full, &Caps::of_machine()).unwrap();
            assert_eq!((decoded.width, decoded.height), expected);
            assert_quadrants(&decoded.image, 6, 16);
        }

        std::fs::remove_dir_all(library.places.thumbnails()).unwrap();
        std::fs::remove_file(photos.join("turned.jpg")).unwrap();
        let gone = library.thumbnail(photo, ThumbnailSize::Small).unwrap_err();
        assert!(matches!(gone, Error::Picture { .. }), "{gone}");
        let unknown = library.thumbnail(PhotoId(77), ThumbnailSize::Small).unwrap_err();
        assert!(matches!(unknown, Error::UnknownPhoto { photo: PhotoId(77) }), "{unknown}");
    }
}
