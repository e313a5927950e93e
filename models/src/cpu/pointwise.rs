//! Convolutions of few channels along a row of pixels: products whose result stays in registers.
//!
//! A general matrix product moves both factors into blocks first, which for 16 to 64 channels costs as much as the product. Here a few
//! pixels by a few vectors of output channels are summed in registers, straight from the row.

use pulp::{Simd, WithSimd};

/// Output channels that are multiplied together: their weights fit into the first-level cache for up to 128 inputs.
const PANEL: usize = 64;

/// A convolution over the channels of a pixel, or over a few runs of numbers around it.
#[derive(Debug)]
pub(crate) struct Pointwise {
    /// `[panel, input, output of the panel]`.
    weights: Vec<f32>,
    bias: Vec<f32>,
    inputs: usize,
    /// What the result is clipped to.
    bounds: [f32; 2],
}

/// Where the inputs of the pixels of a row are: `length` numbers of each of `rows`, `step` further on for the next pixel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taps<'a> {
    pub(crate) rows: &'a [&'a [f32]],
    pub(crate) step: usize,
    pub(crate) length: usize,
}

impl Pointwise {
    /// `weights` is `[output, input]`; the number of outputs is a multiple of 16 and one of 64 above that.
    pub(crate) fn new(weights: &[f32], bias: Vec<f32>, bounds: [f32; 2]) -> Self {
        let (outputs, inputs) = (bias.len(), weights.len() / bias.len());
        let panel = PANEL.min(outputs);
        let mut packed = Vec::with_capacity(weights.len());
        for first in (0..outputs).step_by(panel) {
            for input in 0..inputs {
                packed.extend((first..first + panel).map(|output| weights[output * inputs + input]));
            }
        }
        Self { weights: packed, bias, inputs, bounds }
    }

    /// Channels of the result.
    pub(crate) fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// `out = clip(x·W + b)` for as many pixels as fit into `out`; `x` holds a pixel's inputs after the other's.
    pub(crate) fn row(&self, x: &[f32], out: &mut [f32]) {
        self.taps(Taps { rows: &[x], step: self.inputs, length: self.inputs }, out, false);
    }

    /// `out = clip(x·W + b + out)`.
    pub(crate) fn add_row(&self, x: &[f32], out: &mut [f32]) {
        self.taps(Taps { rows: &[x], step: self.inputs, length: self.inputs }, out, true);
    }

    /// [`row`](Self::row) with the inputs of a pixel in several places; with `adds`, [`add_row`](Self::add_row).
    pub(crate) fn taps(&self, taps: Taps<'_>, out: &mut [f32], adds: bool) {
        debug_assert_eq!(taps.rows.len() * taps.length, self.inputs);
        pulp::Arch::new().dispatch(Product { layer: self, taps, out, adds });
    }
}

struct Product<'a> {
    layer: &'a Pointwise,
    taps: Taps<'a>,
    out: &'a mut [f32],
    adds: bool,
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let outputs = self.layer.outputs();
        let panel = PANEL.min(outputs);
        let vectors = panel / lanes::<S>();
        for first in (0..outputs).step_by(panel) {
            // Vectors of channels by pixels: as many sums as registers hold beside the weights.
            match (S::REGISTER_COUNT >= 32, vectors) {
                (true, 1) => self.panel::<S, 1, 12>(simd, first, panel),
                (true, 2 | 3) => self.panel::<S, 2, 10>(simd, first, panel),
                (true, _) => self.panel::<S, 4, 6>(simd, first, panel),
                (false, 1) => self.panel::<S, 1, 8>(simd, first, panel),
                (false, _) => self.panel::<S, 2, 5>(simd, first, panel),
            }
        }
    }
}

#[inline(always)]
fn lanes<S: Simd>() -> usize {
    size_of::<S::f32s>() / size_of::<f32>()
}

impl Product<'_> {
    /// `O` vectors of outputs and `P` pixels at a time.
    #[inline(always)]
    fn panel<S: Simd, const O: usize, const P: usize>(&mut self, simd: S, first: usize, panel: usize) {
        let pixels = self.out.len() / self.layer.outputs();
        let whole = pixels / P * P;
        for vector in (0..panel / lanes::<S>()).step_by(O) {
            for pixel in (0..whole).step_by(P) {
                self.tile::<S, O, P>(simd, first, panel, vector, pixel);
            }
            for pixel in whole..pixels {
                self.tile::<S, O, 1>(simd, first, panel, vector, pixel);
            }
        }
    }

    // With indices the compiler keeps all sums in registers.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    fn tile<S: Simd, const O: usize, const P: usize>(
        &mut self,
        simd: S,
        first: usize,
        panel: usize,
        vector: usize,
        pixel: usize,
    ) {
        let (layer, taps, outputs) = (self.layer, self.taps, self.layer.outputs());
        let lanes = lanes::<S>();
        let at = first + vector * lanes;
        let mut bias = [simd.splat_f32s(0.0); O];
        bias.copy_from_slice(&S::as_simd_f32s(&layer.bias[at..at + O * lanes]).0[..O]);
        let mut sums = [bias; P];
        if self.adds {
            for p in 0..P {
                let before = &S::as_simd_f32s(&self.out[(pixel + p) * outputs + at..][..O * lanes]).0[..O];
                for o in 0..O {
                    sums[p][o] = simd.add_f32s(sums[p][o], before[o]);
                }
            }
        }
        let weights = S::as_simd_f32s(&layer.weights[first * layer.inputs..][..panel * layer.inputs]).0;
        for (weights, row) in weights.chunks_exact(panel / lanes * taps.length).zip(taps.rows) {
            let mut x: [&[f32]; P] = [&[]; P];
            for p in 0..P {
                x[p] = &row[(pixel + p) * taps.step..][..taps.length];
            }
            for (input, weights) in weights.chunks_exact(panel / lanes).enumerate() {
                let weights = &weights[vector..vector + O];
                for p in 0..P {
                    let value = simd.splat_f32s(x[p][input]);
                    for o in 0..O {
                        sums[p][o] = simd.mul_add_f32s(value, weights[o], sums[p][o]);
                    }
                }
            }
        }
        // In this order of the operands a sum that is no number stays so.
        let [low, high] = layer.bounds.map(|bound| simd.splat_f32s(bound));
        for p in 0..P {
            let out =
                &mut S::as_mut_simd_f32s(&mut self.out[(pixel + p) * outputs + at..][..O * lanes]).0[..O];
            for o in 0..O {
                out[o] = simd.min_f32s(high, simd.max_f32s(low, sums[p][o]));
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
    fn every_number_of_pixels_inputs_and_outputs_gives_the_product() {
        for (pixels, inputs, outputs) in
            [(1, 1, 16), (13, 16, 16), (12, 27, 32), (29, 16, 32), (7, 64, 64), (25, 33, 128), (3, 128, 512)]
        {
            let x: Vec<f32> = (0..pixels * inputs).map(value).collect();
            let weights: Vec<f32> = (0..outputs * inputs).map(|i| value(i + 5)).collect();
            let bias: Vec<f32> = (0..outputs).map(|i| value(i + 9)).collect();
            let before: Vec<f32> = (0..pixels * outputs).map(|i| value(i + 1)).collect();
            for (bounds, adds) in [([0.0, 0.5], false), ([f32::MIN, f32::MAX], true)] {
                let layer = Pointwise::new(&weights, bias.clone(), bounds);
                let mut out = before.clone();
                if adds {
                    layer.add_row(&x, &mut out)
                } else {
                    layer.row(&x, &mut out)
                }
                for (at, found) in out.iter().enumerate() {
                    let (pixel, output) = (at / outputs, at % outputs);
                    let products = (0..inputs)
                        .map(|i| f64::from(x[pixel * inputs + i]) * f64::from(weights[output * inputs + i]));
                    let kept = if adds { f64::from(before[at]) } else { 0.0 };
                    let exact = (products.sum::<f64>() + f64::from(bias[output]) + kept) as f32;
                    let exact = exact.clamp(bounds[0], bounds[1]);
                    assert!((found - exact).abs() < 1e-4, "{pixels} × {inputs} × {outputs}");
                }
            }
        }
    }

    #[test]
    fn inputs_may_come_from_several_rows_that_overlap() {
        let rows: Vec<Vec<f32>> = (0..3).map(|row| (0..30).map(|i| value(i + 100 * row)).collect()).collect();
        let weights: Vec<f32> = (0..16 * 27).map(value).collect();
        let layer = Pointwise::new(&weights, vec![0.0; 16], [f32::MIN, f32::MAX]);
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let (mut found, mut expected) = (vec![0.0; 4 * 16], vec![0.0; 4 * 16]);
        layer.taps(Taps { rows: &rows, step: 6, length: 9 }, &mut found, false);
        let patches: Vec<f32> = (0..4)
            .flat_map(|pixel| rows.iter().flat_map(move |row| row[pixel * 6..][..9].to_vec()))
            .collect();
        layer.row(&patches, &mut expected);
        assert_eq!(found, expected);
    }
}
