//! What follows a matrix product, in one pass over memory.

use rayon::prelude::*;

use super::vectorised;

/// An activation function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activation {
    /// None: x.
    Identity,
    /// max(x, 0).
    Relu,
    /// `x · σ(1.702 x)`, OpenAI's approximation of GELU.
    QuickGelu,
    /// `x · Φ(x)`, exactly.
    Gelu,
}

/// Numbers that one task works on: about what a core's second-level cache holds besides the result.
const VALUES_PER_TASK: usize = 32 * 1024;

/// `rows = activation(rows + bias + residual)`, row by row, in place.
///
/// `rows` and `residual` are row-major with `bias.len()` columns.
pub(crate) fn finish(rows: &mut [f32], bias: &[f32], residual: Option<&[f32]>, activation: Activation) {
    match activation {
        Activation::Identity => run(rows, bias, residual, |x| x),
        Activation::Relu => run(rows, bias, residual, |x| x.max(0.0)),
        Activation::QuickGelu => run(rows, bias, residual, quick_gelu),
        Activation::Gelu => run(rows, bias, residual, gelu),
    }
}

fn run(rows: &mut [f32], bias: &[f32], residual: Option<&[f32]>, f: impl Fn(f32) -> f32 + Copy + Sync) {
    let width = bias.len();
    let chunk = (VALUES_PER_TASK / width).max(1) * width;
    match residual {
        None => rows.par_chunks_mut(chunk).for_each(|rows| {
            vectorised(|| {
                for row in rows.chunks_exact_mut(width) {
                    for (x, b) in row.iter_mut().zip(bias) {
                        *x = f(*x + *b);
                    }
                }
            });
        }),
        Some(residual) => {
            rows.par_chunks_mut(chunk).zip(residual.par_chunks(chunk)).for_each(|(rows, residual)| {
                vectorised(|| {
                    for (row, kept) in rows.chunks_exact_mut(width).zip(residual.chunks_exact(width)) {
                        for ((x, b), r) in row.iter_mut().zip(bias).zip(kept) {
                            *x = f(*x + *b + *r);
                        }
                    }
                });
            })
        }
    }
}

#[inline(always)]
fn quick_gelu(x: f32) -> f32 {
    x / (1.0 + exp(-1.702 * x))
}

#[inline(always)]
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The error function, to about 2e-7: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 7.1.26.
#[inline(always)]
fn erf(x: f32) -> f32 {
    let a = x.abs();
    let t = 1.0 / (1.0 + 0.327_591_1 * a);
    let polynomial =
        ((((1.061_405_4 * t - 1.453_152) * t + 1.421_413_8) * t - 0.284_496_74) * t + 0.254_829_6) * t;
    (1.0 - polynomial * exp(-a * a)).copysign(x)
}

/// The exponential function, to two units in the last place, in operations that compilers turn into vectors.
///
/// The argument is split as `n·ln 2 + r` with `|r| ≤ ln 2 / 2`; `exp(r)` is a polynomial (Cephes, `expf`) and `2ⁿ` is built from bits.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Adding it leaves the nearest integer in the low bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts, so that `n` times the first part is exact.
    const LN_2: (f32, f32) = (0.693_359_4, -2.121_944_4e-4);
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN_2.0) - n * LN_2.1;
    let p = ((((1.987_569_1e-4 * r + 1.398_199_9e-3) * r + 8.333_452e-3) * r + 4.166_579_6e-2) * r
        + 0.166_666_65)
        * r
        + 0.5;
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
    (p * r * r + r + 1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Φ in double precision by a series that converges for every argument used here.
    fn exact_gelu(x: f64) -> f64 {
        let z = x / std::f64::consts::SQRT_2;
        let (mut term, mut sum) = (z, z);
        for n in 1..200 {
            term *= -z * z / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        0.5 * x * (1.0 + sum * 2.0 / std::f64::consts::PI.sqrt())
    }

    #[test]
    fn the_vector_exponential_is_exact_to_two_units_in_the_last_place() {
        for i in -8700..=8800 {
            let x = i as f32 / 100.0;
            let exact = f64::from(x).exp();
            assert!(((f64::from(exp(x)) - exact) / exact).abs() < 2.5e-7, "exp({x})");
        }
    }

    #[test]
    fn both_gelus_agree_with_their_definitions() {
        for i in -500..=500 {
            let x = i as f32 / 100.0;
            let wide = f64::from(x);
            assert!((f64::from(gelu(x)) - exact_gelu(wide)).abs() < 1e-6, "gelu({x})");
            let quick = wide / (1.0 + (-1.702 * wide).exp());
            assert!((f64::from(quick_gelu(x)) - quick).abs() < 1e-6, "quick_gelu({x})");
        }
        assert!(quick_gelu(-1000.0).abs() < 1e-30);
        assert_eq!(quick_gelu(1000.0), 1000.0);
    }

    #[test]
    fn bias_residual_and_activation_are_applied_to_every_row() {
        let rows = 3000;
        let bias = [1.0, -2.0, 0.5];
        let residual: Vec<f32> = (0..rows * 3).map(|i| i as f32 % 5.0).collect();
        let mut x: Vec<f32> = (0..rows * 3).map(|i| (i as f32 % 7.0) - 3.0).collect();
        let expected: Vec<f32> =
            x.iter().enumerate().map(|(i, v)| (v + bias[i % 3] + residual[i]).max(0.0)).collect();
        finish(&mut x, &bias, Some(&residual), Activation::Relu);
        assert_eq!(x, expected);
    }
}
