//! Photos in full, for those who show them or hand them on.

use std::path::{Path, PathBuf};

use image::RgbImage;

use super::Library;
use crate::error::{Error, Result};
use crate::ids::PhotoId;
use crate::media::{self, Caps, Decoded, Format, MediaError, Scale, ThumbnailSize};
use crate::scan;

/// The file of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Where it is.
    pub path: PathBuf,
    /// What it is, by its first bytes.
    pub format: Format,
    /// A web view shows it upright as it is. If not, [`Library::original_as_jpeg`] gives what it can show.
    pub is_web_picture: bool,
    /// BLAKE3 of its content now.
    pub hash: [u8; 32],
}

impl Library {
    /// The file of a photo, and whether a web view can show it.
    ///
    /// # Errors
    /// There is no such photo; its file is out of reach or is no picture any more.
    pub fn original(&self, photo: PhotoId) -> Result<Original> {
        let row = self.row(photo)?;
        let unreadable = |source: MediaError| Error::Picture { path: row.path.clone(), source };
        let format = media::format_of(&row.path).map_err(|error| unreadable(error.into()))?;
        let format = format.ok_or_else(|| unreadable(MediaError::NotAPicture))?;
        let is_known_content = || Some(scan::stamp(&std::fs::metadata(&row.path).ok()?) == row.stamp);
        // What tells how a picture is turned may stand at the end of the file.
        let is_asked_for_turn = format.web_type().is_some() && format != Format::Jpeg;
        let (is_web_picture, hash) = match row.hash.filter(|_| is_known_content() == Some(true)) {
            Some(hash) if !is_asked_for_turn => (format.web_type().is_some(), hash),
            known => {
                let bytes = media::read(&row.path, &Caps::of_machine()).map_err(unreadable)?;
                let hash = known.unwrap_or_else(|| media::content_hash(&bytes));
                (media::shown_as_it_is(format, &bytes), hash)
            }
        };
        Ok(Original { format, is_web_picture, hash, path: row.path })
    }

    /// The photo as an upright JPEG in sRGB, whatever its file is.
    ///
    /// # Errors
    /// As [`Self::original`].
    pub fn original_as_jpeg(&self, photo: PhotoId) -> Result<Vec<u8>> {
        let path = self.row(photo)?.path;
        self.decoded(&path, Scale::Full, |decoded| {
            media::srgb_jpeg(decoded.image, decoded.icc.as_deref()).map_err(std::io::Error::other)
        })
    }

    /// The photo's upright pixels in sRGB.
    ///
    /// # Errors
    /// As [`Self::original`].
    pub fn pixels(&self, photo: PhotoId) -> Result<RgbImage> {
        let path = self.row(photo)?.path;
        self.decoded(&path, Scale::Full, |decoded| Ok(media::srgb(decoded.image, decoded.icc.as_deref())))
    }

    /// A thumbnail of any picture file, in the library or not, as a JPEG in sRGB. It is not kept.
    ///
    /// # Errors
    /// The file cannot be read, or is no picture.
    pub fn picture_thumbnail(&self, path: &Path, size: ThumbnailSize) -> Result<Vec<u8>> {
        let enough = Scale::AtLeast { longest: size.source_side(), shortest: 0 };
        self.decoded(path, enough, |Decoded { image, width, height, icc, .. }| {
            media::thumbnail(&image, width.max(height), icc.as_deref(), size).map_err(std::io::Error::other)
        })
    }

    /// What `made` makes of a picture file, within the memory that decoding may take.
    pub(super) fn decoded<T>(
        &self,
        path: &Path,
        scale: Scale,
        made: impl FnOnce(Decoded) -> std::io::Result<T>,
    ) -> Result<T> {
        let caps = Caps::of_machine();
        let unreadable = |source: MediaError| Error::Picture { path: path.to_path_buf(), source };
        let bytes = media::read(path, &caps).map_err(unreadable)?;
        let _share = self.memory.reserve(&bytes);
        let decoded = media::decode(&bytes, scale, &caps).map_err(unreadable)?;
        drop(bytes);
        made(decoded).map_err(|error| Error::io(path, error))
    }
}
