//! Convolutions as one matrix product over patches, and the poolings of ResNet.
//!
//! Pictures are row-major matrices: one row per pixel (picture, y, x), one column per channel.

use rayon::prelude::*;

use super::vectorised;
use super::winograd::Pictures;

/// The window of a convolution or pooling: its side, its step and the zeros around the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) side: usize,
    pub(crate) stride: usize,
    pub(crate) padding: usize,
}

impl Window {
    /// Pixels along an output side of an input side of `n`.
    pub(crate) fn steps(self, n: usize) -> usize {
        (n + 2 * self.padding - self.side) / self.stride + 1
    }
}

/// The patch matrix of `pixels`: one row per output pixel, columns in the order (ky, kx, channel), zeros outside the picture.
pub(crate) fn patches(pixels: &[f32], p: Pictures, window: Window) -> Vec<f32> {
    let (rows, columns) = (window.steps(p.height), window.steps(p.width));
    let patch = window.side * window.side * p.channels;
    let mut result = vec![0.0; p.batch * rows * columns * patch];
    result.par_chunks_exact_mut(columns * patch).enumerate().for_each(|(line, result)| {
        let pixels = &pixels[line / rows * p.height * p.width * p.channels..];
        let top = line % rows * window.stride;
        for (column, patch) in result.chunks_exact_mut(patch).enumerate() {
            let left = column * window.stride;
            for (ky, run) in patch.chunks_exact_mut(window.side * p.channels).enumerate() {
                let y = (top + ky).wrapping_sub(window.padding);
                if y >= p.height {
                    continue;
                }
                // The part of the window's row that lies inside the picture is one run of memory.
                let first = window.padding.saturating_sub(left);
                let end = window.side.min(p.width + window.padding - left);
                if first < end {
                    let x = left + first - window.padding;
                    let from = (y * p.width + x) * p.channels;
                    let length = (end - first) * p.channels;
                    run[first * p.channels..][..length].copy_from_slice(&pixels[from..from + length]);
                }
            }
        }
    });
    result
}

/// Every second pixel of every second row: what a 1×1 convolution of stride 2 reads.
pub(crate) fn every_second(pixels: &[f32], p: Pictures) -> Vec<f32> {
    let mut result = Vec::with_capacity(p.batch * p.height.div_ceil(2) * p.width.div_ceil(2) * p.channels);
    for picture in pixels.chunks_exact(p.height * p.width * p.channels) {
        for row in picture.chunks_exact(p.width * p.channels).step_by(2) {
            for pixel in row.chunks_exact(p.channels).step_by(2) {
                result.extend_from_slice(pixel);
            }
        }
    }
    result
}

/// max(maximum over the window + bias, 0): bias, ReLU and max pooling at once, for they commute.
pub(crate) fn max_pool_relu(pixels: &[f32], bias: &[f32], p: Pictures, window: Window) -> Vec<f32> {
    let (rows, columns) = (window.steps(p.height), window.steps(p.width));
    let mut result = vec![f32::NEG_INFINITY; p.batch * rows * columns * p.channels];
    result.par_chunks_exact_mut(columns * p.channels).enumerate().for_each(|(line, result)| {
        let pixels = &pixels[line / rows * p.height * p.width * p.channels..];
        let top = line % rows * window.stride;
        vectorised(|| {
            for (column, best) in result.chunks_exact_mut(p.channels).enumerate() {
                for (ky, kx) in (0..window.side).flat_map(|ky| (0..window.side).map(move |kx| (ky, kx))) {
                    let y = (top + ky).wrapping_sub(window.padding);
                    let x = (column * window.stride + kx).wrapping_sub(window.padding);
                    if y < p.height && x < p.width {
                        let pixel = &pixels[(y * p.width + x) * p.channels..][..p.channels];
                        for (b, v) in best.iter_mut().zip(pixel) {
                            *b = b.max(*v);
                        }
                    }
                }
                for (b, bias) in best.iter_mut().zip(bias) {
                    *b = (*b + bias).max(0.0);
                }
            }
        });
    });
    result
}

/// The mean of each channel over each picture: one row per picture.
pub(crate) fn mean_of_pictures(pixels: &[f32], p: Pictures) -> Vec<f32> {
    let area = p.height * p.width;
    let mut result = vec![0.0; p.batch * p.channels];
    for (picture, mean) in pixels.chunks_exact(area * p.channels).zip(result.chunks_exact_mut(p.channels)) {
        for pixel in picture.chunks_exact(p.channels) {
            for (m, v) in mean.iter_mut().zip(pixel) {
                *m += v;
            }
        }
        for m in mean {
            *m /= area as f32;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: Pictures = Pictures { batch: 2, height: 5, width: 4, channels: 2 };

    fn pixel(b: usize, y: usize, x: usize, c: usize) -> f32 {
        (((b * P.height + y) * P.width + x) * P.channels + c) as f32 + 1.0
    }

    fn pixels() -> Vec<f32> {
        (0..P.batch * P.height * P.width * P.channels).map(|i| i as f32 + 1.0).collect()
    }

    #[test]
    fn a_patch_holds_the_window_and_zeros_outside_the_picture() {
        for (side, stride, padding) in [(3, 2, 1), (3, 1, 1), (7, 2, 3), (2, 2, 0), (1, 1, 0)] {
            if side > P.width + 2 * padding {
                continue;
            }
            let window = Window { side, stride, padding };
            let found = patches(&pixels(), P, window);
            let mut expected = vec![];
            for b in 0..P.batch {
                for y in 0..window.steps(P.height) {
                    for x in 0..window.steps(P.width) {
                        for (ky, kx) in (0..side * side).map(|k| (k / side, k % side)) {
                            for c in 0..P.channels {
                                let (py, px) = (
                                    (y * stride + ky).wrapping_sub(padding),
                                    (x * stride + kx).wrapping_sub(padding),
                                );
                                expected.push(if py < P.height && px < P.width {
                                    pixel(b, py, px, c)
                                } else {
                                    0.0
                                });
                            }
                        }
                    }
                }
            }
            assert_eq!(found, expected, "{window:?}");
        }
    }

    #[test]
    fn every_second_pixel_starts_with_the_first() {
        let found = every_second(&pixels(), P);
        assert_eq!(found.len(), 2 * 3 * 2 * 2);
        assert_eq!(found[..4], [pixel(0, 0, 0, 0), pixel(0, 0, 0, 1), pixel(0, 0, 2, 0), pixel(0, 0, 2, 1)]);
        assert_eq!(found[4], pixel(0, 2, 0, 0));
    }

    #[test]
    fn pooling_takes_the_largest_then_adds_the_bias_and_clips() {
        let window = Window { side: 3, stride: 2, padding: 1 };
        let found = max_pool_relu(&pixels(), &[0.5, -1000.0], P, window);
        assert_eq!(found.len(), 2 * 3 * 2 * 2);
        assert_eq!(found[..4], [pixel(0, 1, 1, 0) + 0.5, 0.0, pixel(0, 1, 3, 0) + 0.5, 0.0]);
    }

    #[test]
    fn the_mean_is_taken_per_picture_and_channel() {
        let found = mean_of_pictures(&pixels(), P);
        assert_eq!(found, [20.0, 21.0, 60.0, 61.0]);
    }
}
