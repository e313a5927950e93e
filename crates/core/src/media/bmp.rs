//! Windows and OS/2 bitmap files.

use super::caps::Caps;
use super::decode::Raster;
use super::dib::{Dib, on_white};
use super::error::MediaError;
use super::format::Format;

const BMP: Format = Format::Bmp;
const FILE_HEADER: usize = 14;

/// Decodes a bitmap file.
pub(super) fn decode(bytes: &[u8], caps: &Caps) -> Result<Raster, MediaError> {
    let (dib, pixels_at) = parse(bytes)?;
    caps.check_pixels(BMP, dib.width as u64, dib.height as u64)?;
    let data = bytes.get(pixels_at..).ok_or(MediaError::Truncated { format: BMP })?;
    let (mut image, alpha) = dib.pixels(data, dib.height, false, caps)?;
    if let Some(alpha) = alpha {
        on_white(&mut image, &alpha);
    }
    Ok(Raster::full(image))
}

/// Width and height from the header.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let (dib, _) = parse(bytes).ok()?;
    Some((u32::try_from(dib.width).ok()?, u32::try_from(dib.height).ok()?))
}

fn parse(bytes: &[u8]) -> Result<(Dib, usize), MediaError> {
    let cut_off = || MediaError::Truncated { format: BMP };
    let offset = bytes.get(10..14).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
    let announced = (offset.ok_or_else(cut_off)? as usize).checked_sub(FILE_HEADER);
    let body = bytes.get(FILE_HEADER..).ok_or_else(cut_off)?;
    let dib = Dib::parse(BMP, body, announced)?;
    let pixels_at = FILE_HEADER + announced.unwrap_or(dib.end);
    Ok((dib, pixels_at))
}

#[cfg(test)]
mod tests {
    use image::ImageFormat;

    use super::*;
    use crate::media::testing::{assert_quadrants, encode, quadrants};

    /// A file with this information header, colour table and pixels.
    fn file(width: i32, height: i32, bits: u16, compression: u32, table: &[u8], pixels: &[u8]) -> Vec<u8> {
        let offset = (FILE_HEADER + 40 + table.len()) as u32;
        let mut bytes = b"BM".to_vec();
        bytes.extend([0; 8]);
        bytes.extend(offset.to_le_bytes());
        bytes.extend(40u32.to_le_bytes());
        bytes.extend(width.to_le_bytes());
        bytes.extend(height.to_le_bytes());
        bytes.extend(1u16.to_le_bytes());
        bytes.extend(bits.to_le_bytes());
        bytes.extend(compression.to_le_bytes());
        bytes.extend([0; 20]);
        bytes.extend(table);
        bytes.extend(pixels);
        bytes
    }

    fn pixels(bytes: &[u8]) -> Vec<[u8; 3]> {
        decode(bytes, &Caps::of_machine()).unwrap().image.pixels().map(|pixel| pixel.0).collect()
    }

    #[test]
    fn depths_codings_and_directions_come_out_alike() {
        const RED: [u8; 3] = [255, 0, 0];
        const BLUE: [u8; 3] = [0, 0, 255];
        let table = [0, 0, 255, 0, 255, 0, 0, 0]; // red, blue
        let padded_table: Vec<u8> = [&table[..], &[0; 4 * 14]].concat();
        let long_table: Vec<u8> = [&table[..], &[0; 4 * 254]].concat();
        let masks: Vec<u8> =
            [0xFF00u32, 0xFF_0000, 0xFF00_0000].iter().flat_map(|mask| mask.to_le_bytes()).collect();
        let files = [
            ("1 bit", file(2, 1, 1, 0, &table, &[0b0100_0000, 0, 0, 0])),
            ("4 bits", file(2, 1, 4, 0, &padded_table, &[0x01, 0, 0, 0])),
            ("8 bits", file(2, 1, 8, 0, &long_table, &[0, 1, 0, 0])),
            ("RLE8", file(2, 1, 8, 1, &long_table, &[1, 0, 1, 1, 0, 1])),
            ("RLE8 literal", file(2, 1, 8, 1, &long_table, &[1, 0, 0, 3, 1, 0, 0, 0, 0, 1])),
            ("RLE4", file(2, 1, 4, 2, &padded_table, &[2, 0x01, 0, 1])),
            ("16 bits", file(2, 1, 16, 0, &[], &[0x00, 0x7C, 0x1F, 0x00])),
            ("24 bits", file(2, 1, 24, 0, &[], &[0, 0, 255, 255, 0, 0, 0, 0])),
            ("32 bits", file(2, 1, 32, 0, &[], &[0, 0, 255, 0, 255, 0, 0, 0])),
            ("masks", file(2, 1, 32, 3, &masks, &[0, 255, 0, 0, 0, 0, 0, 255])),
            ("unpadded", file(2, 1, 24, 0, &[], &[0, 0, 255, 255, 0, 0])),
        ];
        for (name, bytes) in files {
            assert_eq!(pixels(&bytes), [RED, BLUE], "{name}");
        }
        let rows = [0, 0, 255, 0, 255, 0, 0, 0];
        assert_eq!(pixels(&file(1, 2, 24, 0, &[], &rows)), [BLUE, RED]);
        assert_eq!(pixels(&file(1, -2, 24, 0, &[], &rows)), [RED, BLUE]);
        assert_quadrants(
            &decode(&encode(&quadrants(64, 48), ImageFormat::Bmp), &Caps::of_machine()).unwrap().image,
            1,
            0,
        );
    }

    #[test]
    fn impossible_headers_are_refused() {
        let caps = Caps::of_machine();
        for (bytes, code) in [
            (file(1, 0, 24, 0, &[], &[]), "damaged"),
            (file(-1, 1, 24, 0, &[], &[0; 4]), "damaged"),
            (file(100_000, 100_000, 24, 0, &[], &[]), "too-large"),
            (file(1, i32::MIN, 24, 0, &[], &[]), "too-large"),
            (file(10, 10, 24, 0, &[], &[0; 30]), "truncated"),
            (file(1, 1, 24, 7, &[], &[0; 4]), "unsupported"),
        ] {
            assert_eq!(decode(&bytes, &caps).unwrap_err().code(), code);
        }
    }
}
