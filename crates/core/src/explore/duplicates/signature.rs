//! The fingerprint of a picture: the signs of its lowest frequencies.
//!
//! As a perceptual hash of the discrete cosine transform, but with the sign of each coefficient instead of a comparison with
//! their median. A mirrored picture has the same coefficients with other signs, a transposed one has them in other places: the
//! fingerprints of all eight ways in which a picture can lie follow from one.

use image::RgbImage;

use super::picture::Picture;
use super::square::{Lie, Square};

/// Grows when fingerprints of before do not compare with those of now.
pub const SIGNATURE_VERSION: u32 = 1;

/// Side of the square that the transform reads, and of the square of coefficients that is kept.
const SIDE: usize = 32;
const KEPT: usize = 8;

/// What is kept of a picture, to find others like it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signature {
    /// Bit `8 v + u` is set where the coefficient of `u` half waves across and `v` down is positive.
    pub hash: u64,
    /// How much neighbouring pixels differ: the variance of the Laplacian of the thumbnail, in squared grey levels.
    pub sharpness: f32,
    /// It has no colours.
    pub is_grey: bool,
}

impl Signature {
    /// Of a small copy of a picture.
    pub fn of(image: &RgbImage) -> Self {
        let picture = Picture::of(image);
        Self { hash: hash(&picture.square(SIDE)), sharpness: picture.sharpness(), is_grey: picture.is_grey() }
    }
}

/// Fingerprints that a picture with this one has in the eight ways it can lie.
pub(super) fn in_all_lies(hash: u64) -> [u64; 8] {
    const ACROSS: u64 = 0xAAAA_AAAA_AAAA_AAAA;
    const DOWN: u64 = 0xFF00_FF00_FF00_FF00;
    Lie::ALL.map(|lie| {
        let hash = if lie.transposed { transposed(hash) } else { hash };
        let turned = if lie.mirrored { ACROSS } else { 0 } ^ if lie.upside_down { DOWN } else { 0 };
        // The mean has no sign.
        (hash ^ turned) & !1
    })
}

fn transposed(hash: u64) -> u64 {
    (0..64).filter(|bit| hash >> bit & 1 == 1).fold(0, |all, bit| all | 1 << (bit % 8 * 8 + bit / 8))
}

fn hash(square: &Square) -> u64 {
    let wave = |frequency: usize, at: usize| {
        (std::f64::consts::PI * frequency as f64 * (at as f64 + 0.5) / SIDE as f64).cos() as f32
    };
    let waves: Vec<f32> = (0..KEPT * SIDE).map(|place| wave(place / SIDE, place % SIDE)).collect();
    let product = |wave: &[f32], values: &mut dyn Iterator<Item = f32>| -> f32 {
        wave.iter().zip(values).map(|(w, v)| w * v).sum()
    };
    // Rows first: one list of KEPT coefficients for each.
    let rows: Vec<f32> = square
        .values
        .chunks(SIDE)
        .flat_map(|row| {
            waves.chunks(SIDE).map(|wave| product(wave, &mut row.iter().copied())).collect::<Vec<_>>()
        })
        .collect();
    let mut hash = 0;
    for (v, wave) in waves.chunks(SIDE).enumerate() {
        for u in 0..KEPT {
            let coefficient = product(wave, &mut rows.iter().skip(u).step_by(KEPT).copied());
            hash |= u64::from(coefficient > 0.0 && (u, v) != (0, 0)) << (v * KEPT + u);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use image::imageops;

    use super::super::picture::testing::drawn;
    use super::*;

    #[test]
    fn the_fingerprints_of_all_lies_follow_from_one() {
        for seed in 0..5 {
            let image = drawn(seed, 256, 192);
            let [plain, upside_down, mirrored, turned, transposed, ..] =
                in_all_lies(Signature::of(&image).hash);
            let near = |image: &RgbImage, expected: u64| {
                let apart = (Signature::of(image).hash ^ expected).count_ones();
                assert!(apart <= 2, "{apart}");
            };
            near(&image, plain);
            near(&imageops::flip_vertical(&image), upside_down);
            near(&imageops::flip_horizontal(&image), mirrored);
            near(&imageops::rotate180(&image), turned);
            near(&imageops::flip_horizontal(&imageops::rotate90(&image)), transposed);
        }
    }

    #[test]
    fn other_sizes_are_near_and_other_pictures_are_far() {
        let hash = |image: &RgbImage| Signature::of(image).hash;
        for seed in 0..5 {
            let image = drawn(seed, 256, 192);
            let small = imageops::resize(&image, 100, 100, imageops::FilterType::Triangle);
            assert!((hash(&image) ^ hash(&small)).count_ones() <= 4);
            assert!((hash(&image) ^ hash(&drawn(seed + 100, 256, 192))).count_ones() > 12);
        }
    }

    #[test]
    fn blur_takes_sharpness_and_grey_is_seen() {
        let image = drawn(3, 200, 200);
        let blurred = imageops::blur(&image, 2.0);
        assert!(Signature::of(&image).sharpness > 2.0 * Signature::of(&blurred).sharpness);
        let grey = imageops::grayscale(&image);
        let grey = RgbImage::from_fn(200, 200, |x, y| image::Rgb([grey.get_pixel(x, y).0[0]; 3]));
        assert!(Signature::of(&grey).is_grey && !Signature::of(&image).is_grey);
    }
}
