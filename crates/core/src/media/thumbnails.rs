//! Small copies of photos for the grid, kept under the hash of the photo's content. A cache: what is deleted
//! is made again when it is asked for.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;
use turbojpeg::{PixelFormat, Subsamp};

use super::caps::Caps;
use super::decode::{Scale, decode};
use super::mean_colour::MeanColour;
use super::profile::in_srgb;

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
    pub const fn longest_side(self) -> u32 {
        match self {
            Self::Small => 256,
            Self::Large => 1024,
        }
    }

    /// Longest side, in pixels, of a picture that it is well made from. Nobody sees that it was enlarged by a sixteenth,
    /// and the commonest photos, 4032 × 3024, are decoded at a quarter of their sides instead of a half.
    pub const fn source_side(self) -> u32 {
        self.longest_side() / 16 * 15
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

    /// Makes the sizes that are missing from an upright picture, in sRGB by the ICC profile of its file. `longest` is
    /// the longest side of the photo itself, which a thumbnail never exceeds; `image` may be reduced to
    /// [`ThumbnailSize::source_side`]. A file appears complete or not at all.
    ///
    /// # Errors
    /// [`ThumbnailError::Io`] when the folder cannot be written, [`ThumbnailError::Encode`] for an empty picture.
    pub fn ensure(
        &self,
        hash: &[u8; 32],
        image: &RgbImage,
        longest: u32,
        icc: Option<&[u8]>,
    ) -> Result<(), ThumbnailError> {
        let mut larger: Option<RgbImage> = None;
        for size in ThumbnailSize::ALL {
            let path = self.path(hash, size);
            if path.is_file() {
                continue;
            }
            let side = size.longest_side().min(longest);
            let resized = resized(larger.as_ref().unwrap_or(image), side)?;
            let thumbnail = resized.as_ref().or(larger.as_ref()).unwrap_or(image);
            let converted = icc.and_then(|icc| in_srgb(thumbnail, icc));
            let bytes = encoded(converted.as_ref().unwrap_or(thumbnail), QUALITY)?;
            write_whole(&path, &bytes).map_err(|source| ThumbnailError::Io { path, source })?;
            larger = resized.or(larger);
        }
        Ok(())
    }

    /// The mean colour of the smaller thumbnail; `None` where there is none, or none that can be read. An eighth of its sides
    /// is decoded: the mean does not need more.
    pub fn mean_colour(&self, hash: &[u8; 32]) -> Option<MeanColour> {
        let bytes = fs::read(self.path(hash, ThumbnailSize::Small)).ok()?;
        let enough = Scale::AtLeast { longest: 1, shortest: 1 };
        MeanColour::of(&decode(&bytes, enough, &Caps::of_machine()).ok()?.image)
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

/// A thumbnail of a picture that is no photo of a library, as a JPEG in sRGB. `longest` and `icc` as in
/// [`Thumbnails::ensure`].
///
/// # Errors
/// [`ThumbnailError::Encode`] for an empty picture.
pub fn thumbnail(
    image: &RgbImage,
    longest: u32,
    icc: Option<&[u8]>,
    size: ThumbnailSize,
) -> Result<Vec<u8>, ThumbnailError> {
    let resized = resized(image, size.longest_side().min(longest))?;
    let thumbnail = resized.as_ref().unwrap_or(image);
    let converted = icc.and_then(|icc| in_srgb(thumbnail, icc));
    encoded(converted.as_ref().unwrap_or(thumbnail), QUALITY)
}

/// Why there is no thumbnail.
#[derive(Debug, thiserror::Error)]
pub enum ThumbnailError {
    /// The disk is full, or the folder cannot be written: no fault of the photo.
    #[error("{}: {source}", path.display())]
    Io {
        /// The thumbnail.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The picture cannot be reduced or encoded.
    #[error("cannot make a thumbnail: {0}")]
    Encode(String),
}

/// The picture with its longest side at `longest`, `None` where it has that size or no pixels to make it of.
pub(super) fn resized(image: &RgbImage, longest: u32) -> Result<Option<RgbImage>, ThumbnailError> {
    let (width, height) = image.dimensions();
    let long = width.max(height);
    if long == longest || long == 0 {
        return Ok(None);
    }
    let side = |side: u32| {
        let scaled = (u64::from(side) * u64::from(longest) + u64::from(long) / 2) / u64::from(long);
        (scaled as u32).max(1)
    };
    let failed = |error: &dyn std::fmt::Display| ThumbnailError::Encode(error.to_string());
    let source = fast_image_resize::images::ImageRef::new(width, height, image, PixelType::U8x3)
        .map_err(|error| failed(&error))?;
    let mut target = Image::new(side(width), side(height), PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&source, &mut target, &options).map_err(|error| failed(&error))?;
    let (width, height) = (target.width(), target.height());
    Ok(RgbImage::from_raw(width, height, target.into_vec()))
}

/// The picture as a JPEG with half the colour resolution.
pub(super) fn encoded(image: &RgbImage, quality: i32) -> Result<Vec<u8>, ThumbnailError> {
    let failed = |error: turbojpeg::Error| ThumbnailError::Encode(error.to_string());
    let mut compressor = turbojpeg::Compressor::new().map_err(failed)?;
    compressor.set_quality(quality).map_err(failed)?;
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
    use crate::media::testing::{assert_quadrants, encode, encode_jpeg, quadrants, with_icc};
    use crate::media::{Caps, Scale, decode};

    /// Of the thumbnails of a photo whose longest side is `longest`.
    fn sizes(image: &RgbImage, longest: u32) -> [(u32, u32); 2] {
        let folder = tempfile::tempdir().unwrap();
        let thumbnails = Thumbnails::new(folder.path());
        thumbnails.ensure(&[7; 32], image, longest, None).unwrap();
        ThumbnailSize::ALL.map(|size| {
            let bytes = fs::read(thumbnails.path(&[7; 32], size)).unwrap();
            let decoded = decode(&bytes, Scale::Full, &Caps::of_machine()).unwrap();
            assert_quadrants(&decoded.image, 1, 16);
            (decoded.width, decoded.height)
        })
    }

    #[test]
    fn thumbnails_keep_the_proportions_and_are_never_larger_than_the_photo() {
        assert_eq!(sizes(&quadrants(3000, 2000), 3000), [(1024, 683), (256, 171)]);
        assert_eq!(sizes(&quadrants(600, 800), 800), [(600, 800), (192, 256)]);
        assert_eq!(sizes(&quadrants(100, 60), 100), [(100, 60), (100, 60)]);
        assert_eq!(sizes(&quadrants(5000, 20), 5000), [(1024, 4), (256, 1)]);
    }

    #[test]
    fn a_photo_that_was_decoded_a_little_too_small_gets_thumbnails_of_full_size() {
        let side = ThumbnailSize::Large.source_side();
        assert_eq!(sizes(&quadrants(side, side / 2), 4 * side), [(1024, 512), (256, 128)]);
        assert_eq!(sizes(&quadrants(1008, 756), 4032), [(1024, 768), (256, 192)]);
    }

    #[test]
    fn a_thumbnail_tells_the_mean_colour_of_its_photo() {
        let folder = tempfile::tempdir().unwrap();
        let thumbnails = Thumbnails::new(folder.path());
        assert_eq!(thumbnails.mean_colour(&[1; 32]), None);
        // Of the four colours of the quadrants.
        let expected = [127, 122, 82];
        for (at, (width, height)) in (1..).zip([(1600, 1200), (96, 128), (8, 8)]) {
            thumbnails.ensure(&[at; 32], &quadrants(width, height), width.max(height), None).unwrap();
            let MeanColour(colour) = thumbnails.mean_colour(&[at; 32]).unwrap();
            let [_, channels @ ..] = colour.to_be_bytes();
            let near = channels.iter().zip(expected).all(|(got, expected)| got.abs_diff(expected) <= 3);
            assert!(near, "{width}×{height}: {channels:?}");
        }
        fs::write(thumbnails.path(&[1; 32], ThumbnailSize::Small), b"broken").unwrap();
        assert_eq!(thumbnails.mean_colour(&[1; 32]), None);
    }

    #[test]
    fn ensuring_twice_writes_once_and_removing_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let thumbnails = Thumbnails::new(folder.path());
        let hash = [0xAB; 32];
        assert!(!thumbnails.exists(&hash));
        thumbnails.ensure(&hash, &quadrants(400, 300), 400, None).unwrap();
        assert!(thumbnails.exists(&hash));
        let path = thumbnails.path(&hash, ThumbnailSize::Small);
        assert!(path.ends_with(format!("ab/{}-256.jpg", "ab".repeat(32))));
        fs::write(&path, b"kept").unwrap();
        thumbnails.ensure(&hash, &quadrants(400, 300), 400, None).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"kept");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 2, "no temporary file is left");
        thumbnails.remove(&hash).unwrap();
        thumbnails.remove(&hash).unwrap();
        assert!(!thumbnails.exists(&hash));
    }

    #[test]
    fn what_cannot_be_encoded_and_what_cannot_be_written_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let empty = Thumbnails::new(folder.path()).ensure(&[0; 32], &RgbImage::new(0, 0), 0, None);
        assert!(matches!(empty, Err(ThumbnailError::Encode(_))), "{empty:?}");
        let occupied = folder.path().join("a file");
        fs::write(&occupied, b"").unwrap();
        let thumbnails = Thumbnails::new(&occupied);
        let unwritten = thumbnails.ensure(&[0; 32], &quadrants(40, 30), 40, None);
        let expected = thumbnails.path(&[0; 32], ThumbnailSize::Large);
        assert!(
            matches!(&unwritten, Err(ThumbnailError::Io { path, .. }) if *path == expected),
            "{unwritten:?}"
        );
    }

    #[test]
    fn the_thumbnails_of_a_display_p3_photo_show_its_colours_in_srgb() {
        let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
        let drawn = RgbImage::from_pixel(300, 200, image::Rgb([200, 100, 100]));
        for bytes in
            [with_icc(&encode(&drawn, image::ImageFormat::Png), &icc), with_icc(&encode_jpeg(&drawn), &icc)]
        {
            let decoded = decode(&bytes, Scale::Full, &Caps::of_machine()).unwrap();
            assert!(near(&decoded.image, [200, 100, 100]), "networks see the file's numbers");
            let folder = tempfile::tempdir().unwrap();
            let thumbnails = Thumbnails::new(folder.path());
            thumbnails.ensure(&[7; 32], &decoded.image, 300, decoded.icc.as_deref()).unwrap();
            for size in ThumbnailSize::ALL {
                let bytes = fs::read(thumbnails.path(&[7; 32], size)).unwrap();
                let thumbnail = decode(&bytes, Scale::Full, &Caps::of_machine()).unwrap();
                // As any colour-managed viewer shows the original.
                assert!(near(&thumbnail.image, [215, 93, 97]), "{} {size:?}", decoded.format);
            }
        }
    }

    fn near(image: &RgbImage, expected: [u8; 3]) -> bool {
        let got = image.get_pixel(image.width() / 2, image.height() / 2).0;
        got.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 3)
    }
}
