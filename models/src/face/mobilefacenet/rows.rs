//! MobileFaceNet row by row: the CPU's way. Each core computes faces of its own.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::{BlockWeights, DIMENSIONS, Weights};
use crate::cpu::depthwise::{Bands, Depthwise};
use crate::cpu::matrix;
use crate::cpu::pointwise::Pointwise;
use crate::face::align::SIDE;
use crate::face::onnx::Convolution;
use crate::face::stem::{Colours, Stem};
use crate::place::Place;

const ANY: [f32; 2] = [f32::NEG_INFINITY, f32::INFINITY];
const RELU: [f32; 2] = [0.0, f32::INFINITY];
const RELU6: [f32; 2] = [0.0, 6.0];

/// The network on the CPU.
#[derive(Debug)]
pub(in crate::face) struct Network {
    stem: Stem,
    depthwise: Depthwise,
    pointwise: Pointwise,
    blocks: Vec<Block>,
    widen: Pointwise,
    gather: Gather,
    project: Pointwise,
    place: Place,
}

#[derive(Debug)]
struct Block {
    expand: Pointwise,
    depthwise: Depthwise,
    project: Pointwise,
    adds: bool,
}

/// The depthwise convolution over the whole of what is left: a weighted sum for each channel.
#[derive(Debug)]
struct Gather {
    /// `[pixel, channel]`.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

/// A square picture, `[y, x, channel]`.
struct Features {
    values: Vec<f32>,
    side: usize,
}

impl Network {
    pub(super) fn new(weights: &Weights, place: &Place) -> Self {
        Self {
            stem: Stem::new(&weights.stem, Colours::Rgb, RELU6),
            depthwise: depthwise(&weights.depthwise, RELU),
            pointwise: pointwise(&weights.pointwise, RELU),
            blocks: weights.blocks.iter().map(Block::new).collect(),
            widen: pointwise(&weights.widen, RELU6),
            gather: Gather::new(&weights.gather),
            project: pointwise(&weights.project, ANY),
            place: place.clone(),
        }
    }

    /// See [`super::MobileFaceNet::forward`].
    pub(super) fn forward(&self, faces: &[&[u8]], colours: &[[f32; 256]; 3]) -> Tensor<2> {
        // Enough faces keep all cores busy by themselves; the rows between two tasks would be computed twice.
        let tasks = rayon::current_num_threads().div_ceil(faces.len().max(1));
        let vectors: Vec<Vec<f32>> = faces.par_iter().map(|face| self.vector(face, colours, tasks)).collect();
        matrix(vectors.concat(), DIMENSIONS, &self.place)
    }

    fn vector(&self, face: &[u8], colours: &[[f32; 256]; 3], tasks: usize) -> Vec<f32> {
        let space_of = Stem::space(SIDE);
        let side = SIDE / 2;
        let row = side * self.pointwise.outputs();
        let bands = Bands { layer: &self.depthwise, height: side, width: side, row, tasks };
        let values = bands.run(
            |y, space, row| {
                space.resize(space_of, 0.0);
                self.stem.row(SIDE, space, row, |tap, line| {
                    let y = (2 * y + tap).wrapping_sub(1);
                    match face.chunks_exact(3 * SIDE).nth(y) {
                        None => line.fill(0.0),
                        Some(pixels) => {
                            for (numbers, pixel) in line.chunks_exact_mut(3).zip(pixels.chunks_exact(3)) {
                                for ((number, level), colours) in numbers.iter_mut().zip(pixel).zip(colours) {
                                    *number = colours[usize::from(*level)];
                                }
                            }
                        }
                    }
                });
            },
            |_, spread, out| self.pointwise.row(spread, out),
        );
        let mut x = Features { values, side };
        for block in &self.blocks {
            x = block.forward(&x, tasks);
        }
        let mut wide = vec![0.0; x.side * x.side * self.widen.outputs()];
        self.widen.row(&x.values, &mut wide);
        let mut vector = vec![0.0; DIMENSIONS];
        self.project.row(&self.gather.sum(&wide), &mut vector);
        vector
    }
}

impl Block {
    fn new(weights: &BlockWeights) -> Self {
        Self {
            expand: pointwise(&weights.expand, RELU6),
            depthwise: depthwise(&weights.depthwise, RELU6),
            project: pointwise(&weights.project, ANY),
            adds: weights.adds,
        }
    }

    fn forward(&self, x: &Features, tasks: usize) -> Features {
        let length = x.values.len() / x.side;
        let side = self.depthwise.steps(x.side);
        let row = side * self.project.outputs();
        let bands = Bands { layer: &self.depthwise, height: x.side, width: x.side, row, tasks };
        let values = bands.run(
            |y, _, row| self.expand.row(&x.values[y * length..][..length], row),
            |y, spread, out| {
                if self.adds {
                    out.copy_from_slice(&x.values[y * length..][..length]);
                    self.project.add_row(spread, out);
                } else {
                    self.project.row(spread, out);
                }
            },
        );
        Features { values, side }
    }
}

impl Gather {
    fn new(convolution: &Convolution) -> Self {
        let channels = convolution.plan.outputs;
        let pixels = convolution.plan.side * convolution.plan.side;
        let at =
            |pixel: usize| (0..channels).map(move |channel| convolution.kernel[channel * pixels + pixel]);
        Self { weights: (0..pixels).flat_map(at).collect(), bias: convolution.bias.clone() }
    }

    fn sum(&self, pixels: &[f32]) -> Vec<f32> {
        let mut sums = self.bias.clone();
        let channels = sums.len();
        for (pixel, weights) in pixels.chunks_exact(channels).zip(self.weights.chunks_exact(channels)) {
            for ((sum, value), weight) in sums.iter_mut().zip(pixel).zip(weights) {
                *sum += value * weight;
            }
        }
        sums
    }
}

fn pointwise(convolution: &Convolution, bounds: [f32; 2]) -> Pointwise {
    Pointwise::new(&convolution.kernel, convolution.bias.clone(), bounds)
}

fn depthwise(convolution: &Convolution, bounds: [f32; 2]) -> Depthwise {
    Depthwise::new(&convolution.kernel, convolution.bias.clone(), convolution.plan.stride, bounds)
}
