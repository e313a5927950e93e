//! A small copy of a photo, ready to be laid on another.

use std::sync::OnceLock;

use image::RgbImage;

use super::features::{Feature, features};
use super::square::{Square, blurred};

/// Side of the squares by which pictures are compared as a whole.
const SIDE: usize = 64;
const COARSE: usize = 16;
/// Mean difference of channels, in levels of 255, below which a picture is grey: JPEG makes no more of none.
const GREY: f32 = 3.0;

/// A small copy of a photo: grey, and a few coloured squares.
#[derive(Debug, Clone)]
pub struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Grey levels, row by row.
    pub(super) grey: Vec<f32>,
    /// Red, green and blue, row by row.
    pixels: Vec<[u8; 3]>,
    pub(super) coarse: Square,
    pub(super) fine: Square,
    /// Red, green and blue of the coarse square.
    pub(super) colours: [Square; 3],
    colourfulness: f32,
    /// Made when they are first needed: most pictures are told apart without.
    smooth: OnceLock<Vec<f32>>,
    points: OnceLock<[Vec<Feature>; 2]>,
}

impl Picture {
    /// Of a thumbnail, as large as it is; one of no pixels is a black point.
    pub fn of(image: &RgbImage) -> Self {
        let (width, height) = (image.width().max(1) as usize, image.height().max(1) as usize);
        let channel = |at: usize| -> Vec<f32> {
            let values: Vec<f32> = image.pixels().map(|pixel| f32::from(pixel.0[at])).collect();
            if values.is_empty() { vec![0.0] } else { values }
        };
        let channels = [0, 1, 2].map(channel);
        let [red, green, blue] = &channels;
        let grey: Vec<f32> =
            red.iter().zip(green).zip(blue).map(|((r, g), b)| 0.299 * r + 0.587 * g + 0.114 * b).collect();
        let spread: f32 =
            red.iter().zip(green).zip(blue).map(|((r, g), b)| r.max(*g).max(*b) - r.min(*g).min(*b)).sum();
        let square = |values: &[f32], side: usize| Square::of(values, width, height, side);
        Self {
            width,
            height,
            coarse: square(&grey, COARSE),
            fine: square(&grey, SIDE),
            colours: channels.each_ref().map(|channel| square(channel, COARSE)),
            colourfulness: spread / (width * height) as f32,
            pixels: if image.is_empty() {
                vec![[0; 3]]
            } else {
                image.pixels().map(|pixel| pixel.0).collect()
            },
            smooth: OnceLock::new(),
            points: OnceLock::new(),
            grey,
        }
    }

    pub(super) fn square(&self, side: usize) -> Square {
        Square::of(&self.grey, self.width, self.height, side)
    }

    /// It has no colours.
    pub(super) fn is_grey(&self) -> bool {
        self.colourfulness < GREY
    }

    /// Variance of the Laplacian, in squared grey levels.
    pub(super) fn sharpness(&self) -> f32 {
        let (width, height) = (self.width, self.height);
        let at = |x: usize, y: usize| self.grey[y * width + x];
        let mut values = Vec::with_capacity(width * height);
        for y in 1..height.saturating_sub(1) {
            for x in 1..width.saturating_sub(1) {
                values.push(at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * at(x, y));
            }
        }
        let count = values.len().max(1) as f32;
        let mean = values.iter().sum::<f32>() / count;
        values.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / count
    }

    /// Grey without its finest noise.
    pub(super) fn smooth(&self) -> &[f32] {
        self.smooth.get_or_init(|| blurred(&self.grey, self.width, self.height))
    }

    /// Mean red, green and blue of the three by three pixels around a place, in pixels.
    pub(super) fn colour(&self, [x, y]: [f64; 2]) -> [f32; 3] {
        let span = |at: f64, length: usize| {
            let at = (at + 0.5).clamp(0.0, length as f64 - 1.0) as usize;
            at.saturating_sub(1)..(at + 2).min(length)
        };
        let (mut sum, mut count) = ([0.0; 3], 0.0);
        for y in span(y, self.height) {
            for pixel in &self.pixels[y * self.width..][span(x, self.width)] {
                sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += f32::from(*value));
                count += 1.0;
            }
        }
        sum.map(|sum| sum / count)
    }

    /// Points that are found again.
    pub(super) fn points(&self) -> &[Feature] {
        &self.both_points()[0]
    }

    /// Points of the picture in a mirror, where they are seen there.
    pub(super) fn mirrored_points(&self) -> &[Feature] {
        &self.both_points()[1]
    }

    fn both_points(&self) -> &[Vec<Feature>; 2] {
        self.points.get_or_init(|| features(&self.grey, self.width, self.height))
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use image::{Rgb, RgbImage};

    use super::super::super::random::Random;

    /// A picture of many coloured discs and bars, another one for each seed.
    pub(crate) fn drawn(seed: u64, width: u32, height: u32) -> RgbImage {
        let mut random = Random::new(seed);
        let base: [f32; 3] = std::array::from_fn(|_| 90.0 + 60.0 * random.signed());
        let shapes: Vec<([f32; 4], [u8; 3])> = (0..60)
            .map(|_| {
                let place =
                    [random.signed(), random.signed(), 0.04 + 0.14 * random.signed().abs(), random.signed()];
                (place, std::array::from_fn(|_| random.below(256) as u8))
            })
            .collect();
        RgbImage::from_fn(width, height, |x, y| {
            let (u, v) = (2.0 * x as f32 / width as f32 - 1.0, 2.0 * y as f32 / height as f32 - 1.0);
            let mut colour = base.map(|channel| (channel + 30.0 * u + 20.0 * v) as u8);
            for ([cx, cy, size, kind], paint) in &shapes {
                let (dx, dy) = (u - cx, v - cy);
                let is_inside = match *kind > 0.0 {
                    true => dx * dx + dy * dy < size * size,
                    false => dx.abs() < size * 0.5 && dy.abs() < *size,
                };
                if is_inside {
                    colour = *paint;
                }
            }
            Rgb(colour)
        })
    }
}
