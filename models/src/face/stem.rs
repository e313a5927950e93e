//! The first convolution of a face network, 3×3 of stride 2 over the colours, as a product over the three rows that it reads.

use super::onnx::Convolution;
use crate::cpu::pointwise::{Pointwise, Taps};

#[derive(Debug)]
pub(super) struct Stem(Pointwise);

/// In which order a network takes the colours of an RGB picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    Rgb,
    Bgr,
}

impl Stem {
    /// The result is clipped to `bounds`.
    pub(super) fn new(convolution: &Convolution, colours: Colours, bounds: [f32; 2]) -> Self {
        // From `[output, colour, ky, kx]` to `[output, ky, kx, colour]`, with the colours of the picture.
        let filters = convolution.kernel.chunks_exact(27);
        let weights: Vec<f32> = filters
            .flat_map(|filter| {
                (0..27).map(move |at| {
                    let colour = if colours == Colours::Bgr { 2 - at % 3 } else { at % 3 };
                    filter[colour * 9 + at / 3]
                })
            })
            .collect();
        Self(Pointwise::new(&weights, convolution.bias.clone(), bounds))
    }

    pub(super) fn outputs(&self) -> usize {
        self.0.outputs()
    }

    /// Numbers that [`row`](Self::row) needs room for, with a picture of that width.
    pub(super) const fn space(width: usize) -> usize {
        3 * (width + 2) * 3
    }

    /// A row of the result for a picture of that width. `fill` writes the three rows of the picture that it reads, whole. `space` is
    /// zero at first and used for nothing else.
    pub(super) fn row(
        &self,
        width: usize,
        space: &mut [f32],
        out: &mut [f32],
        fill: impl Fn(usize, &mut [f32]),
    ) {
        // The pixels at either end stay zero.
        let padded = (width + 2) * 3;
        for (row, line) in space.chunks_exact_mut(padded).enumerate() {
            fill(row, &mut line[3..padded - 3]);
        }
        let rows: [&[f32]; 3] = std::array::from_fn(|row| &space[row * padded..][..padded]);
        self.0.taps(Taps { rows: &rows, step: 6, length: 9 }, out, false);
    }
}
