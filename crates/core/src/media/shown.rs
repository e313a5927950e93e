//! Whole pictures for the eye: which files a web view shows by itself, and what it gets in place of the others.

use image::RgbImage;

use super::format::Format;
use super::metadata;
use super::profile::in_srgb;
use super::thumbnails::{ThumbnailError, encoded, resized};

/// A picture that is looked at closely has no blocks or rings.
const QUALITY: i32 = 92;

/// Longest side in pixels. No screen shows more at once, and many a graphics card takes no more.
const LONGEST_SIDE: u32 = 16_384;

/// Whether a web view shows a file upright by itself. Of the formats that it knows only JPEG is turned by its EXIF
/// orientation everywhere.
pub fn shown_as_it_is(format: Format, bytes: &[u8]) -> bool {
    let is_known = format.web_type().is_some();
    is_known && (format == Format::Jpeg || metadata(bytes).orientation == 1)
}

/// The picture in sRGB by the ICC profile of its file; unchanged without one, or by one that does not describe RGB.
pub fn srgb(image: RgbImage, icc: Option<&[u8]>) -> RgbImage {
    icc.and_then(|icc| in_srgb(&image, icc)).unwrap_or(image)
}

/// The picture as a JPEG in sRGB, reduced where it is longer than 16,384 pixels.
///
/// # Errors
/// [`ThumbnailError::Encode`] for an empty picture.
pub fn srgb_jpeg(image: RgbImage, icc: Option<&[u8]>) -> Result<Vec<u8>, ThumbnailError> {
    let longest = image.width().max(image.height()).min(LONGEST_SIDE);
    let image = resized(&image, longest)?.unwrap_or(image);
    encoded(&srgb(image, icc), QUALITY)
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgb};

    use super::*;
    use crate::media::testing::{assert_quadrants, encode, encode_jpeg, exif, quadrants, with_exif};
    use crate::media::{Caps, Scale, decode};

    #[test]
    fn only_what_every_web_view_shows_upright_is_shown_as_it_is() {
        let drawn = quadrants(64, 48);
        let turned = exif(6, &[]);
        for (bytes, expected) in [
            (encode_jpeg(&drawn), true),
            (with_exif(&encode_jpeg(&drawn), &turned), true),
            (encode(&drawn, ImageFormat::Png), true),
            (with_exif(&encode(&drawn, ImageFormat::Png), &turned), false),
            (encode(&drawn, ImageFormat::WebP), true),
            (with_exif(&encode(&drawn, ImageFormat::WebP), &turned), false),
            (encode(&drawn, ImageFormat::Gif), true),
            (encode(&drawn, ImageFormat::Bmp), true),
            (encode(&drawn, ImageFormat::Ico), true),
            (encode(&drawn, ImageFormat::Tiff), false),
            (encode(&drawn, ImageFormat::Qoi), false),
            (encode(&drawn, ImageFormat::Pnm), false),
        ] {
            let format = Format::of(&bytes).unwrap();
            assert_eq!(shown_as_it_is(format, &bytes), expected, "{format}");
        }
        assert!(Format::Heif.web_type().is_none() && Format::Avif.web_type().is_none());
    }

    #[test]
    fn a_converted_picture_has_its_size_and_the_colours_of_its_profile() {
        let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
        let jpeg = srgb_jpeg(RgbImage::from_pixel(30, 20, Rgb([200, 100, 100])), Some(&icc)).unwrap();
        let decoded = decode(&jpeg, Scale::Full, &Caps::of_machine()).unwrap();
        assert_eq!((decoded.format, decoded.width, decoded.height), (Format::Jpeg, 30, 20));
        let got = decoded.image.get_pixel(15, 10).0;
        assert!(got.iter().zip([215u8, 93, 97]).all(|(a, b)| a.abs_diff(b) <= 3), "{got:?}");

        let plain = srgb_jpeg(quadrants(64, 48), None).unwrap();
        assert_quadrants(&decode(&plain, Scale::Full, &Caps::of_machine()).unwrap().image, 1, 12);
        assert!(srgb_jpeg(RgbImage::new(0, 0), None).is_err());
    }

    #[test]
    fn a_picture_beyond_the_longest_side_is_reduced() {
        let jpeg = srgb_jpeg(RgbImage::new(2 * LONGEST_SIDE, 8), None).unwrap();
        let decoded = decode(&jpeg, Scale::Full, &Caps::of_machine()).unwrap();
        assert_eq!((decoded.width, decoded.height), (LONGEST_SIDE, 4));
    }
}
