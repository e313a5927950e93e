//! From the bytes of a file to an upright RGB picture.

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::RgbImage;

use super::caps::Caps;
use super::embedded::Embedded;
use super::error::MediaError;
use super::format::Format;
use super::metadata::{self, Metadata};
use super::orientation::Orientation;
use super::tags::Tags;
use super::{bmp, gif, heif, ico, jpeg, png, raster, tiff};

/// How much of the resolution is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// All of it.
    Full,
    /// A reduced picture is enough if its longer and its shorter side have at least these many pixels
    /// (or the picture has no more). Only JPEG makes use of it; other formats arrive in full.
    AtLeast {
        /// Pixels of the longer side.
        longest: u32,
        /// Pixels of the shorter side.
        shortest: u32,
    },
}

impl Scale {
    /// Whether a picture of this size is large enough.
    pub(super) fn is_met_by(self, width: u32, height: u32) -> bool {
        match self {
            Self::Full => false,
            Self::AtLeast { longest, shortest } => {
                width.max(height) >= longest && width.min(height) >= shortest
            }
        }
    }
}

/// A decoded picture.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// Upright pixels, RGB on white; reduced where the [`Scale`] allowed it.
    pub image: RgbImage,
    /// Width of the full upright picture.
    pub width: u32,
    /// Height of the full upright picture.
    pub height: u32,
    /// The format of the file.
    pub format: Format,
    /// What else the file says, its full upright size included.
    pub metadata: Metadata,
    /// The file's ICC profile. It is not applied to `image`.
    pub icc: Option<Vec<u8>>,
}

/// What the decoder of one format delivers: pixels as stored, and the full size as stored.
#[derive(Debug)]
pub(super) struct Raster {
    pub(super) image: RgbImage,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Raster {
    /// A picture in its full size.
    pub(super) fn full(image: RgbImage) -> Self {
        let (width, height) = image.dimensions();
        Self { image, width, height }
    }
}

/// Decodes a picture. The format is taken from the bytes, the caps are checked on the header, EXIF
/// orientation is applied (for HEIF and AVIF the container's own, exactly once), and alpha is composited on
/// white.
///
/// # Errors
/// A reason for every file that is no picture, too large, damaged or of an unsupported kind. A panic in a
/// decoder is caught and reported as [`MediaError::DecoderPanicked`].
pub fn decode(bytes: &[u8], scale: Scale, caps: &Caps) -> Result<Decoded, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    caps.check_file(bytes.len() as u64)?;
    let format = Format::of(bytes).ok_or(MediaError::NotAPicture)?;
    let caps = caps.for_file(bytes.len() as u64);
    catch_unwind(AssertUnwindSafe(|| decode_as(format, bytes, scale, &caps)))
        .unwrap_or(Err(MediaError::DecoderPanicked { format }))
}

fn decode_as(format: Format, bytes: &[u8], scale: Scale, caps: &Caps) -> Result<Decoded, MediaError> {
    let mut blocks = None;
    let raster = match format {
        Format::Jpeg => jpeg::decode(bytes, scale, caps)?,
        Format::Png => png::decode(bytes, caps)?,
        Format::Gif => gif::decode(bytes, caps)?,
        Format::Bmp => bmp::decode(bytes, caps)?,
        Format::Ico => ico::decode(bytes, caps)?,
        Format::Tiff => tiff::decode(bytes, caps)?,
        Format::Heif | Format::Avif => {
            let (raster, found) = heif::decode(format, bytes, caps)?;
            blocks = Some(found);
            raster
        }
        Format::WebP | Format::Qoi | Format::Pnm => raster::decode(format, bytes, caps)?,
    };
    let tags = Tags::from_blocks(blocks.unwrap_or_else(|| Embedded::of(format, bytes)), format, bytes);
    let orientation = tags.orientation();
    if orientation.swaps_sides() {
        // Turning by a quarter needs the pixels twice.
        caps.check_memory(format, 2 * raster.image.len() as u64)?;
    }
    let (width, height) = orientation.upright_size(raster.width, raster.height);
    let image =
        if orientation == Orientation::UPRIGHT { raster.image } else { orientation.upright(raster.image) };
    let metadata = metadata::from_tags(&tags, Some((width, height)));
    Ok(Decoded { image, width, height, format, metadata, icc: tags.into_icc() })
}

/// Width and height as stored, from the header alone.
pub(super) fn stored_size(format: Format, bytes: &[u8]) -> Option<(u32, u32)> {
    let size = match format {
        Format::Jpeg => jpeg::Segments::of(bytes).size,
        Format::Png => png::size(bytes),
        Format::Gif => gif::size(bytes),
        Format::Bmp => bmp::size(bytes),
        Format::Ico => ico::size(bytes),
        Format::Tiff => tiff::size(bytes),
        Format::Heif | Format::Avif => heif::size(bytes),
        Format::WebP | Format::Qoi | Format::Pnm => raster::size(format, bytes),
    };
    size.filter(|(width, height)| *width > 0 && *height > 0)
}

#[cfg(test)]
mod tests {
    use image::ImageFormat;

    use super::*;
    use crate::media::testing::{assert_quadrants, encode, encode_jpeg, exif, quadrants, with_exif};

    fn caps() -> Caps {
        Caps::of_machine()
    }

    #[test]
    fn every_format_that_can_be_drawn_here_decodes() {
        let drawn = quadrants(64, 48);
        let formats = [
            (ImageFormat::Png, Format::Png),
            (ImageFormat::WebP, Format::WebP),
            (ImageFormat::Gif, Format::Gif),
            (ImageFormat::Bmp, Format::Bmp),
            (ImageFormat::Ico, Format::Ico),
            (ImageFormat::Qoi, Format::Qoi),
            (ImageFormat::Pnm, Format::Pnm),
        ];
        for (encoder, format) in formats {
            let decoded = decode(&encode(&drawn, encoder), Scale::Full, &caps()).unwrap();
            assert_eq!((decoded.format, decoded.width, decoded.height), (format, 64, 48));
            assert_quadrants(&decoded.image, 1, 6);
        }
        let decoded = decode(&encode_jpeg(&drawn), Scale::Full, &caps()).unwrap();
        assert_eq!((decoded.format, decoded.width, decoded.height), (Format::Jpeg, 64, 48));
        assert_quadrants(&decoded.image, 1, 12);
    }

    #[test]
    fn every_orientation_is_applied_in_every_format_that_carries_exif() {
        let drawn = quadrants(64, 48);
        let pictures =
            [encode_jpeg(&drawn), encode(&drawn, ImageFormat::Png), encode(&drawn, ImageFormat::WebP)];
        for picture in &pictures {
            for orientation in 1..=8 {
                let bytes = with_exif(picture, &exif(orientation, &[]));
                let decoded = decode(&bytes, Scale::Full, &caps()).unwrap();
                let size = if orientation >= 5 { (48, 64) } else { (64, 48) };
                assert_eq!((decoded.width, decoded.height), size, "{} {orientation}", decoded.format);
                assert_eq!(decoded.image.dimensions(), size);
                assert_quadrants(&decoded.image, orientation.into(), 12);
            }
        }
    }

    #[test]
    fn orientation_and_reduction_go_together() {
        let bytes = with_exif(&encode_jpeg(&quadrants(800, 400)), &exif(6, &[]));
        let decoded = decode(&bytes, Scale::AtLeast { longest: 200, shortest: 50 }, &caps()).unwrap();
        assert_eq!((decoded.width, decoded.height), (400, 800));
        assert_eq!(decoded.image.dimensions(), (100, 200));
        assert_quadrants(&decoded.image, 6, 12);
    }

    #[test]
    fn a_picture_beyond_the_caps_is_refused() {
        let tight = Caps { max_pixels: 1000, max_file_bytes: 1 << 20, max_alloc_bytes: 1 << 20 };
        let drawn = quadrants(64, 48);
        for format in
            [ImageFormat::Png, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP, ImageFormat::Tiff]
        {
            let refused = decode(&encode(&drawn, format), Scale::Full, &tight);
            assert!(matches!(refused, Err(MediaError::TooManyPixels { .. })), "{format:?}: {refused:?}");
        }
        let small_file = Caps { max_file_bytes: 10, ..caps() };
        let refused = decode(&encode_jpeg(&drawn), Scale::Full, &small_file);
        assert!(matches!(refused, Err(MediaError::FileTooLarge { .. })));
        let small_memory = Caps { max_alloc_bytes: 4000, ..caps() };
        for bytes in
            [encode_jpeg(&drawn), encode(&drawn, ImageFormat::Png), encode(&drawn, ImageFormat::Tiff)]
        {
            assert_eq!(decode(&bytes, Scale::Full, &small_memory).unwrap_err().code(), "too-large");
        }
    }

    #[test]
    fn cut_off_and_garbled_files_never_panic() {
        let drawn = quadrants(40, 30);
        let mut pictures = vec![encode_jpeg(&drawn)];
        for format in [
            ImageFormat::Png,
            ImageFormat::WebP,
            ImageFormat::Gif,
            ImageFormat::Bmp,
            ImageFormat::Ico,
            ImageFormat::Tiff,
            ImageFormat::Qoi,
            ImageFormat::Pnm,
        ] {
            pictures.push(encode(&drawn, format));
        }
        let mut state = 0x9E37_79B9_7F4A_7C15u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for picture in &pictures {
            for _ in 0..60 {
                let cut = &picture[..random(picture.len())];
                let mut garbled = picture.clone();
                for _ in 0..=random(20) {
                    let at = random(garbled.len());
                    garbled[at] = random(256) as u8;
                }
                for bytes in [cut, &garbled[..]] {
                    let outcome = decode(bytes, Scale::Full, &caps());
                    assert!(!matches!(outcome, Err(MediaError::DecoderPanicked { .. })), "{outcome:?}");
                    crate::media::metadata(bytes);
                }
            }
        }
        for bytes in [
            &b"BM"[..],
            b"GIF89a",
            b"\xFF\xD8\xFF",
            b"II*\0",
            b"\0\0\0\x10ftypavif\0\0\0\0",
            b"qoif",
            b"P6\n",
        ] {
            assert!(decode(bytes, Scale::Full, &caps()).is_err());
        }
        assert!(matches!(decode(b"", Scale::Full, &caps()), Err(MediaError::Empty)));
        assert!(matches!(decode(b"hello", Scale::Full, &caps()), Err(MediaError::NotAPicture)));
    }
}
