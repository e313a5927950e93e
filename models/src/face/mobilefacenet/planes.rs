//! MobileFaceNet in burn's own convolutions over `[face, channel, y, x]`: the GPU's way.

use burn::tensor::{Tensor, TensorData, activation};

use super::{BlockWeights, DIMENSIONS, Weights};
use crate::face::align::SIDE;
use crate::face::planes::Convolution;
use crate::place::Place;

/// The network on a GPU.
#[derive(Debug)]
pub(in crate::face) struct Network {
    stem: Convolution,
    depthwise: Convolution,
    pointwise: Convolution,
    blocks: Vec<Block>,
    widen: Convolution,
    gather: Convolution,
    project: Convolution,
    place: Place,
}

#[derive(Debug)]
struct Block {
    expand: Convolution,
    depthwise: Convolution,
    project: Convolution,
    adds: bool,
}

impl Network {
    pub(super) fn new(weights: Weights, place: &Place) -> Self {
        let convolution = |convolution| Convolution::new(convolution, place);
        Self {
            stem: convolution(weights.stem),
            depthwise: convolution(weights.depthwise),
            pointwise: convolution(weights.pointwise),
            blocks: weights.blocks.into_iter().map(|block| Block::new(block, place)).collect(),
            widen: convolution(weights.widen),
            gather: convolution(weights.gather),
            project: convolution(weights.project),
            place: place.clone(),
        }
    }

    /// See [`super::MobileFaceNet::forward`].
    pub(super) fn forward(&self, faces: &[&[u8]], colours: &[[f32; 256]; 3]) -> Tensor<2> {
        let mut input = Vec::with_capacity(faces.len() * 3 * SIDE * SIDE);
        for face in faces {
            for (channel, colours) in colours.iter().enumerate() {
                input.extend(face.chunks_exact(3).map(|pixel| colours[usize::from(pixel[channel])]));
            }
        }
        let shape = [faces.len(), 3, SIDE, SIDE];
        let input = Tensor::<4>::from_data(TensorData::new(input, shape), self.place.device());
        let mut x = relu6(self.stem.forward(input));
        x = activation::relu(self.depthwise.forward(x));
        x = activation::relu(self.pointwise.forward(x));
        for block in &self.blocks {
            x = block.forward(x);
        }
        x = self.gather.forward(relu6(self.widen.forward(x)));
        self.project.forward(x).reshape([faces.len(), DIMENSIONS])
    }
}

impl Block {
    fn new(weights: BlockWeights, place: &Place) -> Self {
        Self {
            expand: Convolution::new(weights.expand, place),
            depthwise: Convolution::new(weights.depthwise, place),
            project: Convolution::new(weights.project, place),
            adds: weights.adds,
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let inside = relu6(self.depthwise.forward(relu6(self.expand.forward(x.clone()))));
        let result = self.project.forward(inside);
        if self.adds { result + x } else { result }
    }
}

fn relu6(x: Tensor<4>) -> Tensor<4> {
    x.clamp(0.0, 6.0)
}
