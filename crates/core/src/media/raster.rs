//! WebP, QOI and PNM through the `image` crate.

use std::io::{Cursor, ErrorKind};

use image::error::{ImageError, LimitErrorKind};
use image::{ColorType, DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::caps::Caps;
use super::colour::flatten;
use super::decode::Raster;
use super::error::MediaError;
use super::format::Format;

/// Decodes a picture of one of the formats above; of an animation the first frame.
pub(super) fn decode(format: Format, bytes: &[u8], caps: &Caps) -> Result<Raster, MediaError> {
    if format == Format::WebP && is_cut_off(bytes) {
        return Err(MediaError::Truncated { format });
    }
    let decoder = open(format, bytes, caps)?;
    let (width, height) = decoder.dimensions();
    caps.check_pixels(format, u64::from(width), u64::from(height))?;
    let pixels = u64::from(width) * u64::from(height);
    // RGB and RGBA with 8 bits become RGB in place; anything else is held beside the result.
    let converted = match decoder.color_type() {
        ColorType::Rgb8 | ColorType::Rgba8 => 0,
        colour if colour.has_alpha() => 4,
        _ => 3,
    };
    let buffers = decoder.total_bytes().saturating_add(pixels * (converted + working_bytes(format)));
    caps.check_memory(format, buffers)?;
    let image = DynamicImage::from_decoder(decoder).map_err(|error| refused(format, error, caps))?;
    Ok(Raster::full(flatten(image)))
}

/// Width and height from the header.
pub(super) fn size(format: Format, bytes: &[u8]) -> Option<(u32, u32)> {
    Some(open(format, bytes, &Caps::of_machine()).ok()?.dimensions())
}

fn open<'a>(format: Format, bytes: &'a [u8], caps: &Caps) -> Result<impl ImageDecoder + 'a, MediaError> {
    let known = match format {
        Format::WebP => ImageFormat::WebP,
        Format::Qoi => ImageFormat::Qoi,
        Format::Pnm => ImageFormat::Pnm,
        other => return Err(MediaError::unsupported(other, "decoding by the `image` crate")),
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(caps.max_alloc_bytes);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), known);
    reader.limits(limits);
    reader.into_decoder().map_err(|error| refused(format, error, caps))
}

/// Bytes a pixel that the decoder itself holds beside its output.
fn working_bytes(format: Format) -> u64 {
    if format == Format::WebP { 4 } else { 0 }
}

/// Whether a RIFF file is shorter than it says. The decoder would fill the rest with grey.
fn is_cut_off(bytes: &[u8]) -> bool {
    let announced = bytes.get(4..8).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes);
    // The length leaves out the first eight bytes; a padding byte at the end may be missing.
    (bytes.len() as u64) + 1 < u64::from(announced) + 8
}

fn refused(format: Format, error: ImageError, caps: &Caps) -> MediaError {
    match error {
        ImageError::Limits(error) if matches!(error.kind(), LimitErrorKind::InsufficientMemory) => {
            MediaError::TooMuchMemory { format, limit: caps.max_alloc_bytes }
        }
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            MediaError::Truncated { format }
        }
        ImageError::Unsupported(error) => MediaError::unsupported(format, error.to_string()),
        other => MediaError::damaged(format, other),
    }
}

#[cfg(test)]
mod tests {
    use image::{ImageBuffer, Rgb, RgbImage, RgbaImage};

    use super::*;
    use crate::media::testing::encode_dynamic;

    #[test]
    fn alpha_becomes_white_and_sixteen_bits_become_eight() {
        let caps = Caps::of_machine();
        let clear = RgbaImage::from_pixel(5, 4, image::Rgba([200, 0, 0, 0]));
        let deep = ImageBuffer::<Rgb<u16>, _>::from_pixel(5, 4, Rgb([65535, 32896, 0]));
        for (drawn, encoder, expected) in [
            (DynamicImage::from(clear.clone()), ImageFormat::WebP, [255, 255, 255]),
            (clear.into(), ImageFormat::Qoi, [255, 255, 255]),
            (deep.into(), ImageFormat::Pnm, [255, 128, 0]),
        ] {
            let bytes = encode_dynamic(&drawn, encoder);
            let raster = decode(Format::of(&bytes).unwrap(), &bytes, &caps).unwrap();
            assert_eq!(raster.image, RgbImage::from_pixel(5, 4, Rgb(expected)), "{encoder:?}");
        }
    }

    #[test]
    fn a_webp_that_is_shorter_than_it_says_is_cut_off() {
        let bytes = encode_dynamic(&RgbImage::new(300, 300).into(), ImageFormat::WebP);
        let refused = decode(Format::WebP, &bytes[..bytes.len() - 4], &Caps::of_machine());
        assert!(matches!(refused, Err(MediaError::Truncated { .. })), "{refused:?}");
    }
}
