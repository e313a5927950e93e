//! YuNet (Wu, Peng and Yu, *YuNet: A Tiny Millisecond-level Face Detector*, 2023), as published by OpenCV in March 2023.
//!
//! A 3×3 convolution of stride 2, then units of a 1×1 and a depthwise 3×3 convolution, with a max pooling between the stages; the last
//! three stages are added up from coarse to fine. At strides of 8, 16 and 32 pixels every cell answers with 16 numbers.

mod chain;
mod planes;
mod rows;

use std::path::Path;

use burn::tensor::Tensor;

use super::onnx::{self, Convolution, ConvolutionPlan, Step};
use crate::error::ModelError;
use crate::place::Place;

/// Numbers of a cell: class and objectness before the sigmoid, box (centre x and y, width and height), five landmarks.
pub(super) const ANSWERS: usize = 16;

/// Pixels of the picture along a cell, fine to coarse.
pub(super) const STRIDES: [usize; 3] = [8, 16, 32];

/// Both sides of the input are a multiple of it.
pub(super) const MULTIPLE: usize = 32;

/// Channels after the stem.
const STEM: usize = 16;
/// Channels of everything that is added up.
const NECK: usize = 64;
/// Outputs of the units of each stage. A pooling stands before every stage but the third.
const STAGES: [&[usize]; 6] = [&[16], &[16, 32], &[32, 64], &[64, 64], &[64, 64], &[64, 64]];
const POOLED_BEFORE: [bool; 6] = [false, true, false, true, true, true];
/// The answers of each head, in the order of the file: class, box, objectness, landmarks.
const HEADS: [usize; 4] = [1, 4, 1, 10];
/// Where the answers of each head are among those of a cell.
const PLACES: [usize; 4] = [0, 2, 1, 6];

/// A 1×1 and a depthwise 3×3 convolution.
#[derive(Debug)]
struct Unit {
    pointwise: Convolution,
    depthwise: Convolution,
}

/// The network as it is in the file, with the four heads of a stride as one.
#[derive(Debug)]
struct Weights {
    stem: Convolution,
    stages: Vec<Vec<Unit>>,
    /// Fine to coarse.
    laterals: [Unit; 3],
    /// Fine to coarse. No ReLU follows.
    heads: [Unit; 3],
}

/// The network, in the form that its place computes fastest.
#[derive(Debug)]
// A few hundred bytes, once.
#[allow(clippy::large_enum_variant)]
pub(super) enum YuNet {
    Cpu(rows::Network),
    Gpu(planes::Network),
}

/// A picture with as much black to the right and below as makes its sides `padded`, a multiple of [`MULTIPLE`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas<'a> {
    /// Row-major RGB.
    pub(super) rgb: &'a [u8],
    pub(super) width: usize,
    pub(super) height: usize,
    /// Width and height of the input.
    pub(super) padded: [usize; 2],
}

impl YuNet {
    /// Reads the network from its ONNX file.
    ///
    /// # Errors
    /// As [`onnx::read`].
    pub(super) fn read(path: &Path, place: &Place) -> Result<Self, ModelError> {
        let weights = Weights::read(path)?;
        Ok(if place.is_cpu() {
            Self::Cpu(rows::Network::new(&weights, place))
        } else {
            Self::Gpu(planes::Network::new(weights, place))
        })
    }

    /// `[cells, ANSWERS]`: the cells of the finest stride row by row, then those of the others.
    pub(super) fn forward(&self, canvas: Canvas<'_>) -> Tensor<2> {
        match self {
            Self::Cpu(network) => network.forward(canvas),
            Self::Gpu(network) => network.forward(canvas),
        }
    }
}

/// The operators in the order of the file.
pub(super) fn steps() -> Vec<Step> {
    let unit = |inputs, outputs, relu: bool| {
        let pointwise = ConvolutionPlan::pointwise(inputs, outputs);
        let convolutions = [pointwise, ConvolutionPlan::depthwise(outputs, 1)].map(Step::Convolution);
        convolutions.into_iter().chain(relu.then_some(Step::Relu))
    };
    let mut steps = vec![Step::Convolution(ConvolutionPlan::stem(STEM)), Step::Relu];
    let mut channels = STEM;
    for (stage, pooled) in STAGES.iter().zip(POOLED_BEFORE) {
        steps.extend(pooled.then_some(Step::MaxPool));
        for outputs in *stage {
            steps.extend(unit(channels, *outputs, true));
            channels = *outputs;
        }
    }
    for level in 0..STRIDES.len() {
        if level > 0 {
            steps.extend([Step::Resize, Step::Add]);
        }
        steps.extend(unit(NECK, NECK, true));
    }
    for answers in HEADS {
        for _ in STRIDES {
            steps.extend(unit(NECK, answers, false));
        }
    }
    // Class and objectness at three strides.
    steps.extend([Step::Sigmoid; 6]);
    steps
}

impl Weights {
    fn read(path: &Path) -> Result<Self, ModelError> {
        let mut convolutions = onnx::read(path, &steps())?.into_iter();
        let mut next = || {
            let Some(convolution) = convolutions.next() else { unreachable!("the steps have as many") };
            convolution
        };
        let stem = next();
        let mut unit = || Unit { pointwise: next(), depthwise: next() };
        let stages = STAGES.iter().map(|stage| stage.iter().map(|_| unit()).collect()).collect();
        let mut laterals = [unit(), unit(), unit()];
        laterals.reverse();
        let heads: [[Unit; 3]; 4] = std::array::from_fn(|_| [unit(), unit(), unit()]);
        let heads = std::array::from_fn(|level| merged(heads.each_ref().map(|head| &head[level])));
        Ok(Self { stem, stages, laterals, heads })
    }
}

/// One unit that gives the answers of all heads at a stride.
fn merged(heads: [&Unit; 4]) -> Unit {
    let join = |plan: ConvolutionPlan, of: fn(&Unit) -> &Convolution| {
        let width = plan.numbers_per_output();
        let (mut kernel, mut bias) = (vec![0.0; ANSWERS * width], vec![0.0; ANSWERS]);
        for (head, place) in heads.iter().zip(PLACES) {
            let one = of(head);
            kernel[place * width..][..one.kernel.len()].copy_from_slice(&one.kernel);
            bias[place..][..one.bias.len()].copy_from_slice(&one.bias);
        }
        Convolution { plan, kernel, bias }
    };
    Unit {
        pointwise: join(ConvolutionPlan::pointwise(NECK, ANSWERS), |unit| &unit.pointwise),
        depthwise: join(ConvolutionPlan::depthwise(ANSWERS, 1), |unit| &unit.depthwise),
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use image::imageops::{FilterType, resize};

    use super::*;
    use crate::embedder::known_picture;

    /// With random weights: the real ones are compared with OpenCV in tests/parity.
    #[test]
    fn both_ways_give_the_same_answers_whatever_the_shape_of_the_picture() {
        let folder = tempfile::tempdir().unwrap();
        let path = onnx::made::write(folder.path(), "yunet.onnx", &steps());
        let on_cpu = YuNet::read(&path, &Place::cpu()).unwrap();
        // burn's operations, which a GPU would run, on the processor.
        let in_planes = YuNet::read(&path, &Place::gpu(Device::flex())).unwrap();
        for (width, height, padded) in
            [(64, 64, [64, 64]), (90, 37, [96, 64]), (1, 1, [32, 32]), (33, 200, [64, 224])]
        {
            let picture = resize(&known_picture(200), width, height, FilterType::Nearest);
            let canvas =
                Canvas { rgb: picture.as_raw(), width: width as usize, height: height as usize, padded };
            let rows = |network: &YuNet| network.forward(canvas).into_data().try_into_vec::<f32>().unwrap();
            let (found, expected) = (rows(&on_cpu), rows(&in_planes));
            let cells: usize = STRIDES.iter().map(|stride| padded[0] / stride * (padded[1] / stride)).sum();
            assert_eq!((found.len(), expected.len()), (cells * ANSWERS, cells * ANSWERS));
            let size = expected.iter().fold(0.0, |size: f32, value| size.max(value.abs()));
            for (found, expected) in found.iter().zip(&expected) {
                assert!(
                    (found - expected).abs() < 1e-4 * size,
                    "{width} × {height}: {found} {expected} of {size}"
                );
            }
        }
    }
}
