//! 3×3 convolutions of stride 1 by Winograd's minimal filtering, F(4×4, 3×3).
//!
//! Lavin and Gray, *Fast Algorithms for Convolutional Neural Networks* (2015). Every 4×4 tile of the output comes from a 6×6 tile of
//! the input. After a transform of both input and kernel, the convolution is 36 independent matrix products with a quarter of the
//! multiplications, and the transformed input is 2.25 times the input where the usual patch matrix is 9 times.
//!
//! Pictures are row-major matrices: one row per pixel (picture, y, x), one column per channel.

use rayon::prelude::*;

use super::vectorised;

/// Side of an output tile.
const OUT: usize = 4;
/// Side of an input tile.
const SIDE: usize = 6;
/// Matrix products per convolution.
pub(crate) const PLANES: usize = SIDE * SIDE;

/// Channels that are transformed together: one AVX-512 register, two of AVX2.
const LANES: usize = 16;
type Lanes = [f32; LANES];

/// The pictures of one convolution: `batch` pictures of `height` × `width` pixels with `channels` channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pictures {
    pub(crate) batch: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) channels: usize,
}

impl Pictures {
    fn tile_rows(self) -> usize {
        self.height.div_ceil(OUT)
    }

    fn tile_columns(self) -> usize {
        self.width.div_ceil(OUT)
    }

    /// Number of tiles, which is the number of rows of each of the [`PLANES`] products.
    pub(crate) fn tiles(self) -> usize {
        self.batch * self.tile_rows() * self.tile_columns()
    }
}

/// Transforms a kernel `[out][in][3][3]` to `[PLANES][in][out]`: G·g·Gᵀ.
pub(crate) fn transform_kernel(kernel: &[f32], inputs: usize, outputs: usize) -> Vec<f32> {
    const G: [[f64; 3]; SIDE] = [
        [0.25, 0.0, 0.0],
        [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
        [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
        [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
        [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
        [0.0, 0.0, 1.0],
    ];
    let mut planes = vec![0.0; PLANES * inputs * outputs];
    for (o, filters) in kernel.chunks_exact(inputs * 9).enumerate() {
        for (i, g) in filters.chunks_exact(9).enumerate() {
            for (row, gr) in G.iter().enumerate() {
                let half: [f64; 3] =
                    std::array::from_fn(|x| (0..3).map(|y| gr[y] * f64::from(g[y * 3 + x])).sum());
                for (column, gc) in G.iter().enumerate() {
                    let value: f64 = (0..3).map(|x| half[x] * gc[x]).sum();
                    planes[((row * SIDE + column) * inputs + i) * outputs + o] = value as f32;
                }
            }
        }
    }
    planes
}

/// Transforms pictures to `[PLANES][tiles][channels]`: Bᵀ·d·B of every tile, with zeros around each picture.
pub(crate) fn transform_input(pixels: &[f32], p: Pictures) -> Vec<f32> {
    let row_length = p.tile_columns() * p.channels;
    let mut planes = vec![0.0; PLANES * p.tiles() * p.channels];
    // One task per row of tiles: it owns the same range of every plane.
    let mut tasks: Vec<Vec<&mut [f32]>> =
        (0..p.batch * p.tile_rows()).map(|_| Vec::with_capacity(PLANES)).collect();
    for plane in planes.chunks_exact_mut(p.tiles() * p.channels) {
        for (task, range) in tasks.iter_mut().zip(plane.chunks_exact_mut(row_length)) {
            task.push(range);
        }
    }
    tasks.into_par_iter().enumerate().for_each(|(task, mut ranges)| {
        let (picture, tile_row) = (task / p.tile_rows(), task % p.tile_rows());
        let pixels = &pixels[picture * p.height * p.width * p.channels..][..p.height * p.width * p.channels];
        vectorised(|| {
            for tile_column in 0..p.tile_columns() {
                for channel in (0..p.channels).step_by(LANES) {
                    input_tile(pixels, p, tile_row, tile_column, channel, &mut ranges);
                }
            }
        });
    });
    planes
}

/// Transforms one tile of up to [`LANES`] channels into place.
#[inline(always)]
fn input_tile(
    pixels: &[f32],
    p: Pictures,
    tile_row: usize,
    tile_column: usize,
    channel: usize,
    ranges: &mut [&mut [f32]],
) {
    let mut half = [[[0.0; LANES]; SIDE]; SIDE];
    // A column of the tile fills a column of `half`: no slice holds one.
    #[allow(clippy::needless_range_loop)]
    for x in 0..SIDE {
        // The tile starts one pixel above and to the left of its output: the kernel's reach.
        let px = (tile_column * OUT + x).wrapping_sub(1);
        let mut d = [[0.0; LANES]; SIDE];
        if px < p.width {
            for (y, lanes) in d.iter_mut().enumerate() {
                let py = (tile_row * OUT + y).wrapping_sub(1);
                if py < p.height {
                    *lanes = load(pixels, (py * p.width + px) * p.channels + channel, p.channels - channel);
                }
            }
        }
        let t = input_1d(&d);
        for y in 0..SIDE {
            half[y][x] = t[y];
        }
    }
    for (y, row) in half.iter().enumerate() {
        let t = input_1d(row);
        for (x, lanes) in t.iter().enumerate() {
            store(ranges[y * SIDE + x], tile_column * p.channels + channel, p.channels - channel, lanes);
        }
    }
}

/// Bᵀ·d.
#[inline(always)]
fn input_1d(d: &[Lanes; SIDE]) -> [Lanes; SIDE] {
    let mut t = [[0.0; LANES]; SIDE];
    for l in 0..LANES {
        let (a, b) = (d[4][l] - 4.0 * d[2][l], d[3][l] - 4.0 * d[1][l]);
        let (c, e) = (d[4][l] - d[2][l], 2.0 * (d[3][l] - d[1][l]));
        t[0][l] = 4.0 * d[0][l] - 5.0 * d[2][l] + d[4][l];
        t[1][l] = a + b;
        t[2][l] = a - b;
        t[3][l] = c + e;
        t[4][l] = c - e;
        t[5][l] = 4.0 * d[1][l] - 5.0 * d[3][l] + d[5][l];
    }
    t
}

/// Transforms products `[PLANES][tiles][channels]` back to pictures, adds bias and residual and clips below zero:
/// max(Aᵀ·m·A + bias + residual, 0).
///
/// `p` describes the result, and `residual` is of the same shape.
pub(crate) fn transform_output_relu(
    products: &[f32],
    bias: &[f32],
    residual: Option<&[f32]>,
    p: Pictures,
) -> Vec<f32> {
    let plane = p.tiles() * p.channels;
    let area = p.height * p.width * p.channels;
    // The residual is where the result will be: each tile adds to what it finds.
    let mut pixels = residual.map_or_else(|| vec![0.0; p.batch * area], <[f32]>::to_vec);
    pixels.par_chunks_exact_mut(area).enumerate().for_each(|(picture, pixels)| {
        pixels.par_chunks_mut(OUT * p.width * p.channels).enumerate().for_each(|(tile_row, rows)| {
            let first = (picture * p.tile_rows() + tile_row) * p.tile_columns();
            vectorised(|| {
                for tile_column in 0..p.tile_columns() {
                    for channel in (0..p.channels).step_by(LANES) {
                        let offset = (first + tile_column) * p.channels + channel;
                        output_tile(
                            products,
                            plane,
                            offset,
                            bias,
                            residual.is_some(),
                            p,
                            tile_column,
                            channel,
                            rows,
                        );
                    }
                }
            });
        });
    });
    pixels
}

/// Transforms up to [`LANES`] channels of one tile back into `rows`, the four (or fewer) pixel rows of this row of tiles, or `adds` them
/// to what is there.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn output_tile(
    products: &[f32],
    plane: usize,
    offset: usize,
    bias: &[f32],
    adds: bool,
    p: Pictures,
    tile_column: usize,
    channel: usize,
    rows: &mut [f32],
) {
    let left = p.channels - channel;
    let mut half = [[[0.0; LANES]; SIDE]; OUT];
    #[allow(clippy::needless_range_loop)]
    for x in 0..SIDE {
        let mut m = [[0.0; LANES]; SIDE];
        for (y, lanes) in m.iter_mut().enumerate() {
            *lanes = load(products, (y * SIDE + x) * plane + offset, left);
        }
        let t = output_1d(&m);
        for y in 0..OUT {
            half[y][x] = t[y];
        }
    }
    let bias = load(bias, channel, left);
    for (row, half) in rows.chunks_exact_mut(p.width * p.channels).zip(&half) {
        let t = output_1d(half);
        for (x, lanes) in t.iter().enumerate() {
            let px = tile_column * OUT + x;
            if px < p.width {
                let at = px * p.channels + channel;
                let mut result = if adds { load(row, at, left) } else { [0.0; LANES] };
                for l in 0..LANES {
                    result[l] = (lanes[l] + bias[l] + result[l]).max(0.0);
                }
                store(row, at, left, &result);
            }
        }
    }
}

/// Aᵀ·m.
#[inline(always)]
fn output_1d(m: &[Lanes; SIDE]) -> [Lanes; OUT] {
    let mut t = [[0.0; LANES]; OUT];
    for l in 0..LANES {
        let (s1, d1) = (m[1][l] + m[2][l], m[1][l] - m[2][l]);
        let (s2, d2) = (m[3][l] + m[4][l], m[3][l] - m[4][l]);
        t[0][l] = m[0][l] + s1 + s2;
        t[1][l] = d1 + 2.0 * d2;
        t[2][l] = s1 + 4.0 * s2;
        t[3][l] = d1 + 8.0 * d2 + m[5][l];
    }
    t
}

/// Reads `left` numbers, at most [`LANES`]; the rest are zeros.
#[inline(always)]
fn load(values: &[f32], at: usize, left: usize) -> Lanes {
    let mut lanes = [0.0; LANES];
    if left >= LANES {
        lanes.copy_from_slice(&values[at..at + LANES]);
    } else {
        lanes[..left].copy_from_slice(&values[at..at + left]);
    }
    lanes
}

/// Writes the first `left` numbers, at most [`LANES`].
#[inline(always)]
fn store(values: &mut [f32], at: usize, left: usize, lanes: &Lanes) {
    if left >= LANES {
        values[at..at + LANES].copy_from_slice(lanes);
    } else {
        values[at..at + left].copy_from_slice(&lanes[..left]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            })
            .collect()
    }

    /// Convolution and bias, without the ReLU.
    fn direct(pixels: &[f32], kernel: &[f32], bias: &[f32], p: Pictures, outputs: usize) -> Vec<f32> {
        let mut result = vec![];
        for b in 0..p.batch {
            for y in 0..p.height {
                for x in 0..p.width {
                    for (o, bias) in bias.iter().enumerate().take(outputs) {
                        let mut sum = f64::from(*bias);
                        for (ky, kx) in (0..9).map(|k| (k / 3, k % 3)) {
                            let (py, px) = ((y + ky).wrapping_sub(1), (x + kx).wrapping_sub(1));
                            if py < p.height && px < p.width {
                                for c in 0..p.channels {
                                    let pixel = pixels[((b * p.height + py) * p.width + px) * p.channels + c];
                                    let weight = kernel[(o * p.channels + c) * 9 + ky * 3 + kx];
                                    sum += f64::from(pixel) * f64::from(weight);
                                }
                            }
                        }
                        result.push(sum as f32);
                    }
                }
            }
        }
        result
    }

    #[test]
    fn the_transforms_around_36_products_are_a_convolution() {
        for (batch, height, width, channels, outputs) in
            [(2, 8, 8, 16, 32), (1, 7, 7, 5, 3), (3, 14, 10, 33, 18), (1, 1, 2, 1, 1)]
        {
            let p = Pictures { batch, height, width, channels };
            let pixels = numbers(batch * height * width * channels, 1);
            let kernel = numbers(outputs * channels * 9, 2);
            let bias = numbers(outputs, 3);
            let input = transform_input(&pixels, p);
            let weights = transform_kernel(&kernel, channels, outputs);
            let mut products = vec![0.0; PLANES * p.tiles() * outputs];
            for plane in 0..PLANES {
                for tile in 0..p.tiles() {
                    for o in 0..outputs {
                        products[(plane * p.tiles() + tile) * outputs + o] = (0..channels)
                            .map(|c| {
                                input[(plane * p.tiles() + tile) * channels + c]
                                    * weights[(plane * channels + c) * outputs + o]
                            })
                            .sum();
                    }
                }
            }
            let sums = direct(&pixels, &kernel, &bias, p, outputs);
            let residual = numbers(sums.len(), 4);
            let result = Pictures { channels: outputs, ..p };
            for residual in [None, Some(residual.as_slice())] {
                let found = transform_output_relu(&products, &bias, residual, result);
                assert_eq!(found.len(), sums.len());
                for (i, (f, sum)) in found.iter().zip(&sums).enumerate() {
                    let e = (sum + residual.map_or(0.0, |residual| residual[i])).max(0.0);
                    assert!((f - e).abs() < 2e-4, "{f} instead of {e} for {p:?}");
                }
            }
        }
    }
}
