//! From rows of samples to RGB on white.

use super::directory::{Directory, tag, unsigned};
use super::layout::{Layout, SampleKind, photometric};
use super::{TIFF, unsupported};
use crate::media::colour::{cmyk_to_rgb, lab_to_rgb, over_white, premultiplied_over_white};
use crate::media::error::MediaError;

/// What is done with the alpha channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alpha {
    None,
    Straight,
    Premultiplied,
}

/// Turns pixels of one picture to RGB.
pub(super) struct Painter {
    photometric: u16,
    colours: usize,
    samples: usize,
    alpha: Alpha,
    palette: Vec<[u8; 3]>,
}

impl Painter {
    /// Prepares for the colour space of the picture.
    pub(super) fn of(layout: &Layout, directory: &Directory<'_>) -> Result<Self, MediaError> {
        let colours = match layout.photometric {
            photometric::WHITE_IS_ZERO
            | photometric::BLACK_IS_ZERO
            | photometric::MASK
            | photometric::PALETTE => 1,
            photometric::RGB | photometric::YCBCR | photometric::CIE_LAB | photometric::ICC_LAB => 3,
            photometric::CMYK => 4,
            other => return Err(unsupported(format!("colour space {other}"))),
        };
        // Lab may come without a and b.
        let lab = matches!(layout.photometric, photometric::CIE_LAB | photometric::ICC_LAB);
        let colours = if lab && layout.samples < 3 { 1 } else { colours };
        if layout.samples < colours {
            return Err(MediaError::damaged(TIFF, "fewer samples than colours"));
        }
        let alpha = match layout.extra.first() {
            _ if layout.samples == colours => Alpha::None,
            Some(1) => Alpha::Premultiplied,
            Some(2) => Alpha::Straight,
            // Some writers forget the tag; for RGB the fourth sample then is alpha all the same.
            None if layout.photometric == photometric::RGB && layout.samples == 4 => Alpha::Straight,
            _ => Alpha::None,
        };
        if alpha != Alpha::None && layout.photometric == photometric::CMYK {
            return Err(unsupported("CMYK with alpha".into()));
        }
        let palette =
            if layout.photometric == photometric::PALETTE { palette(layout, directory)? } else { Vec::new() };
        Ok(Self { photometric: layout.photometric, colours, samples: layout.samples, alpha, palette })
    }

    /// Appends the pixels of a row of 8-bit samples (palette: indices) to `rgb`.
    pub(super) fn paint(&self, row: &[u8], rgb: &mut [u8]) {
        for (pixel, target) in row.chunks_exact(self.samples).zip(rgb.chunks_exact_mut(3)) {
            let mut colour = match (self.photometric, self.colours) {
                (photometric::WHITE_IS_ZERO, _) => [255 - pixel[0]; 3],
                (photometric::PALETTE, _) => {
                    self.palette.get(usize::from(pixel[0])).copied().unwrap_or_default()
                }
                (photometric::RGB, _) => [pixel[0], pixel[1], pixel[2]],
                (photometric::CMYK, _) => cmyk_to_rgb([pixel[0], pixel[1], pixel[2], pixel[3]]),
                (photometric::YCBCR, _) => ycbcr_to_rgb(pixel[0], pixel[1], pixel[2]),
                (photometric::CIE_LAB, 3) => {
                    lab(pixel[0], f32::from(pixel[1] as i8), f32::from(pixel[2] as i8))
                }
                (photometric::ICC_LAB, 3) => {
                    lab(pixel[0], f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0)
                }
                (photometric::CIE_LAB | photometric::ICC_LAB, _) => lab(pixel[0], 0.0, 0.0),
                _ => [pixel[0]; 3],
            };
            if self.alpha != Alpha::None {
                let alpha = pixel[self.colours];
                colour = colour.map(|sample| match self.alpha {
                    Alpha::Premultiplied => premultiplied_over_white(sample, alpha),
                    _ => over_white(sample, alpha),
                });
            }
            target.copy_from_slice(&colour);
        }
    }
}

fn lab(lightness: u8, a: f32, b: f32) -> [u8; 3] {
    lab_to_rgb(f32::from(lightness) * 100.0 / 255.0, a, b)
}

/// ITU-R BT.601, full range, the default of the specification.
pub(super) fn ycbcr_to_rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|value| value.round() as u8)
}

/// The colour map holds all reds, all greens, all blues, 16 bits each; some writers use only 8 of them.
fn palette(layout: &Layout, directory: &Directory<'_>) -> Result<Vec<[u8; 3]>, MediaError> {
    if layout.bits > 8 {
        return Err(unsupported(format!("a palette of {} bits", layout.bits)));
    }
    let map = directory.numbers(tag::COLOR_MAP).ok_or_else(|| MediaError::damaged(TIFF, "no palette"))?;
    let size = map.len() / 3;
    let shift = if map.iter().all(|value| *value < 256) { 0 } else { 8 };
    Ok((0..size).map(|at| [at, at + size, at + 2 * size].map(|at| (map[at] >> shift) as u8)).collect())
}

/// The samples of a row with eight bits each: the most significant ones of deeper samples, shallower ones
/// spread over the range (`indices`: as they are).
pub(super) fn to_eight_bits(layout: &Layout, row: &[u8], count: usize, big_endian: bool, out: &mut Vec<u8>) {
    out.clear();
    let indices = layout.photometric == photometric::PALETTE;
    let sign =
        |value: u8| if layout.kind == SampleKind::Signed && !is_lab(layout) { value ^ 0x80 } else { value };
    // Predictor 3 leaves the most significant byte first.
    let big_endian = big_endian || layout.predictor == 3;
    match (layout.bits, layout.kind) {
        (8, _) => out.extend(row.iter().take(count).map(|value| sign(*value))),
        (16 | 24 | 32 | 64, SampleKind::Float) => {
            let float = |bytes: &[u8]| to_float(unsigned(bytes, big_endian), bytes.len());
            let samples = row.chunks_exact(layout.bits / 8).take(count);
            out.extend(samples.map(|bytes| (float(bytes).clamp(0.0, 1.0) * 255.0).round() as u8));
        }
        (16 | 24 | 32 | 64, _) => {
            let bytes = layout.bits / 8;
            let top = if big_endian { 0 } else { bytes - 1 };
            out.extend(row.chunks_exact(bytes).take(count).map(|sample| sign(sample[top])));
        }
        (bits, _) => {
            let largest = (1u32 << bits) - 1;
            for at in 0..count {
                let value = bits_at(row, at * bits, bits);
                out.push(match (indices, bits) {
                    (true, _) => value as u8,
                    (_, ..8) => (value * 255 / largest) as u8,
                    _ => (value >> (bits - 8)) as u8,
                });
            }
        }
    }
}

fn is_lab(layout: &Layout) -> bool {
    matches!(layout.photometric, photometric::CIE_LAB | photometric::ICC_LAB)
}

fn bits_at(row: &[u8], start: usize, bits: usize) -> u32 {
    (start..start + bits).fold(0, |value, at| {
        let bit = row.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
        value << 1 | u32::from(bit)
    })
}

/// IEEE 754 of 16, 24 (as Adobe has it), 32 and 64 bits.
fn to_float(bits: u64, bytes: usize) -> f64 {
    match bytes {
        2 => f64::from(half::f16::from_bits(bits as u16)),
        3 => {
            let (sign, exponent, mantissa) = (bits >> 23 & 1, (bits >> 16 & 0x7F) as i32, bits & 0xFFFF);
            let value = match exponent {
                0 => mantissa as f64 * 2f64.powi(-78),
                _ => (1.0 + mantissa as f64 / 65536.0) * 2f64.powi(exponent - 63),
            };
            if sign == 1 { -value } else { value }
        }
        4 => f64::from(f32::from_bits(bits as u32)),
        _ => f64::from_bits(bits),
    }
}
