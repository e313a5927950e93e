//! 3×3 convolutions of each channel by itself, row by row, right behind what makes the rows.
//!
//! Such a convolution computes little and reads much: as a pass of its own over the picture it waits for memory. Here the rows that it
//! needs are made just before, three at a time, and are still in the cache.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Output rows that one task computes, at least: the rows above and below are computed twice.
const FEWEST_ROWS: usize = 8;

/// Pixels of a row that are computed together: of the columns that they read, each is loaded once.
const TOGETHER: usize = 4;

/// A 3×3 convolution of each channel by itself, with one pixel of zeros around the picture.
#[derive(Debug)]
pub(crate) struct Depthwise {
    /// `[ky, kx, channel]`.
    weights: Vec<f32>,
    bias: Vec<f32>,
    stride: usize,
    /// What the result is clipped to.
    bounds: [f32; 2],
}

/// The picture that a depthwise convolution reads, and what becomes of its result.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bands<'a> {
    pub(crate) layer: &'a Depthwise,
    pub(crate) height: usize,
    pub(crate) width: usize,
    /// Rows of the convolution's result for one row in the end: two where a pooling follows.
    pub(crate) rows: usize,
    /// Numbers of a row in the end.
    pub(crate) row: usize,
}

impl Depthwise {
    /// `weights` is `[channel, ky, kx]`; the number of channels is a multiple of 16.
    pub(crate) fn new(weights: &[f32], bias: Vec<f32>, stride: usize, bounds: [f32; 2]) -> Self {
        let channels = bias.len();
        let turned =
            (0..9).flat_map(|k| (0..channels).map(move |channel| weights[channel * 9 + k])).collect();
        Self { weights: turned, bias, stride, bounds }
    }

    pub(crate) fn channels(&self) -> usize {
        self.bias.len()
    }

    /// Pixels along an output side of an input side of `n`.
    pub(crate) fn steps(&self, n: usize) -> usize {
        (n - 1) / self.stride + 1
    }

    /// One row of the result. The three rows of the picture have a pixel of zeros on either side.
    fn row(&self, rows: [&[f32]; 3], out: &mut [f32]) {
        pulp::Arch::new().dispatch(Row { layer: self, rows, out });
    }
}

impl Bands<'_> {
    /// Computes the picture, a band of rows in each task. `make` writes row y of the convolution's input; it has a place for numbers of
    /// its own. `finish` makes row y in the end of [`rows`](Self::rows) rows of the convolution's result.
    pub(crate) fn run(
        &self,
        make: impl Fn(usize, &mut Vec<f32>, &mut [f32]) + Sync,
        finish: impl Fn(usize, &[f32], &mut [f32]) + Sync,
    ) -> Vec<f32> {
        let total = self.layer.steps(self.height) / self.rows;
        let band = total.div_ceil(4 * rayon::current_num_threads()).max(FEWEST_ROWS);
        let mut result = vec![0.0; total * self.row];
        let tasks = result.par_chunks_mut(band * self.row).enumerate();
        tasks.for_each(|(task, out)| self.band(task * band, out, &make, &finish));
        result
    }

    fn band(
        &self,
        first: usize,
        out: &mut [f32],
        make: &impl Fn(usize, &mut Vec<f32>, &mut [f32]),
        finish: &impl Fn(usize, &[f32], &mut [f32]),
    ) {
        let (channels, stride) = (self.layer.channels(), self.layer.stride);
        let padded = (self.width + 2) * channels;
        let length = self.layer.steps(self.width) * channels;
        let zeros = vec![0.0; padded];
        // Row y is in place y % 3; the pixels at either end stay zero.
        let mut ring = [zeros.clone(), zeros.clone(), zeros.clone()];
        let mut made = (first * self.rows * stride).saturating_sub(1);
        let mut space = vec![];
        let mut spread = vec![0.0; self.rows * length];
        for (row, out) in out.chunks_exact_mut(self.row).enumerate() {
            let y = (first + row) * self.rows;
            for (inner, spread) in spread.chunks_exact_mut(length).enumerate() {
                let centre = (y + inner) * stride;
                while made < self.height.min(centre + 2) {
                    make(made, &mut space, &mut ring[made % 3][channels..padded - channels]);
                    made += 1;
                }
                let at = |y: usize| if y < self.height { ring[y % 3].as_slice() } else { zeros.as_slice() };
                self.layer.row([at(centre.wrapping_sub(1)), at(centre), at(centre + 1)], spread);
            }
            finish(first + row, &spread, out);
        }
    }
}

struct Row<'a> {
    layer: &'a Depthwise,
    rows: [&'a [f32]; 3],
    out: &'a mut [f32],
}

impl WithSimd for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { layer, rows, out } = self;
        let vectors = layer.channels() / (size_of::<S::f32s>() / size_of::<f32>());
        let weights = S::as_simd_f32s(&layer.weights).0;
        let bias = S::as_simd_f32s(&layer.bias).0;
        let rows = rows.map(|row| S::as_simd_f32s(row).0);
        let out = S::as_mut_simd_f32s(out).0;
        // In this order of the operands a sum that is no number stays so.
        let [low, high] = layer.bounds.map(|bound| simd.splat_f32s(bound));
        let (length, step) = (out.len() / vectors, layer.stride * vectors);
        for vector in 0..vectors {
            let mut weight = [bias[vector]; 9];
            for k in 0..9 {
                weight[k] = weights[k * vectors + vector];
            }
            let mut pixel = |x: usize, sum: S::f32s| {
                out[x * vectors + vector] = simd.min_f32s(high, simd.max_f32s(low, sum));
            };
            let together = if layer.stride == 1 { length / TOGETHER * TOGETHER } else { 0 };
            for x in (0..together).step_by(TOGETHER) {
                let mut sums = [bias[vector]; TOGETHER];
                for ky in 0..3 {
                    let row = &rows[ky][x * vectors..][..(TOGETHER + 2) * vectors];
                    for column in 0..TOGETHER + 2 {
                        let value = row[column * vectors + vector];
                        for kx in 0..3 {
                            if let Some(at) = column.checked_sub(kx).filter(|at| *at < TOGETHER) {
                                sums[at] = simd.mul_add_f32s(value, weight[ky * 3 + kx], sums[at]);
                            }
                        }
                    }
                }
                for (at, sum) in sums.into_iter().enumerate() {
                    pixel(x + at, sum);
                }
            }
            for x in together..length {
                let mut sum = bias[vector];
                for ky in 0..3 {
                    let row = &rows[ky][x * step..][..3 * vectors];
                    for kx in 0..3 {
                        sum = simd.mul_add_f32s(row[kx * vectors + vector], weight[ky * 3 + kx], sum);
                    }
                }
                pixel(x, sum);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(i: usize) -> f32 {
        ((i * 7919 + 13) % 101) as f32 / 101.0 - 0.5
    }

    #[test]
    fn bands_of_rows_give_the_convolution_for_both_strides_and_with_two_rows_in_one() {
        for (height, width, channels, stride, rows) in
            [(1, 1, 16, 1, 1), (40, 7, 16, 1, 1), (56, 9, 32, 2, 1), (7, 7, 48, 2, 1), (64, 6, 16, 1, 2)]
        {
            let picture: Vec<f32> = (0..height * width * channels).map(value).collect();
            let weights: Vec<f32> = (0..channels * 9).map(|i| value(i + 5)).collect();
            let bias: Vec<f32> = (0..channels).map(|i| value(i + 9)).collect();
            let layer = Depthwise::new(&weights, bias.clone(), stride, [-0.2, 0.3]);
            let (down, across) = (layer.steps(height), layer.steps(width));
            let bands = Bands { layer: &layer, height, width, rows, row: rows * across * channels };
            let found = bands.run(
                |y, _, row| row.copy_from_slice(&picture[y * width * channels..][..width * channels]),
                |_, spread, out| out.copy_from_slice(spread),
            );
            assert_eq!(found.len(), down * across * channels);
            for (at, found) in found.iter().enumerate() {
                let (y, x, c) = (at / (across * channels), at / channels % across, at % channels);
                let mut exact = bias[c];
                for (ky, kx) in (0..9).map(|k| (k / 3, k % 3)) {
                    let (py, px) = ((y * stride + ky).wrapping_sub(1), (x * stride + kx).wrapping_sub(1));
                    if py < height && px < width {
                        exact += picture[(py * width + px) * channels + c] * weights[c * 9 + ky * 3 + kx];
                    }
                }
                assert!(
                    (found - exact.clamp(-0.2, 0.3)).abs() < 1e-5,
                    "{height} × {width} × {channels} / {stride}"
                );
            }
        }
    }
}
