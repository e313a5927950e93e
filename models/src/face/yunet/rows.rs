//! YuNet row by row: the CPU's way.

use burn::tensor::Tensor;

use super::chain::{Chain, Features, Separable};
use super::{ANSWERS, Canvas, MULTIPLE, STRIDES, Unit, Weights};
use crate::cpu::{matrix, vectorised};
use crate::face::stem::{Colours, Stem};
use crate::place::Place;

const ANY: [f32; 2] = [f32::NEG_INFINITY, f32::INFINITY];
const RELU: [f32; 2] = [0.0, f32::INFINITY];

/// The network on the CPU.
#[derive(Debug)]
pub(in crate::face) struct Network {
    stem: Stem,
    /// At half the size of the picture; pooled to a quarter.
    half: Vec<Separable>,
    /// Pooled to an eighth.
    quarter: Vec<Separable>,
    /// Fine to coarse.
    levels: [Vec<Separable>; 3],
    laterals: [Separable; 3],
    heads: [Separable; 3],
    place: Place,
}

impl Network {
    pub(super) fn new(weights: &Weights, place: &Place) -> Self {
        let plain = |unit: &Unit| Separable::new(unit, RELU, false);
        let [first, second, third, fourth, fifth, sixth] = &weights.stages[..] else {
            unreachable!("there are six stages")
        };
        let pooled = |stages: &[&Vec<Unit>]| {
            let units: Vec<&Unit> = stages.iter().copied().flatten().collect();
            let last = units.len() - 1;
            units.iter().enumerate().map(|(at, unit)| Separable::new(unit, RELU, at == last)).collect()
        };
        Self {
            stem: Stem::new(&weights.stem, Colours::Bgr, RELU),
            half: pooled(&[first]),
            quarter: pooled(&[second, third]),
            levels: [fourth, fifth, sixth].map(|stage| stage.iter().map(plain).collect()),
            laterals: weights.laterals.each_ref().map(plain),
            heads: weights.heads.each_ref().map(|unit| Separable::new(unit, ANY, false)),
            place: place.clone(),
        }
    }

    /// See [`super::YuNet::forward`].
    pub(super) fn forward(&self, canvas: Canvas<'_>) -> Tensor<2> {
        let [width, height] = canvas.padded.map(|side| side / 2);
        let space_of = Stem::space(canvas.padded[0]);
        let half = Chain { units: &self.half, height, width }.run(vec![], |y, space, row| {
            space.resize(space_of + width * self.stem.outputs(), 0.0);
            let (pixels, stem) = space.split_at_mut(space_of);
            self.stem.row(canvas.padded[0], pixels, stem, |row, line| canvas.line(2 * y + row, line));
            self.half[0].pointwise.row(stem, row);
        });
        let quarter = through(&self.quarter, &half, vec![]);
        // What a level was made of is no longer needed: its memory, as large, takes the next.
        let fine = through(&self.levels[0], &quarter, half.values);
        let middle = through_pooled(&self.levels[1], &fine);
        let coarse = through_pooled(&self.levels[2], &middle);
        let [fine_lateral, middle_lateral, coarse_lateral] = &self.laterals;
        let coarse = through(std::slice::from_ref(coarse_lateral), &coarse, vec![]);
        let middle = summed(middle_lateral, &middle, &coarse, vec![]);
        let fine = summed(fine_lateral, &fine, &middle, quarter.values);
        let cells: usize = STRIDES.iter().map(|stride| MULTIPLE / stride).map(|side| side * side).sum();
        let blocks = canvas.padded.map(|side| side / MULTIPLE);
        let mut answers = vec![0.0; blocks[0] * blocks[1] * cells * ANSWERS];
        let mut rest = answers.as_mut_slice();
        for (head, x) in self.heads.iter().zip([fine, middle, coarse]) {
            let (level, others) = rest.split_at_mut(x.height * x.width * ANSWERS);
            rest = others;
            let chain = Chain { units: std::slice::from_ref(head), height: x.height, width: x.width };
            chain.write(level, |y, _, row| head.pointwise.row(x.row(y), row));
        }
        matrix(answers, ANSWERS, &self.place)
    }
}

/// `x` through units, into the memory of `values`.
fn through(units: &[Separable], x: &Features, values: Vec<f32>) -> Features {
    let chain = Chain { units, height: x.height, width: x.width };
    chain.run(values, |y, _, row| units[0].pointwise.row(x.row(y), row))
}

/// The maximum of every 2×2 pixels of `x` through units.
fn through_pooled(units: &[Separable], x: &Features) -> Features {
    let (height, width) = (x.height / 2, x.width / 2);
    Chain { units, height, width }.run(vec![], |y, space, row| {
        space.resize(width * x.channels, 0.0);
        pool([x.row(2 * y), x.row(2 * y + 1)], x.channels, space);
        units[0].pointwise.row(space, row);
    })
}

/// `fine` and what is `coarse`, enlarged to twice the size, through a unit.
fn summed(unit: &Separable, fine: &Features, coarse: &Features, values: Vec<f32>) -> Features {
    let chain = Chain { units: std::slice::from_ref(unit), height: fine.height, width: fine.width };
    chain.run(values, |y, space, row| {
        space.resize(fine.width * fine.channels, 0.0);
        add(fine.row(y), coarse.row(y / 2), fine.channels, space);
        unit.pointwise.row(space, row);
    })
}

/// A fine row and a coarse one, each of whose pixels counts twice.
fn add(fine: &[f32], coarse: &[f32], channels: usize, out: &mut [f32]) {
    let pairs = fine.chunks_exact(2 * channels).zip(out.chunks_exact_mut(2 * channels));
    vectorised(|| {
        for ((fine, out), coarse) in pairs.zip(coarse.chunks_exact(channels)) {
            for (fine, out) in fine.chunks_exact(channels).zip(out.chunks_exact_mut(channels)) {
                for ((out, fine), coarse) in out.iter_mut().zip(fine).zip(coarse) {
                    *out = fine + coarse;
                }
            }
        }
    });
}

/// The maximum of every 2×2 pixels of two rows.
fn pool([upper, lower]: [&[f32]; 2], channels: usize, out: &mut [f32]) {
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
    /// Writes the row above row `below`; zeros where the picture has none.
    fn line(&self, below: usize, line: &mut [f32]) {
        let y = below.wrapping_sub(1);
        let length = if y < self.height { self.width * 3 } else { 0 };
        let (inside, outside) = line.split_at_mut(length);
        outside.fill(0.0);
        let pixels = if length > 0 { &self.rgb[y * length..][..length] } else { &[] };
        vectorised(|| {
            for (number, level) in inside.iter_mut().zip(pixels) {
                *number = f32::from(*level);
            }
        });
    }
}
