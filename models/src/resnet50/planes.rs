//! ResNet50 in burn's own convolutions over `[picture, channel, y, x]`: the GPU's way.

use burn::tensor::module::{conv2d, max_pool2d};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Tensor, TensorData, activation};

use super::convolution::Folded;
use super::plan::{ConvolutionPlan, Plan};
use crate::error::ModelError;
use crate::load::Checkpoint;
use crate::place::Place;

/// The network on a GPU.
#[derive(Debug)]
pub(crate) struct Network {
    stem: Convolution,
    blocks: Vec<Block>,
    place: Place,
}

#[derive(Debug)]
struct Block {
    branch: [Convolution; 3],
    shortcut: Option<Convolution>,
}

#[derive(Debug)]
struct Convolution {
    kernel: Tensor<4>,
    bias: Tensor<1>,
    options: ConvOptions<2>,
}

impl Network {
    /// Reads the tensors of a checkpoint that `plan` was made from.
    pub(super) fn read(checkpoint: &Checkpoint, plan: &Plan, place: &Place) -> Result<Self, ModelError> {
        let convolution = |plan: &ConvolutionPlan| Convolution::read(checkpoint, plan, place);
        let mut blocks = vec![];
        for block in &plan.blocks {
            let [first, second, third] = &block.branch;
            blocks.push(Block {
                branch: [convolution(first)?, convolution(second)?, convolution(third)?],
                shortcut: block.shortcut.as_ref().map(convolution).transpose()?,
            });
        }
        Ok(Self { stem: convolution(&plan.stem)?, blocks, place: place.clone() })
    }

    /// See [`super::ResNet50::forward`].
    pub(super) fn forward(&self, pictures: &[&[u8]], side: usize, colours: &[[f32; 256]; 3]) -> Tensor<2> {
        let mut input = Vec::with_capacity(pictures.len() * 3 * side * side);
        for picture in pictures {
            for (channel, colours) in colours.iter().enumerate() {
                input.extend(picture.chunks_exact(3).map(|pixel| colours[usize::from(pixel[channel])]));
            }
        }
        let shape = [pictures.len(), 3, side, side];
        let input = Tensor::<4>::from_data(TensorData::new(input, shape), self.place.device());
        let window = MaxPoolOptions::new([3, 3]).with_stride([2, 2]).with_padding([1, 1]);
        let mut x = max_pool2d(activation::relu(self.stem.forward(input)), window);
        for block in &self.blocks {
            x = block.forward(x);
        }
        let [batch, channels, height, width] = x.dims();
        x.reshape([batch, channels, height * width]).mean_dim(2).reshape([batch, channels])
    }
}

impl Block {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [first, second, third] = &self.branch;
        let inside = activation::relu(first.forward(x.clone()));
        let inside = activation::relu(second.forward(inside));
        let kept = match &self.shortcut {
            Some(shortcut) => shortcut.forward(x),
            None => x,
        };
        activation::relu(third.forward(inside) + kept)
    }
}

impl Convolution {
    fn read(checkpoint: &Checkpoint, plan: &ConvolutionPlan, place: &Place) -> Result<Self, ModelError> {
        let Folded { kernel, bias } = Folded::read(checkpoint, plan)?;
        let shape = [plan.outputs, plan.inputs, plan.side, plan.side];
        let padding = plan.side / 2;
        Ok(Self {
            kernel: Tensor::from_data(TensorData::new(kernel, shape), place.device()),
            bias: Tensor::from_data(TensorData::new(bias, [plan.outputs]), place.device()),
            options: ConvOptions::new([plan.stride; 2], [padding; 2], [1, 1], 1),
        })
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        conv2d(x, self.kernel.clone(), Some(self.bias.clone()), self.options.clone())
    }
}
