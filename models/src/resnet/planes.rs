//! Residual networks in burn's own convolutions over `[picture, channel, y, x]`: the GPU's way.

use burn::tensor::module::{conv2d, max_pool2d};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Tensor, TensorData, activation};

use super::Block;
use super::convolution::Folded;
use super::plan::{ConvolutionPlan, Plan};
use crate::error::ModelError;
use crate::load::Checkpoint;
use crate::place::Place;

/// The network on a GPU.
#[derive(Debug)]
pub(crate) struct Network {
    stem: Convolution,
    pooled: bool,
    blocks: Vec<Block<Convolution>>,
    place: Place,
}

#[derive(Debug)]
struct Convolution {
    kernel: Tensor<4>,
    bias: Tensor<1>,
    options: ConvOptions<2>,
}

impl Network {
    /// Reads the tensors of a checkpoint that was checked for `plan`.
    pub(super) fn read(checkpoint: &Checkpoint, plan: &Plan, place: &Place) -> Result<Self, ModelError> {
        let convolution = |plan: &ConvolutionPlan| Convolution::read(checkpoint, plan, place);
        let blocks = plan.blocks.iter().map(|block| Block::read(block, convolution));
        Ok(Self {
            stem: Convolution::read(checkpoint, &plan.stem, place)?,
            pooled: plan.pooled,
            blocks: blocks.collect::<Result<_, _>>()?,
            place: place.clone(),
        })
    }

    /// See [`super::ResNet::forward`].
    pub(super) fn forward(&self, pictures: &[&[u8]], side: usize, colours: &[[f32; 256]; 3]) -> Tensor<2> {
        let mut input = Vec::with_capacity(pictures.len() * 3 * side * side);
        for picture in pictures {
            for (channel, colours) in colours.iter().enumerate() {
                input.extend(picture.chunks_exact(3).map(|pixel| colours[usize::from(pixel[channel])]));
            }
        }
        let shape = [pictures.len(), 3, side, side];
        let input = Tensor::<4>::from_data(TensorData::new(input, shape), self.place.device());
        let mut x = activation::relu(self.stem.forward(input));
        if self.pooled {
            x = max_pool2d(x, MaxPoolOptions::new([3, 3]).with_stride([2, 2]).with_padding([1, 1]));
        }
        for block in &self.blocks {
            x = block.forward(x);
        }
        let [batch, channels, height, width] = x.dims();
        x.reshape([batch, channels, height * width]).mean_dim(2).reshape([batch, channels])
    }
}

impl Block<Convolution> {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let Some((last, others)) = self.branch.split_last() else { return x };
        let mut inside = x.clone();
        for convolution in others {
            inside = activation::relu(convolution.forward(inside));
        }
        let kept = match &self.shortcut {
            Some(shortcut) => shortcut.forward(x),
            None => x,
        };
        activation::relu(last.forward(inside) + kept)
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
