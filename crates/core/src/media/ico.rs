//! Windows icons: the largest picture of the file, which is a PNG or a bitmap with a mask.

use super::caps::Caps;
use super::decode::Raster;
use super::dib::{Dib, on_white};
use super::error::MediaError;
use super::format::Format;
use super::png;

const ICO: Format = Format::Ico;
const HEADER: usize = 6;
const ENTRY: usize = 16;

/// Decodes the largest picture, of several the one with the most colours.
pub(super) fn decode(bytes: &[u8], caps: &Caps) -> Result<Raster, MediaError> {
    let data = largest(bytes).ok_or(MediaError::Truncated { format: ICO })?;
    if Format::of(data) == Some(Format::Png) {
        return png::decode(data, caps);
    }
    let dib = Dib::parse(ICO, data, None)?;
    let height = dib.height / 2;
    let pixels = data.get(dib.end..).ok_or(MediaError::Truncated { format: ICO })?;
    let (mut image, alpha) = dib.pixels(pixels, height, true, caps)?;
    // Old icons with 32 bits leave alpha at 0 and mean the mask.
    let alpha = alpha.filter(|alpha| alpha.iter().any(|value| *value != 0));
    match alpha.or_else(|| mask(&dib, data, height)) {
        Some(alpha) => on_white(&mut image, &alpha),
        None if dib.bits == 32 => {}
        None => return Err(MediaError::Truncated { format: ICO }),
    }
    Ok(Raster::full(image))
}

/// Width and height from the header.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let data = largest(bytes)?;
    if Format::of(data) == Some(Format::Png) {
        return png::size(data);
    }
    let dib = Dib::parse(ICO, data, None).ok()?;
    Some((u32::try_from(dib.width).ok()?, u32::try_from(dib.height / 2).ok()?))
}

fn largest(bytes: &[u8]) -> Option<&[u8]> {
    let count = usize::from(u16::from_le_bytes(bytes.get(4..6)?.try_into().ok()?));
    // A side of 0 stands for 256.
    let side = |byte: u8| if byte == 0 { 256u32 } else { u32::from(byte) };
    let entry = bytes.get(HEADER..)?.chunks_exact(ENTRY).take(count).max_by_key(|entry| {
        let depth = u16::from_le_bytes([entry[6], entry[7]]);
        (side(entry[0]) * side(entry[1]), depth)
    })?;
    let number = |at: usize| Some(u32::from_le_bytes(entry.get(at..at + 4)?.try_into().ok()?) as usize);
    let (length, offset) = (number(8)?, number(12)?);
    let data = bytes.get(offset..)?;
    // A length beyond the end is cut: what is missing is usually the mask.
    Some(&data[..length.min(data.len())])
}

/// The mask closes the entry: one bit a pixel, set where the icon is transparent.
fn mask(dib: &Dib, data: &[u8], height: usize) -> Option<Vec<u8>> {
    let row_bytes = dib.row_bytes(1);
    let mask = data.get(data.len().checked_sub(row_bytes * height)?..)?;
    if mask.is_empty() {
        return None;
    }
    let rows = mask.chunks_exact(row_bytes).rev();
    Some(
        rows.flat_map(|row| {
            (0..dib.width).map(move |x| if row[x / 8] >> (7 - x % 8) & 1 == 1 { 0 } else { 255 })
        })
        .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An icon of one entry.
    fn icon(data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 1, 0, 1, 0, 2, 1, 0, 0, 1, 0, 24, 0];
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(22u32.to_le_bytes());
        bytes.extend(data);
        bytes
    }

    fn bitmap(bits: u16, pixels: &[u8], mask: &[u8]) -> Vec<u8> {
        let mut bytes = 40u32.to_le_bytes().to_vec();
        bytes.extend(2i32.to_le_bytes());
        bytes.extend(2i32.to_le_bytes());
        bytes.extend([1, 0]);
        bytes.extend(bits.to_le_bytes());
        bytes.extend([0; 24]);
        bytes.extend(pixels);
        bytes.extend(mask);
        bytes
    }

    #[test]
    fn masks_and_alpha_become_white() {
        let caps = Caps::of_machine();
        let pixels = |data: &[u8]| decode(&icon(data), &caps).unwrap().image.into_raw();
        let red_blue = [0, 0, 255, 255, 0, 0, 0, 0];
        assert_eq!(pixels(&bitmap(24, &red_blue, &[0b0100_0000, 0, 0, 0])), [255, 0, 0, 255, 255, 255]);
        let deep = [0, 0, 255, 255, 255, 0, 0, 0];
        assert_eq!(pixels(&bitmap(32, &deep, &[0; 4])), [255, 0, 0, 255, 255, 255]);
        assert_eq!(pixels(&bitmap(32, &deep, &[])), [255, 0, 0, 255, 255, 255]);
        let without_alpha = [0, 0, 255, 0, 255, 0, 0, 0];
        assert_eq!(pixels(&bitmap(32, &without_alpha, &[0x80, 0, 0, 0])), [255, 255, 255, 0, 0, 255]);
        assert!(decode(&icon(&[]), &caps).is_err());
        assert!(decode(&icon(&bitmap(24, &[], &[])), &caps).is_err());
    }
}
