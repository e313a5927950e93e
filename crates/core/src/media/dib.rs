//! Device-independent bitmaps: what BMP and ICO files hold. Read here because the variants that users have
//! from old cameras and OS/2 are refused by the crates. Source: Microsoft's BITMAPINFOHEADER to
//! BITMAPV5HEADER, IBM's OS/2 2.x bitmap header; checked with the bmpsuite pictures.

use image::RgbImage;

use super::caps::Caps;
use super::colour::over_white;
use super::error::MediaError;
use super::format::Format;

const CORE_HEADER: usize = 12;
const INFO_HEADER: usize = 40;
const OS2_HEADER: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Plain,
    RunLength,
    Masks,
}

/// A bitmap header with its colour table.
#[derive(Debug)]
pub(super) struct Dib {
    format: Format,
    pub(super) width: usize,
    /// As announced: for an icon twice the height of the picture.
    pub(super) height: usize,
    pub(super) bits: usize,
    top_down: bool,
    coding: Coding,
    /// Red, green, blue, alpha; no alpha where it is 0.
    masks: [u32; 4],
    palette: Vec<[u8; 3]>,
    /// Where the pixels begin if nothing else says so.
    pub(super) end: usize,
}

impl Dib {
    /// Reads the header at the start of `bytes`; the colour table ends at `pixels_at` at the latest.
    pub(super) fn parse(format: Format, bytes: &[u8], pixels_at: Option<usize>) -> Result<Self, MediaError> {
        let cut_off = || MediaError::Truncated { format };
        let short = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let long = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let header = long(0).ok_or_else(cut_off)? as usize;
        // OS/2 headers may be cut short; the fields beyond the end are zero.
        let field = |at: usize| if at + 4 <= header { long(at) } else { Some(0) };
        let core = header == CORE_HEADER;
        if !core && !(16..=128).contains(&header) {
            return Err(MediaError::damaged(format, format!("a header of {header} bytes")));
        }
        let (width, height, bits) = if core {
            (short(4).map(i32::from), short(6).map(i32::from), short(10))
        } else {
            (long(4).map(|value| value as i32), long(8).map(|value| value as i32), short(14))
        };
        let (width, height) = (width.ok_or_else(cut_off)?, height.ok_or_else(cut_off)?);
        let bits = usize::from(bits.ok_or_else(cut_off)?);
        let compression = if core { 0 } else { field(16).ok_or_else(cut_off)? };
        let colours = if core { 0 } else { field(32).ok_or_else(cut_off)? };
        let coding = match (compression, bits) {
            (0, 1 | 2 | 4 | 8 | 16 | 24 | 32) => Coding::Plain,
            (1, 8) | (2, 4) => Coding::RunLength,
            (3 | 6, 16 | 32) if header != OS2_HEADER => Coding::Masks,
            _ => {
                return Err(MediaError::unsupported(
                    format,
                    format!("compression {compression} of {bits} bits"),
                ));
            }
        };
        let mut end = header;
        let mut masks = match bits {
            16 => [0x7C00, 0x03E0, 0x001F, 0],
            _ => [0x00FF_0000, 0x0000_FF00, 0x0000_00FF, 0],
        };
        if coding == Coding::Masks {
            let alpha = header >= 56 || compression == 6;
            for (at, mask) in masks.iter_mut().enumerate().take(if alpha { 4 } else { 3 }) {
                *mask = long(INFO_HEADER + 4 * at).ok_or_else(cut_off)?;
            }
            if header == INFO_HEADER {
                end += if alpha { 16 } else { 12 };
            }
        }
        let entry = if core { 3 } else { 4 };
        let mut size = match (bits, colours) {
            (..=8, 0) => 1 << bits,
            (_, colours) => colours as usize,
        };
        if size > 1 << 16 {
            return Err(MediaError::damaged(format, format!("a palette of {size} colours")));
        }
        if let Some(room) = pixels_at.and_then(|pixels| pixels.checked_sub(end)) {
            size = size.min(room / entry);
        }
        let table = bytes.get(end..).unwrap_or_default();
        let palette =
            table.chunks_exact(entry).take(size.min(256)).map(|bgr| [bgr[2], bgr[1], bgr[0]]).collect();
        Ok(Self {
            format,
            width: usize::try_from(width).map_err(|_| MediaError::damaged(format, "negative width"))?,
            height: height.unsigned_abs() as usize,
            bits,
            top_down: height < 0,
            coding,
            masks,
            palette,
            end: end + size * entry,
        })
    }

    /// Bytes of one stored row.
    pub(super) fn row_bytes(&self, bits: usize) -> usize {
        (self.width * bits).div_ceil(32) * 4
    }

    /// Decodes `height` rows, with the alpha (255 = opaque) of each pixel where the bitmap has any.
    pub(super) fn pixels(
        &self,
        data: &[u8],
        height: usize,
        raw_alpha: bool,
        caps: &Caps,
    ) -> Result<(RgbImage, Option<Vec<u8>>), MediaError> {
        caps.check_pixels(self.format, self.width as u64, height as u64)?;
        caps.check_memory(self.format, 4 * (self.width as u64 * height as u64))?;
        let unrolled: Vec<u8>;
        let (data, row_bytes, bits) = match self.coding {
            Coding::RunLength => {
                unrolled = self.unroll(data, height);
                (&unrolled[..], self.width, 8)
            }
            _ => (data, self.row_bytes(self.bits), self.bits),
        };
        // The padding of the last row is not needed.
        let needed = row_bytes * (height - 1) + (self.width * bits).div_ceil(8);
        if data.len() < needed {
            return Err(MediaError::Truncated { format: self.format });
        }
        let mut masks = self.masks;
        if raw_alpha && self.coding == Coding::Plain && bits == 32 {
            masks[3] = 0xFF00_0000;
        }
        let mut image = RgbImage::new(self.width as u32, height as u32);
        let mut alpha = (masks[3] != 0 && bits >= 16).then(|| Vec::with_capacity(self.width * height));
        let samples: &mut [u8] = &mut image;
        for (y, target) in samples.chunks_exact_mut(self.width * 3).enumerate() {
            let row = if self.top_down { y } else { height - 1 - y };
            let stored = &data[row * row_bytes..];
            self.paint(stored, bits, masks, target, &mut alpha);
        }
        Ok((image, alpha))
    }

    fn paint(
        &self,
        stored: &[u8],
        bits: usize,
        masks: [u32; 4],
        target: &mut [u8],
        alpha: &mut Option<Vec<u8>>,
    ) {
        let pixels = target.chunks_exact_mut(3);
        match bits {
            24 => {
                for (pixel, bgr) in pixels.zip(stored.chunks_exact(3)) {
                    pixel.copy_from_slice(&[bgr[2], bgr[1], bgr[0]]);
                }
            }
            16 | 32 => {
                for (pixel, bytes) in pixels.zip(stored.chunks_exact(bits / 8)) {
                    let value = bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
                    for (sample, mask) in pixel.iter_mut().zip(masks) {
                        *sample = masked(value, mask);
                    }
                    if let Some(alpha) = alpha {
                        alpha.push(masked(value, masks[3]));
                    }
                }
            }
            _ => {
                for (x, pixel) in pixels.enumerate() {
                    let bit = x * bits;
                    let index = stored[bit / 8] >> (8 - bits - bit % 8) & (0xFFu8 >> (8 - bits));
                    pixel.copy_from_slice(&self.palette.get(usize::from(index)).copied().unwrap_or_default());
                }
            }
        }
    }

    /// Run lengths of 8- or 4-bit indices, one byte for each pixel afterwards. What the runs leave out has
    /// index 0; what lies outside the picture is dropped.
    fn unroll(&self, data: &[u8], height: usize) -> Vec<u8> {
        let mut indices = vec![0; self.width * height];
        let (mut x, mut y) = (0usize, 0usize);
        let mut rest = data;
        let mut put = |x: &mut usize, y: usize, index: u8| {
            if *x < self.width && y < height {
                indices[y * self.width + *x] = index;
            }
            *x += 1;
        };
        let nibble = |byte: u8, at: usize| if at.is_multiple_of(2) { byte >> 4 } else { byte & 15 };
        while let Some((pair, after)) = rest.split_at_checked(2) {
            rest = after;
            match (pair[0], pair[1]) {
                (0, 0) => (x, y) = (0, y + 1),
                (0, 1) => break,
                (0, 2) => {
                    let Some((by, after)) = rest.split_at_checked(2) else { break };
                    (x, y) = (x + usize::from(by[0]), y + usize::from(by[1]));
                    rest = after;
                }
                (0, count) => {
                    let count = usize::from(count);
                    let bytes = if self.bits == 8 { count } else { count.div_ceil(2) };
                    let literal = &rest[..bytes.min(rest.len())];
                    for at in 0..count {
                        let index = if self.bits == 8 {
                            literal.get(at).copied()
                        } else {
                            literal.get(at / 2).map(|byte| nibble(*byte, at))
                        };
                        put(&mut x, y, index.unwrap_or(0));
                    }
                    // Literals are padded to an even number of bytes.
                    rest = rest.get(bytes.next_multiple_of(2)..).unwrap_or_default();
                }
                (count, value) => {
                    for at in 0..usize::from(count) {
                        put(&mut x, y, if self.bits == 8 { value } else { nibble(value, at) });
                    }
                }
            }
            if y >= height {
                break;
            }
        }
        indices
    }
}

/// The bits of `mask`, spread over 0–255.
fn masked(value: u32, mask: u32) -> u8 {
    if mask == 0 {
        return 0;
    }
    let shift = mask.trailing_zeros();
    let largest = u64::from(mask >> shift);
    ((u64::from((value & mask) >> shift) * 255 + largest / 2) / largest) as u8
}

/// Puts a picture with this alpha on white.
pub(super) fn on_white(image: &mut RgbImage, alpha: &[u8]) {
    for (pixel, alpha) in image.pixels_mut().zip(alpha) {
        pixel.0 = pixel.0.map(|sample| over_white(sample, *alpha));
    }
}
