//! YuNet row by row: the CPU's way.
//!
//! Its units are so small that passes over the picture would wait for memory. So each unit makes its rows right where the next
//! convolution reads them, and only what a whole unit gives is written down.

use burn::tensor::Tensor;

use super::{ANSWERS, Canvas, Unit, Weights};
use crate::cpu::depthwise::{Bands, Depthwise};
use crate::cpu::pointwise::Pointwise;
use crate::cpu::{matrix, vectorised};
use crate::face::stem::{Colours, Stem};
use crate::place::Place;

const ANY: [f32; 2] = [f32::NEG_INFINITY, f32::INFINITY];
const RELU: [f32; 2] = [0.0, f32::INFINITY];

/// The network on the CPU.
#[derive(Debug)]
pub(in crate::face) struct Network {
    stem: Stem,
    stages: Vec<Vec<Separable>>,
    laterals: [Separable; 3],
    heads: [Separable; 3],
    place: Place,
}

#[derive(Debug)]
struct Separable {
    pointwise: Pointwise,
    depthwise: Depthwise,
}

/// `[y, x, channel]`.
struct Features {
    values: Vec<f32>,
    height: usize,
    width: usize,
    channels: usize,
}

impl Network {
    pub(super) fn new(weights: &Weights, place: &Place) -> Self {
        let separable = |unit: &Unit| Separable::new(unit, RELU);
        Self {
            stem: Stem::new(&weights.stem, Colours::Bgr, RELU),
            stages: weights.stages.iter().map(|stage| stage.iter().map(separable).collect()).collect(),
            laterals: weights.laterals.each_ref().map(separable),
            heads: weights.heads.each_ref().map(|unit| Separable::new(unit, ANY)),
            place: place.clone(),
        }
    }

    /// See [`super::YuNet::forward`].
    pub(super) fn forward(&self, canvas: Canvas<'_>) -> Tensor<2> {
        let [first, second, third, fourth, fifth, sixth] = &self.stages[..] else {
            unreachable!("there are six stages")
        };
        let [width, height] = canvas.padded.map(|side| side / 2);
        let space_of = Stem::space(canvas.padded[0]);
        // The stem's rows go straight into the first unit, and its result into the pooling.
        let mut x = first[0].run(height, width, true, |y, space, row| {
            space.resize(space_of + width * self.stem.outputs(), 0.0);
            let (pixels, stem) = space.split_at_mut(space_of);
            self.stem.row(canvas.padded[0], pixels, stem, |row, line| canvas.line(2 * y + row, line));
            first[0].pointwise.row(stem, row);
        });
        x = through(second, x, false);
        x = through(third, x, true);
        let fine = through(fourth, x, false);
        let middle = through(fifth, pooled(&fine), false);
        let coarse = through(sixth, pooled(&middle), false);
        let coarse = self.laterals[2].of(&coarse);
        let middle = self.laterals[1].of_sum(&middle, &coarse);
        let fine = self.laterals[0].of_sum(&fine, &middle);
        let mut cells = vec![];
        for (head, features) in self.heads.iter().zip([fine, middle, coarse]) {
            cells.extend(head.of(&features).values);
        }
        matrix(cells, ANSWERS, &self.place)
    }
}

/// A stage of units; with `pools`, the last one pools its result.
fn through(stage: &[Separable], mut x: Features, pools: bool) -> Features {
    for (at, unit) in stage.iter().enumerate() {
        let pools = pools && at + 1 == stage.len();
        x = unit.run(x.height, x.width, pools, |y, _, row| unit.pointwise.row(x.row(y), row));
    }
    x
}

impl Separable {
    fn new(unit: &Unit, bounds: [f32; 2]) -> Self {
        let Unit { pointwise, depthwise } = unit;
        Self {
            pointwise: Pointwise::new(&pointwise.kernel, pointwise.bias.clone(), ANY),
            depthwise: Depthwise::new(&depthwise.kernel, depthwise.bias.clone(), 1, bounds),
        }
    }

    fn of(&self, x: &Features) -> Features {
        self.run(x.height, x.width, false, |y, _, row| self.pointwise.row(x.row(y), row))
    }

    /// Of `fine` and what is `coarse`, enlarged to twice the size.
    fn of_sum(&self, fine: &Features, coarse: &Features) -> Features {
        self.run(fine.height, fine.width, false, |y, space, row| {
            space.clear();
            space.extend_from_slice(fine.row(y));
            let pairs = space.chunks_exact_mut(2 * fine.channels);
            for (pair, pixel) in pairs.zip(coarse.row(y / 2).chunks_exact(coarse.channels)) {
                for values in pair.chunks_exact_mut(fine.channels) {
                    for (value, added) in values.iter_mut().zip(pixel) {
                        *value += added;
                    }
                }
            }
            self.pointwise.row(space, row);
        })
    }

    /// With rows of the depthwise convolution's input by `make`; with `pools`, the maximum of 2×2 pixels of its result.
    fn run(
        &self,
        height: usize,
        width: usize,
        pools: bool,
        make: impl Fn(usize, &mut Vec<f32>, &mut [f32]) + Sync,
    ) -> Features {
        let channels = self.depthwise.channels();
        let part = if pools { 2 } else { 1 };
        let row = width / part * channels;
        let bands = Bands { layer: &self.depthwise, height, width, rows: part, row };
        let values = if pools {
            bands.run(make, |_, rows, out| pool(rows, channels, out))
        } else {
            bands.run(make, |_, rows, out| out.copy_from_slice(rows))
        };
        Features { values, height: height / part, width: width / part, channels }
    }
}

impl Features {
    fn row(&self, y: usize) -> &[f32] {
        let length = self.width * self.channels;
        &self.values[y * length..][..length]
    }
}

/// The maximum of every 2×2 pixels.
fn pooled(x: &Features) -> Features {
    let row = x.width * x.channels;
    let mut values = vec![0.0; x.values.len() / 4];
    for (rows, out) in x.values.chunks_exact(2 * row).zip(values.chunks_exact_mut(row / 2)) {
        pool(rows, x.channels, out);
    }
    Features { values, height: x.height / 2, width: x.width / 2, channels: x.channels }
}

/// The maximum of every 2×2 pixels of two rows.
fn pool(rows: &[f32], channels: usize, out: &mut [f32]) {
    let (upper, lower) = rows.split_at(rows.len() / 2);
    let pairs = upper.chunks_exact(2 * channels).zip(lower.chunks_exact(2 * channels));
    // Unlike `f32::max`, this is one instruction.
    let larger = |a: f32, b: f32| if a > b { a } else { b };
    vectorised(|| {
        for ((upper, lower), out) in pairs.zip(out.chunks_exact_mut(channels)) {
            let (left, right) = upper.split_at(channels);
            let (below_left, below_right) = lower.split_at(channels);
            let below = below_left.iter().zip(below_right);
            for (((out, left), right), (below_left, below_right)) in
                out.iter_mut().zip(left).zip(right).zip(below)
            {
                *out = larger(larger(*left, *right), larger(*below_left, *below_right));
            }
        }
    });
}

impl Canvas<'_> {
    /// Writes the row above row `below`, when there is one in the picture.
    fn line(&self, below: usize, line: &mut [f32]) {
        let y = below.wrapping_sub(1);
        if y < self.height {
            let pixels = &self.rgb[y * self.width * 3..][..self.width * 3];
            vectorised(|| {
                for (number, level) in line.iter_mut().zip(pixels) {
                    *number = f32::from(*level);
                }
            });
        }
    }
}
