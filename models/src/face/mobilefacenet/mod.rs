//! MobileFaceNet (Chen, Liu, Gao and Han, *MobileFaceNets: Efficient CNNs for Accurate Real-Time Face Verification*, 2018), with ReLU6.
//!
//! A 3×3 convolution of stride 2, a depthwise and a pointwise one, inverted residual blocks, and a depthwise convolution over all that is
//! left of the picture (7×7) in place of a mean.

mod planes;
mod rows;

use std::path::Path;

use burn::tensor::Tensor;

use super::onnx::{self, Convolution, ConvolutionPlan, Step};
use crate::error::ModelError;
use crate::place::Place;

/// Components of a vector.
pub(super) const DIMENSIONS: usize = 128;

/// Channels after the stem.
const STEM: usize = 64;
/// Channels before and side of the last depthwise convolution.
const LAST: (usize, usize) = (512, 7);

/// Inverted residual blocks: channels inside, channels of the result, stride.
const BLOCKS: [(usize, usize, usize); 15] = [
    (128, 64, 2),
    (128, 64, 1),
    (128, 64, 1),
    (128, 64, 1),
    (128, 64, 1),
    (256, 128, 2),
    (256, 128, 1),
    (256, 128, 1),
    (256, 128, 1),
    (256, 128, 1),
    (256, 128, 1),
    (256, 128, 1),
    (512, 128, 2),
    (256, 128, 1),
    (256, 128, 1),
];

/// 1×1 and ReLU6, depthwise 3×3 and ReLU6, 1×1; the input is added where the shape stays.
#[derive(Debug)]
struct BlockWeights {
    expand: Convolution,
    depthwise: Convolution,
    project: Convolution,
    adds: bool,
}

/// The network as it is in the file.
#[derive(Debug)]
struct Weights {
    stem: Convolution,
    /// ReLU follows.
    depthwise: Convolution,
    /// ReLU follows.
    pointwise: Convolution,
    blocks: Vec<BlockWeights>,
    /// ReLU6 follows.
    widen: Convolution,
    gather: Convolution,
    project: Convolution,
}

/// The network, in the form that its place computes fastest.
#[derive(Debug)]
// A few hundred bytes, once.
#[allow(clippy::large_enum_variant)]
pub(super) enum MobileFaceNet {
    Cpu(rows::Network),
    Gpu(planes::Network),
}

impl MobileFaceNet {
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

    /// `[faces, DIMENSIONS]`, not normalised. `faces` are RGB of 112 × 112 × 3 bytes; `colours` makes numbers of bytes.
    pub(super) fn forward(&self, faces: &[&[u8]], colours: &[[f32; 256]; 3]) -> Tensor<2> {
        match self {
            Self::Cpu(network) => network.forward(faces, colours),
            Self::Gpu(network) => network.forward(faces, colours),
        }
    }
}

/// Whether a block adds its input.
fn adds(inputs: usize, outputs: usize, stride: usize) -> bool {
    stride == 1 && inputs == outputs
}

/// The operators in the order of the file.
pub(super) fn steps() -> Vec<Step> {
    let pointwise = |inputs, outputs| Step::Convolution(ConvolutionPlan::pointwise(inputs, outputs));
    let depthwise = |channels, stride| Step::Convolution(ConvolutionPlan::depthwise(channels, stride));
    let mut steps = vec![Step::Convolution(ConvolutionPlan::stem(STEM)), Step::Relu6];
    steps.extend([depthwise(STEM, 1), Step::Relu, pointwise(STEM, STEM), Step::Relu]);
    let mut channels = STEM;
    for (inside, outputs, stride) in BLOCKS {
        steps.extend([pointwise(channels, inside), Step::Relu6, depthwise(inside, stride), Step::Relu6]);
        steps.push(pointwise(inside, outputs));
        steps.extend(adds(channels, outputs, stride).then_some(Step::Add));
        channels = outputs;
    }
    let (wide, side) = LAST;
    let gather =
        ConvolutionPlan { inputs: wide, outputs: wide, side, stride: 1, padding: 0, depthwise: true };
    steps.extend([
        pointwise(channels, wide),
        Step::Relu6,
        Step::Convolution(gather),
        pointwise(wide, DIMENSIONS),
    ]);
    steps
}

impl Weights {
    fn read(path: &Path) -> Result<Self, ModelError> {
        let mut convolutions = onnx::read(path, &steps())?.into_iter();
        let mut next = || {
            let Some(convolution) = convolutions.next() else { unreachable!("the steps have as many") };
            convolution
        };
        let (stem, depthwise, pointwise) = (next(), next(), next());
        let mut channels = STEM;
        let blocks = BLOCKS.map(|(_, outputs, stride)| {
            let adds = adds(channels, outputs, stride);
            channels = outputs;
            BlockWeights { expand: next(), depthwise: next(), project: next(), adds }
        });
        let blocks = blocks.into_iter().collect();
        Ok(Self { stem, depthwise, pointwise, blocks, widen: next(), gather: next(), project: next() })
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::embedder::{known_picture, levels};
    use crate::embedding::Embedding;
    use crate::face::align::SIDE;
    use crate::preprocess::Normalisation;
    use crate::test_data::{read_npy, shared};

    /// With random weights: the real ones are compared with ONNX Runtime in tests/parity.
    #[test]
    fn both_ways_give_the_same_vectors_alone_and_together() {
        let folder = tempfile::tempdir().unwrap();
        let path = onnx::made::write(folder.path(), "mobilefacenet.onnx", &steps());
        let picture = known_picture(SIDE as u32);
        let turned = image::imageops::rotate180(&picture);
        let faces = [picture.as_raw().as_slice(), turned.as_raw()];
        let colours = levels(&Normalisation::IMAGENET);
        let rows = |place: &Place, faces: &[&[u8]]| {
            let network = MobileFaceNet::read(&path, place).unwrap();
            network.forward(faces, &colours).into_data().try_into_vec::<f32>().unwrap()
        };
        let together = rows(&Place::cpu(), &faces);
        assert_eq!(together.len(), 2 * DIMENSIONS);
        assert_eq!(rows(&Place::cpu(), &faces[1..]), together[DIMENSIONS..]);
        // burn's operations, which a GPU would run, on the processor.
        let expected = rows(&Place::gpu(Device::flex()), &faces);
        let size = expected.iter().fold(0.0, |size: f32, value| size.max(value.abs()));
        assert!(size > 0.0 && together[..DIMENSIONS] != together[DIMENSIONS..]);
        for (found, expected) in together.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-4 * size, "{found} {expected} of {size}");
        }
    }

    /// The shared crops, and what ONNX Runtime makes of them with the real weights.
    #[test]
    fn the_real_network_gives_the_vectors_of_onnx_runtime() {
        let Some(weights) = shared("weights/MobileFaceNet.onnx") else { return };
        let Some(folder) = shared("faces/mobilefacenet-reference") else { return };
        let network = MobileFaceNet::read(&weights, &Place::cpu()).unwrap();
        let names: Vec<String> =
            serde_json::from_slice(&std::fs::read(folder.join("names.json")).unwrap()).unwrap();
        let expected = read_npy(&folder.join("embeddings-raw-f32.npy"));
        assert_eq!(expected.len(), names.len() * DIMENSIONS);
        let crops: Vec<_> = names
            .iter()
            .map(|name| image::open(folder.join(format!("{name}.png"))).unwrap().to_rgb8())
            .collect();
        let crops: Vec<&[u8]> = crops.iter().map(|crop| crop.as_raw().as_slice()).collect();
        let found = network.forward(&crops, &levels(&Normalisation::IMAGENET)).into_data();
        let found = found.try_into_vec::<f32>().unwrap();
        for ((name, found), expected) in
            names.iter().zip(found.chunks_exact(DIMENSIONS)).zip(expected.chunks_exact(DIMENSIONS))
        {
            let unit = |vector: &[f32]| Embedding::normalise(vector.to_vec()).unwrap();
            let cosine = unit(found).cosine(&unit(expected));
            assert!(cosine >= 0.9999, "{name}: {cosine}");
            let worst = found.iter().zip(expected).map(|(f, e)| (f - e).abs()).fold(0.0, f32::max);
            assert!(worst < 1e-3, "{name}: {worst}");
        }
    }
}
