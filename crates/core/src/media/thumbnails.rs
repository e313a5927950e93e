//! Small copies of photos for the grid, kept under the hash of the photo's content. A cache: deleting it
//! loses nothing.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;
use turbojpeg::{PixelFormat, Subsamp};

use super::error::MediaError;

/// How large a thumbnail is: the number is its longest side in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThumbnailSize {
    /// 256 px, for the grid.
    Small,
    /// 1024 px, for the single view and dense screens.
    Large,
}

impl ThumbnailSize {
    /// Both sizes, the larger first: the smaller is made from it.
    pub const ALL: [Self; 2] = [Self::Large, Self::Small];

    /// Longest side in pixels.
    pub fn longest_side(self) -> u32 {
        match self {
            Self::Small => 256,
            Self::Large => 1024,
        }
    }
}

/// Above 80 the files grow faster than a difference can be seen at this size.
const QUALITY: i32 = 82;

/// A folder of thumbnails: `ab/abcd…-256.jpg`, named by the hexadecimal content hash.
#[derive(Debug, Clone)]
pub struct Thumbnails {
    dir: PathBuf,
}

impl Thumbnails {
    /// Thumbnails under `dir`; folders are made when the first one is written.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Where the thumbnail of a content lies or will lie.
    pub fn path(&self, hash: &[u8; 32], size: ThumbnailSize) -> PathBuf {
        let name = hash.iter().fold(String::with_capacity(64), |mut name, byte| {
            // Writing to a String cannot fail.
            let _ = write!(name, "{byte:02x}");
            name
        });
        self.dir.join(&name[..2]).join(format!("{name}-{}.jpg", size.longest_side()))
    }

    /// Whether both sizes are there.
    pub fn exists(&self, hash: &[u8; 32]) -> bool {
        ThumbnailSize::ALL.iter().all(|size| self.path(hash, *size).is_file())
    }

    /// Makes the sizes that are missing from the upright picture, which is at least 1024 px on its longest
    /// side or in full. Smaller pictures are not enlarged. A file appears complete or not at all.
    ///
    /// # Errors
    /// [`MediaError::Io`] when the folder cannot be written, [`MediaError::Encode`] for an empty picture.
    pub fn ensure(&self, hash: &[u8; 32], image: &RgbImage) -> Result<(), MediaError> {
        let mut larger: Option<RgbImage> = None;
        for size in ThumbnailSize::ALL {
            let path = self.path(hash, size);
            if path.is_file() {
                continue;
            }
            let reduced = reduced(larger.as_ref().unwrap_or(image), size.longest_side())?;
            let smallest = reduced.as_ref().or(larger.as_ref()).unwrap_or(image);
            write_whole(&path, &encoded(smallest)?)?;
            larger = reduced.or(larger);
        }
        Ok(())
    }

    /// Deletes both sizes; what is not there is fine.
    ///
    /// # Errors
    /// What the system says when a file is there and cannot be deleted.
    pub fn remove(&self, hash: &[u8; 32]) -> io::Result<()> {
        for size in ThumbnailSize::ALL {
            match fs::remove_file(self.path(hash, size)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The picture with its longest side at `longest`, `None` where it is no longer than that.
fn reduced(image: &RgbImage, longest: u32) -> Result<Option<RgbImage>, MediaError> {
    let (width, height) = image.dimensions();
    let long = width.max(height);
    if long <= longest {
        return Ok(None);
    }
    let side = |side: u32| {
        let scaled = (u64::from(side) * u64::from(longest) + u64::from(long) / 2) / u64::from(long);
        (scaled as u32).max(1)
    };
    let failed = |error: &dyn std::fmt::Display| MediaError::Encode(error.to_string());
    let source = fast_image_resize::images::ImageRef::new(width, height, image, PixelType::U8x3)
        .map_err(|error| failed(&error))?;
    let mut target = Image::new(side(width), side(height), PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&source, &mut target, &options).map_err(|error| failed(&error))?;
    let (width, height) = (target.width(), target.height());
    Ok(RgbImage::from_raw(width, height, target.into_vec()))
}

fn encoded(image: &RgbImage) -> Result<Vec<u8>, MediaError> {
    let failed = |error: turbojpeg::Error| MediaError::Encode(error.to_string());
    let mut compressor = turbojpeg::Compressor::new().map_err(failed)?;
    compressor.set_quality(QUALITY).map_err(failed)?;
    compressor.set_subsamp(Subsamp::Sub2x2).map_err(failed)?;
    compressor.set_optimize(true).map_err(failed)?;
    let (width, height) = (image.width() as usize, image.height() as usize);
    let pixels = turbojpeg::Image {
        pixels: image.as_raw().as_slice(),
        width,
        pitch: width * 3,
        height,
        format: PixelFormat::RGB,
    };
    compressor.compress_to_vec(pixels).map_err(failed)
}

/// Beside its final place first, then renamed: a reader never sees half a file, and of two writers the last
/// one wins with the same bytes.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::testing::{assert_quadrants, quadrants};
    use crate::media::{Caps, Scale, decode};

    fn sizes(image: &RgbImage) -> [(u32, u32); 2] {
        let folder = tempfile::tempdir().unwrap();
        let thumbnails = Thumbnails::new(folder.path());
        thumbnails.ensure(&[7; 32], image).unwrap();
        ThumbnailSize::ALL.map(|size| {
            let bytes = fs::read(thumbnails.path(&[7; 32], size)).unwrap();
            let decoded = decode(&bytes, Scale::Full, &Caps::for_workers(1)).unwrap();
            assert_quadrants(&decoded.image, 1, 16);
            (decoded.width, decoded.height)
        })
    }

    #[test]
    fn thumbnails_keep_the_proportions_and_are_never_larger_than_the_photo() {
        assert_eq!(sizes(&quadrants(3000, 2000)), [(1024, 683), (256, 171)]);
        assert_eq!(sizes(&quadrants(600, 800)), [(600, 800), (192, 256)]);
        assert_eq!(sizes(&quadrants(100, 60)), [(100, 60), (100, 60)]);
        assert_eq!(sizes(&quadrants(5000, 20)), [(1024, 4), (256, 1)].map(|(w, h): (u32, u32)| (w, h)));
    }

    #[test]
    fn ensuring_twice_writes_once_and_removing_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let thumbnails = Thumbnails::new(folder.path());
        let hash = [0xAB; 32];
        assert!(!thumbnails.exists(&hash));
        thumbnails.ensure(&hash, &quadrants(400, 300)).unwrap();
        assert!(thumbnails.exists(&hash));
        let path = thumbnails.path(&hash, ThumbnailSize::Small);
        assert!(path.ends_with(format!("ab/{}-256.jpg", "ab".repeat(32))));
        fs::write(&path, b"kept").unwrap();
        thumbnails.ensure(&hash, &quadrants(400, 300)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"kept");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 2, "no temporary file is left");
        thumbnails.remove(&hash).unwrap();
        thumbnails.remove(&hash).unwrap();
        assert!(!thumbnails.exists(&hash));
    }

    #[test]
    fn an_empty_picture_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Thumbnails::new(folder.path()).ensure(&[0; 32], &RgbImage::new(0, 0)).is_err());
    }
}
