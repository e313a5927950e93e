//! PNG through the `png` crate, with a stricter look at the chunks before the pixels and a more lenient one at
//! the pixels themselves: a wrong checksum there is usually the writer's mistake, a wrong one in the header
//! means that the file was damaged on its way.

use std::io::Cursor;

use image::RgbImage;
use png::{BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, Limits, Transformations};

use super::caps::Caps;
use super::colour::{grey_alpha_on_white, grey_to_rgb, rgba_on_white};
use super::decode::Raster;
use super::error::MediaError;
use super::format::Format;

const PNG: Format = Format::Png;
const SIGNATURE_BYTES: usize = 8;
const HEADER_BYTES: usize = 13;

/// Decodes a PNG; of an APNG the default picture.
pub(super) fn decode(bytes: &[u8], caps: &Caps) -> Result<Raster, MediaError> {
    let (width, height) = size(bytes).ok_or(MediaError::Truncated { format: PNG })?;
    caps.check_pixels(PNG, u64::from(width), u64::from(height))?;
    check_chunks(bytes)?;

    let mut options = DecodeOptions::default();
    options.set_ignore_crc(true);
    // Comments and profiles are not used here, and inflating them is how a small file fills the memory.
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_limits(Limits { bytes: usize::try_from(caps.max_alloc_bytes).unwrap_or(usize::MAX) });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let refused = |error| refused(error, caps);
    let mut reader = decoder.read_info().map_err(refused)?;
    let (colour, depth) = reader.output_color_type();
    if depth != BitDepth::Eight {
        return Err(MediaError::unsupported(PNG, format!("{colour:?} of {depth:?} bits")));
    }
    let pixels = u64::from(width) * u64::from(height);
    let converted = if matches!(colour, ColorType::Rgb | ColorType::Rgba) { 0 } else { 3 };
    caps.check_memory(PNG, pixels * (colour.samples() as u64 + converted))?;
    let bytes = reader.output_buffer_size().ok_or_else(|| MediaError::damaged(PNG, "impossible size"))?;
    let mut samples = vec![0; bytes];
    reader.next_frame(&mut samples).map_err(refused)?;
    let rgb = match colour {
        ColorType::Rgb => samples,
        ColorType::Rgba => rgba_on_white(samples),
        ColorType::GrayscaleAlpha => grey_alpha_on_white(&samples),
        ColorType::Grayscale | ColorType::Indexed => grey_to_rgb(&samples),
    };
    let image = RgbImage::from_raw(width, height, rgb)
        .ok_or_else(|| MediaError::damaged(PNG, "fewer pixels than announced"))?;
    Ok(Raster::full(image))
}

/// Width and height from the header.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = Chunks(bytes.get(SIGNATURE_BYTES..)?).next()?.data;
    let side = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    Some((side(0)?, side(4)?))
}

fn refused(error: DecodingError, caps: &Caps) -> MediaError {
    match error {
        DecodingError::LimitsExceeded => {
            MediaError::TooMuchMemory { format: PNG, limit: caps.max_alloc_bytes }
        }
        DecodingError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            MediaError::Truncated { format: PNG }
        }
        other => MediaError::damaged(PNG, other),
    }
}

/// One chunk; the checksum is absent where the file ends before it.
struct Chunk<'a> {
    kind: &'a [u8],
    data: &'a [u8],
    checksum: Option<u32>,
}

struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let length = u32::from_be_bytes(self.0.get(..4)?.try_into().ok()?) as usize;
        let kind = self.0.get(4..8)?;
        let end = length.checked_add(8)?;
        let data = self.0.get(8..end)?;
        let checksum =
            self.0.get(end..end + 4).and_then(|four| Some(u32::from_be_bytes(four.try_into().ok()?)));
        self.0 = self.0.get(end + 4..).unwrap_or_default();
        Some(Chunk { kind, data, checksum })
    }
}

/// Checks what lies before the pixels: checksums, and the lengths of chunks that have a fixed one.
fn check_chunks(bytes: &[u8]) -> Result<(), MediaError> {
    let damaged =
        |kind: &[u8], what: &str| Err(MediaError::damaged(PNG, format!("{what} in {}", kind.escape_ascii())));
    let mut in_pixels = false;
    for (at, chunk) in Chunks(&bytes[SIGNATURE_BYTES..]).enumerate() {
        let is_header = chunk.kind == b"IHDR";
        if is_header != (at == 0) {
            return damaged(chunk.kind, "header out of place");
        }
        in_pixels |= chunk.kind == b"IDAT";
        if in_pixels {
            continue;
        }
        let least = match chunk.kind {
            b"IHDR" => HEADER_BYTES,
            b"pHYs" => 9,
            b"gAMA" => 4,
            b"sRGB" => 1,
            _ => 0,
        };
        if chunk.data.len() < least {
            return damaged(chunk.kind, "too few bytes");
        }
        if matches!(chunk.kind, b"zTXt" | b"iCCP") {
            let method =
                chunk.data.iter().position(|byte| *byte == 0).and_then(|end| chunk.data.get(end + 1));
            if method.is_some_and(|method| *method != 0) {
                return damaged(chunk.kind, "unknown compression");
            }
        }
        let mut checksum = flate2::Crc::new();
        checksum.update(chunk.kind);
        checksum.update(chunk.data);
        if chunk.checksum != Some(checksum.sum()) {
            return damaged(chunk.kind, "wrong checksum");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use image::ImageFormat;

    use super::*;
    use crate::media::testing::{assert_quadrants, encode, encode_dynamic, quadrants};

    fn picture() -> Vec<u8> {
        encode(&quadrants(64, 48), ImageFormat::Png)
    }

    fn outcome(bytes: &[u8]) -> Result<Raster, MediaError> {
        decode(bytes, &Caps::of_machine())
    }

    #[test]
    fn a_wrong_checksum_matters_before_the_pixels_only() {
        let mut header = picture();
        header[8 + 8 + 13] ^= 1;
        assert!(matches!(outcome(&header), Err(MediaError::Damaged { .. })));
        let mut pixels = picture();
        let end = pixels.windows(4).position(|kind| kind == b"IEND").unwrap() - 4;
        pixels[end - 1] ^= 1;
        assert_quadrants(&outcome(&pixels).unwrap().image, 1, 1);
    }

    #[test]
    fn grey_palette_alpha_and_sixteen_bits_become_rgb_on_white() {
        let half = image::GrayAlphaImage::from_pixel(5, 4, image::LumaA([0, 51]));
        let deep = image::ImageBuffer::<image::Rgb<u16>, _>::from_pixel(5, 4, image::Rgb([65535, 32896, 0]));
        let grey = image::ImageBuffer::<image::Luma<u16>, _>::from_pixel(5, 4, image::Luma([0x8080]));
        let clear = image::RgbaImage::from_pixel(5, 4, image::Rgba([200, 0, 0, 0]));
        for (drawn, expected) in [
            (image::DynamicImage::from(half), [204; 3]),
            (deep.into(), [255, 128, 0]),
            (grey.into(), [128; 3]),
            (clear.into(), [255; 3]),
        ] {
            let raster = outcome(&encode_dynamic(&drawn, ImageFormat::Png)).unwrap();
            assert_eq!(raster.image, RgbImage::from_pixel(5, 4, image::Rgb(expected)));
        }
    }

    #[test]
    fn a_file_that_ends_among_the_pixels_is_cut_off() {
        let whole = encode(
            &RgbImage::from_fn(99, 99, |x, y| image::Rgb([(x * y) as u8, x as u8, y as u8])),
            ImageFormat::Png,
        );
        let refused = outcome(&whole[..whole.len() / 2]).unwrap_err();
        assert_eq!(refused.code(), "truncated", "{refused}");
    }

    #[test]
    fn a_comment_that_inflates_to_gigabytes_is_not_inflated() {
        let picture = picture();
        let data = [b"Comment\0\0".to_vec(), vec![0x78, 0x9C, 0xFF]].concat();
        let mut checksum = flate2::Crc::new();
        checksum.update(b"zTXt");
        checksum.update(&data);
        let chunk =
            [&(data.len() as u32).to_be_bytes(), &b"zTXt"[..], &data, &checksum.sum().to_be_bytes()].concat();
        let commented = [&picture[..8 + 25], &chunk, &picture[8 + 25..]].concat();
        assert!(outcome(&commented).is_ok());
    }
}
