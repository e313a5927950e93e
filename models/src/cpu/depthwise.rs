//! 3×3 convolutions of each channel by itself, row by row, right behind what makes the rows.
//!
//! Such a convolution computes little and reads much: as a pass of its own over the picture it waits for memory. Here the rows that it
//! needs are made just before, three or four at a time, and are still in the cache.

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

/// The picture that a depthwise convolution reads, and how it is computed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bands<'a> {
    pub(crate) layer: &'a Depthwise,
    pub(crate) height: usize,
    pub(crate) width: usize,
    /// Numbers of a row in the end.
    pub(crate) row: usize,
    /// Tasks that the picture may be divided into.
    pub(crate) tasks: usize,
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
    pub(crate) fn row(&self, rows: [&[f32]; 3], out: &mut [f32]) {
        pulp::Arch::new().dispatch(Row { layer: self, rows, out });
    }

    /// The maximum of every 2×2 pixels of two rows of the result, which read four rows of the picture; of a stride of 1 alone.
    pub(crate) fn pooled_row(&self, rows: [&[f32]; 4], out: &mut [f32]) {
        debug_assert_eq!(self.stride, 1);
        pulp::Arch::new().dispatch(PooledRow { layer: self, rows, out });
    }
}

impl Bands<'_> {
    /// Computes the picture, a band of rows in each task. `make` writes row y of the convolution's input; it has a place for numbers of
    /// its own. `finish` makes row y in the end of a row of the convolution's result.
    pub(crate) fn run(
        &self,
        make: impl Fn(usize, &mut Vec<f32>, &mut [f32]) + Sync,
        finish: impl Fn(usize, &[f32], &mut [f32]) + Sync,
    ) -> Vec<f32> {
        let band = self.layer.steps(self.height).div_ceil(self.tasks).max(FEWEST_ROWS);
        let mut result = vec![0.0; self.layer.steps(self.height) * self.row];
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
        let zeros = vec![0.0; padded];
        // Row y is in place y % 3; the pixels at either end stay zero.
        let mut ring = [zeros.clone(), zeros.clone(), zeros.clone()];
        let mut made = (first * stride).saturating_sub(1);
        let mut space = vec![];
        let mut spread = vec![0.0; self.layer.steps(self.width) * channels];
        for (row, out) in out.chunks_exact_mut(self.row).enumerate() {
            let centre = (first + row) * stride;
            while made < self.height.min(centre + 2) {
                make(made, &mut space, &mut ring[made % 3][channels..padded - channels]);
                made += 1;
            }
            let at = |y: usize| if y < self.height { ring[y % 3].as_slice() } else { zeros.as_slice() };
            self.layer.row([at(centre.wrapping_sub(1)), at(centre), at(centre + 1)], &mut spread);
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
        let rows = rows.map(|row| S::as_simd_f32s(row).0);
        let out = S::as_mut_simd_f32s(out).0;
        let (length, step) = (out.len() / vectors, layer.stride * vectors);
        let together = if layer.stride == 1 { length / TOGETHER * TOGETHER } else { 0 };
        for vector in 0..vectors {
            let sums = Sums::new(simd, layer, vector, vectors);
            for x in (0..together).step_by(TOGETHER) {
                let mut pixels = [sums.bias; TOGETHER];
                for (ky, row) in rows.into_iter().enumerate() {
                    pixels = sums.added(ky, sums.columns(row, x * vectors), pixels);
                }
                for (at, pixel) in pixels.into_iter().enumerate() {
                    out[(x + at) * vectors + vector] = sums.clipped(pixel);
                }
            }
            for x in together..length {
                out[x * vectors + vector] = sums.clipped(sums.pixel(&rows, x * step));
            }
        }
    }
}

struct PooledRow<'a> {
    layer: &'a Depthwise,
    rows: [&'a [f32]; 4],
    out: &'a mut [f32],
}

impl WithSimd for PooledRow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { layer, rows, out } = self;
        let vectors = layer.channels() / (size_of::<S::f32s>() / size_of::<f32>());
        let rows = rows.map(|row| S::as_simd_f32s(row).0);
        let out = S::as_mut_simd_f32s(out).0;
        let length = out.len() / vectors;
        let together = length / (TOGETHER / 2) * (TOGETHER / 2);
        let larger = |a, b| simd.max_f32s(a, b);
        for vector in 0..vectors {
            let sums = Sums::new(simd, layer, vector, vectors);
            for x in (0..together).step_by(TOGETHER / 2) {
                // One by one: mapped over, arrays of vectors are moved through memory.
                let (mut upper, mut lower) = ([sums.bias; TOGETHER], [sums.bias; TOGETHER]);
                let columns = sums.columns(rows[0], 2 * x * vectors);
                upper = sums.added(0, columns, upper);
                let columns = sums.columns(rows[1], 2 * x * vectors);
                upper = sums.added(1, columns, upper);
                lower = sums.added(0, columns, lower);
                let columns = sums.columns(rows[2], 2 * x * vectors);
                upper = sums.added(2, columns, upper);
                lower = sums.added(1, columns, lower);
                let columns = sums.columns(rows[3], 2 * x * vectors);
                lower = sums.added(2, columns, lower);
                for at in 0..TOGETHER / 2 {
                    let left = larger(upper[2 * at], lower[2 * at]);
                    let right = larger(upper[2 * at + 1], lower[2 * at + 1]);
                    out[(x + at) * vectors + vector] = sums.clipped(larger(left, right));
                }
            }
            for x in together..length {
                let [left, right] = [2 * x, 2 * x + 1].map(|x| {
                    larger(sums.pixel(&rows[..3], x * vectors), sums.pixel(&rows[1..], x * vectors))
                });
                out[x * vectors + vector] = sums.clipped(larger(left, right));
            }
        }
    }
}

/// The sums of one vector of channels.
struct Sums<S: Simd> {
    simd: S,
    weight: [S::f32s; 9],
    bias: S::f32s,
    bounds: [S::f32s; 2],
    vector: usize,
    vectors: usize,
}

impl<S: Simd> Sums<S> {
    #[inline(always)]
    fn new(simd: S, layer: &Depthwise, vector: usize, vectors: usize) -> Self {
        let weights = S::as_simd_f32s(&layer.weights).0;
        let bias = S::as_simd_f32s(&layer.bias).0[vector];
        let mut weight = [bias; 9];
        for k in 0..9 {
            weight[k] = weights[k * vectors + vector];
        }
        let bounds = layer.bounds.map(|bound| simd.splat_f32s(bound));
        Self { simd, weight, bias, bounds, vector, vectors }
    }

    /// What pixels next to each other read of a row; the leftmost begins at `left`.
    #[inline(always)]
    fn columns(&self, row: &[S::f32s], left: usize) -> [S::f32s; TOGETHER + 2] {
        let row = &row[left..][..(TOGETHER + 2) * self.vectors];
        let at = |column: usize| row[column * self.vectors + self.vector];
        [at(0), at(1), at(2), at(3), at(4), at(5)]
    }

    /// The sums of pixels next to each other with row `ky` of the filter added.
    #[inline(always)]
    fn added(
        &self,
        ky: usize,
        columns: [S::f32s; TOGETHER + 2],
        mut sums: [S::f32s; TOGETHER],
    ) -> [S::f32s; TOGETHER] {
        for kx in 0..3 {
            for at in 0..TOGETHER {
                sums[at] = self.simd.mul_add_f32s(columns[at + kx], self.weight[3 * ky + kx], sums[at]);
            }
        }
        sums
    }

    /// The sum of one pixel, which begins at `left`.
    #[inline(always)]
    fn pixel(&self, rows: &[&[S::f32s]], left: usize) -> S::f32s {
        let mut sum = self.bias;
        for (ky, row) in rows.iter().take(3).enumerate() {
            let row = &row[left..][..3 * self.vectors];
            for kx in 0..3 {
                let value = row[kx * self.vectors + self.vector];
                sum = self.simd.mul_add_f32s(value, self.weight[3 * ky + kx], sum);
            }
        }
        sum
    }

    /// In this order of the operands a sum that is no number stays so.
    #[inline(always)]
    fn clipped(&self, sum: S::f32s) -> S::f32s {
        let [low, high] = self.bounds;
        self.simd.min_f32s(high, self.simd.max_f32s(low, sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(i: usize) -> f32 {
        ((i * 7919 + 13) % 101) as f32 / 101.0 - 0.5
    }

    #[test]
    fn bands_of_rows_give_the_convolution_for_both_strides() {
        for (height, width, channels, stride, tasks) in
            [(1, 1, 16, 1, 1), (40, 7, 16, 1, 9), (56, 9, 32, 2, 2), (7, 7, 48, 2, 4), (64, 6, 16, 1, 3)]
        {
            let picture: Vec<f32> = (0..height * width * channels).map(value).collect();
            let weights: Vec<f32> = (0..channels * 9).map(|i| value(i + 5)).collect();
            let bias: Vec<f32> = (0..channels).map(|i| value(i + 9)).collect();
            let layer = Depthwise::new(&weights, bias.clone(), stride, [-0.2, 0.3]);
            let (down, across) = (layer.steps(height), layer.steps(width));
            let bands = Bands { layer: &layer, height, width, row: across * channels, tasks };
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

    #[test]
    fn a_pooled_row_is_the_maximum_of_two_rows() {
        for (width, channels) in [(2, 16), (8, 16), (10, 32), (12, 64)] {
            let padded = (width + 2) * channels;
            let rows: Vec<Vec<f32>> =
                (0..4).map(|row| (0..padded).map(|i| value(i + 31 * row)).collect()).collect();
            let weights: Vec<f32> = (0..channels * 9).map(|i| value(i + 5)).collect();
            let bias: Vec<f32> = (0..channels).map(|i| value(i + 9)).collect();
            let layer = Depthwise::new(&weights, bias, 1, [0.0, 0.3]);
            let [a, b, c, d] = [0, 1, 2, 3].map(|row: usize| rows[row].as_slice());
            let (mut upper, mut lower) = (vec![0.0; width * channels], vec![0.0; width * channels]);
            layer.row([a, b, c], &mut upper);
            layer.row([b, c, d], &mut lower);
            let mut found = vec![0.0; width / 2 * channels];
            layer.pooled_row([a, b, c, d], &mut found);
            for (at, found) in found.iter().enumerate() {
                let left = (at / channels * 2) * channels + at % channels;
                let pixels = [upper[left], upper[left + channels], lower[left], lower[left + channels]];
                assert_eq!(*found, pixels.into_iter().fold(f32::MIN, f32::max), "{width} × {channels}");
            }
        }
    }
}
