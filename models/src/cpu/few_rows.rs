//! Products of a few rows with a large matrix: a sentence is a handful of tokens, and its time goes into reading weights.
//!
//! A general product walks the matrix in blocks, with strides that no prefetcher follows, and on one core where it takes the product for
//! a small one. Here the matrix lies as PyTorch stores it, one output after the other: every thread reads a stretch of its own, once and
//! from front to back.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Rows and outputs whose sums are kept in registers together. Every sum needs a multiply-add and each row and output a load a step: the
/// more sums, the fewer loads. Sixteen sums fill half of AVX-512's and NEON's registers, eight half of AVX2's.
const ROWS: usize = 4;
const OUTPUTS: usize = 4;
const FEW_OUTPUTS: usize = 2;

/// Stretches for each thread: a thread that is held up leaves the rest of its share to the others.
const STRETCHES_PER_THREAD: usize = 4;

/// `rows · weightsᵀ`: `rows` is row-major with `inputs` columns, `weights` is `[outputs, inputs]`, the result `[rows, outputs]`.
pub(crate) fn product(rows: &[f32], weights: &[f32], inputs: usize) -> Vec<f32> {
    let (count, outputs) = (rows.len() / inputs, weights.len() / inputs);
    let stretch = outputs.div_ceil(STRETCHES_PER_THREAD * rayon::current_num_threads());
    let stretch = stretch.next_multiple_of(OUTPUTS);
    // Output by output, so that every thread writes to a place of its own.
    let mut turned = vec![0.0; outputs * count];
    turned
        .par_chunks_mut(stretch * count)
        .zip(weights.par_chunks(stretch * inputs))
        .for_each(|(sums, weights)| pulp::Arch::new().dispatch(Stretch { rows, weights, inputs, sums }));
    let mut result = vec![0.0; outputs * count];
    for (row, result) in result.chunks_exact_mut(outputs).enumerate() {
        for (value, sums) in result.iter_mut().zip(turned.chunks_exact(count)) {
            *value = sums[row];
        }
    }
    result
}

/// What one thread does at a time.
struct Stretch<'a> {
    rows: &'a [f32],
    weights: &'a [f32],
    inputs: usize,
    /// `[outputs, rows]`.
    sums: &'a mut [f32],
}

impl WithSimd for Stretch<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { rows, weights, inputs, sums } = self;
        let count = rows.len() / inputs;
        let group = if S::REGISTER_COUNT >= 32 { OUTPUTS } else { FEW_OUTPUTS };
        let whole = weights.len() / (group * inputs) * group;
        let (weights, last_weights) = weights.split_at(whole * inputs);
        let (sums, last_sums) = sums.split_at_mut(whole * count);
        if group == OUTPUTS {
            all_rows::<S, OUTPUTS>(simd, weights, rows, inputs, sums);
        } else {
            all_rows::<S, FEW_OUTPUTS>(simd, weights, rows, inputs, sums);
        }
        all_rows::<S, 1>(simd, last_weights, rows, inputs, last_sums);
    }
}

/// `O` outputs at a time; `weights` holds a multiple of them.
#[inline(always)]
fn all_rows<S: Simd, const O: usize>(
    simd: S,
    weights: &[f32],
    rows: &[f32],
    inputs: usize,
    sums: &mut [f32],
) {
    let count = rows.len() / inputs;
    for (weights, sums) in weights.chunks_exact(O * inputs).zip(sums.chunks_exact_mut(O * count)) {
        let weights: [&[f32]; O] = std::array::from_fn(|o| &weights[o * inputs..][..inputs]);
        for (at, rows) in rows.chunks(ROWS * inputs).enumerate() {
            some_rows(simd, weights, rows, inputs, sums, at * ROWS);
        }
    }
}

/// The sums of up to [`ROWS`] rows, the first of which is number `at`.
#[inline(always)]
fn some_rows<S: Simd, const O: usize>(
    simd: S,
    weights: [&[f32]; O],
    rows: &[f32],
    inputs: usize,
    sums: &mut [f32],
    at: usize,
) {
    match rows.len() / inputs {
        1 => block::<S, O, 1>(simd, weights, rows, inputs, sums, at),
        2 => block::<S, O, 2>(simd, weights, rows, inputs, sums, at),
        3 => block::<S, O, 3>(simd, weights, rows, inputs, sums, at),
        _ => block::<S, O, ROWS>(simd, weights, rows, inputs, sums, at),
    }
}

#[inline(always)]
fn block<S: Simd, const O: usize, const R: usize>(
    simd: S,
    weights: [&[f32]; O],
    rows: &[f32],
    inputs: usize,
    sums: &mut [f32],
    at: usize,
) {
    let lanes = size_of::<S::f32s>() / size_of::<f32>();
    let (steps, rest) = (inputs / lanes, inputs % lanes);
    let mut vectors: [&[S::f32s]; O] = [&[]; O];
    for o in 0..O {
        vectors[o] = &S::as_simd_f32s(weights[o]).0[..steps];
    }
    let mut inputs_of: [&[S::f32s]; R] = [&[]; R];
    for r in 0..R {
        inputs_of[r] = &S::as_simd_f32s(&rows[r * inputs..][..inputs]).0[..steps];
    }
    let mut wide = [[simd.splat_f32s(0.0); R]; O];
    for step in 0..steps {
        for o in 0..O {
            let weight = vectors[o][step];
            for r in 0..R {
                wide[o][r] = simd.mul_add_f32s(weight, inputs_of[r][step], wide[o][r]);
            }
        }
    }
    let count = sums.len() / O;
    for o in 0..O {
        for r in 0..R {
            let mut sum = simd.reduce_sum_f32s(wide[o][r]);
            for i in inputs - rest..inputs {
                sum += weights[o][i] * rows[r * inputs + i];
            }
            sums[o * count + at + r] = sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_rows_outputs_and_inputs_gives_the_product() {
        let value = |i: usize| ((i * 7919 + 13) % 101) as f32 / 101.0 - 0.5;
        for (count, outputs, inputs) in [
            (1, 1, 1),
            (1, 5, 16),
            (2, 8, 32),
            (3, 7, 33),
            (4, 64, 48),
            (5, 3, 7),
            (7, 129, 512),
            (77, 40, 65),
        ] {
            let rows: Vec<f32> = (0..count * inputs).map(value).collect();
            let weights: Vec<f32> = (0..outputs * inputs).map(|i| value(i + 5)).collect();
            let result = product(&rows, &weights, inputs);
            assert_eq!(result.len(), count * outputs);
            for (row, result) in rows.chunks_exact(inputs).zip(result.chunks_exact(outputs)) {
                for (weights, result) in weights.chunks_exact(inputs).zip(result) {
                    let exact: f64 =
                        row.iter().zip(weights).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum();
                    assert!((f64::from(*result) - exact).abs() < 1e-4, "{count} × {outputs} × {inputs}");
                }
            }
        }
    }
}
