//! ResNet50 as products of matrices with one row per pixel: the CPU's way.

use burn::tensor::{Tensor, TensorData};

use super::convolution::Folded;
use super::plan::{ConvolutionPlan, Plan};
use crate::cpu::epilogue::Activation;
use crate::cpu::patches::{Window, every_second, max_pool_relu, mean_of_pictures, patches};
use crate::cpu::winograd::{self, PLANES, Pictures};
use crate::cpu::{Values, matrix};
use crate::error::ModelError;
use crate::layers::{Dense, transpose};
use crate::load::Checkpoint;
use crate::place::Place;

/// The network on the CPU.
#[derive(Debug)]
pub(crate) struct Network {
    /// The 7×7 convolution as a product over patches; its bias is added after the pooling.
    stem: Dense,
    stem_bias: Vec<f32>,
    blocks: Vec<Block>,
    place: Place,
}

#[derive(Debug)]
struct Block {
    reduce: Dense,
    middle: Middle,
    expand: Dense,
    shortcut: Option<Dense>,
    stride: usize,
}

/// The 3×3 convolution of a block.
#[derive(Debug)]
// Sixteen values in a network of a hundred megabytes.
#[allow(clippy::large_enum_variant)]
enum Middle {
    /// Stride 1: `[PLANES, inputs, outputs]` and a bias.
    Winograd { kernel: Tensor<3>, bias: Vec<f32> },
    /// Stride 2: a product over patches.
    Patches(Dense),
}

/// Pictures with the matrix that holds them.
type Shaped = (Tensor<2>, Pictures);

impl Network {
    /// Reads the tensors of a checkpoint that `plan` was made from.
    pub(super) fn read(checkpoint: &Checkpoint, plan: &Plan, place: &Place) -> Result<Self, ModelError> {
        let Folded { kernel, bias: stem_bias } = Folded::read(checkpoint, &plan.stem)?;
        let stem = Dense::new(patch_kernel(&kernel, &plan.stem), [3 * 7 * 7, plan.stem.outputs], None, place);
        let mut blocks = vec![];
        for block in &plan.blocks {
            let [reduce, middle, expand] = &block.branch;
            blocks.push(Block {
                reduce: pointwise(checkpoint, reduce, place)?,
                middle: Middle::read(checkpoint, middle, place)?,
                expand: pointwise(checkpoint, expand, place)?,
                shortcut: block.shortcut.as_ref().map(|s| pointwise(checkpoint, s, place)).transpose()?,
                stride: middle.stride,
            });
        }
        Ok(Self { stem, stem_bias, blocks, place: place.clone() })
    }

    /// See [`super::ResNet50::forward`].
    pub(super) fn forward(&self, pictures: &[&[u8]], side: usize, colours: &[[f32; 256]; 3]) -> Tensor<2> {
        let (mut x, mut p) = self.stem(pictures, side, colours);
        for block in &self.blocks {
            (x, p) = block.forward(x, p, &self.place);
        }
        matrix(mean_of_pictures(&Values::of(x), p), p.channels, &self.place)
    }

    /// 7×7 convolution of stride 2, ReLU, 3×3 max pooling of stride 2.
    ///
    /// Picture by picture, so that its patches, 49 times the pixels, stay in the cache.
    fn stem(&self, pictures: &[&[u8]], side: usize, colours: &[[f32; 256]; 3]) -> Shaped {
        let convolution = Window { side: 7, stride: 2, padding: 3 };
        let pooling = Window { side: 3, stride: 2, padding: 1 };
        let half = convolution.steps(side);
        let one = Pictures { batch: 1, height: side, width: side, channels: 3 };
        let wide = Pictures { batch: 1, height: half, width: half, channels: self.stem_bias.len() };
        let quarter = pooling.steps(half);
        let mut pooled = Vec::with_capacity(pictures.len() * quarter * quarter * wide.channels);
        for picture in pictures {
            let pixels: Vec<f32> = picture
                .chunks_exact(3)
                .flat_map(|pixel| std::array::from_fn::<f32, 3, _>(|c| colours[c][usize::from(pixel[c])]))
                .collect();
            let rows = matrix(patches(&pixels, one, convolution), 3 * 7 * 7, &self.place);
            let features = Values::of(self.stem.forward(rows));
            pooled.extend(max_pool_relu(&features, &self.stem_bias, wide, pooling));
        }
        let p = Pictures { batch: pictures.len(), height: quarter, width: quarter, channels: wide.channels };
        (matrix(pooled, p.channels, &self.place), p)
    }
}

impl Block {
    fn forward(&self, x: Tensor<2>, p: Pictures, place: &Place) -> Shaped {
        let inside = self.reduce.forward_with(x.clone(), None, Activation::Relu);
        let [_, width] = inside.dims();
        let (inside, q) = self.middle.forward(inside, Pictures { channels: width, ..p }, place);
        let kept = match &self.shortcut {
            None => x,
            Some(shortcut) if self.stride == 1 => shortcut.forward(x),
            Some(shortcut) => shortcut.forward(matrix(every_second(&Values::of(x), p), p.channels, place)),
        };
        let x = self.expand.forward_with(inside, Some(kept), Activation::Relu);
        let [_, channels] = x.dims();
        (x, Pictures { channels, ..q })
    }
}

impl Middle {
    fn read(checkpoint: &Checkpoint, plan: &ConvolutionPlan, place: &Place) -> Result<Self, ModelError> {
        let Folded { kernel, bias } = Folded::read(checkpoint, plan)?;
        if plan.stride == 1 {
            let planes = winograd::transform_kernel(&kernel, plan.inputs, plan.outputs);
            let shape = [PLANES, plan.inputs, plan.outputs];
            return Ok(Self::Winograd {
                kernel: Tensor::from_data(TensorData::new(planes, shape), place.device()),
                bias,
            });
        }
        let shape = [plan.inputs * plan.side * plan.side, plan.outputs];
        Ok(Self::Patches(Dense::new(patch_kernel(&kernel, plan), shape, Some(bias), place)))
    }

    fn forward(&self, x: Tensor<2>, p: Pictures, place: &Place) -> Shaped {
        match self {
            Self::Winograd { kernel, bias } => {
                let input = winograd::transform_input(&Values::of(x), p);
                let input = TensorData::new(input, [PLANES, p.tiles(), p.channels]);
                let products = Tensor::<3>::from_data(input, place.device()).matmul(kernel.clone());
                let result = Pictures { channels: bias.len(), ..p };
                let products = Values::of(products.reshape([PLANES * p.tiles(), result.channels]));
                (
                    matrix(winograd::transform_output_relu(&products, bias, result), result.channels, place),
                    result,
                )
            }
            Self::Patches(dense) => {
                let window = Window { side: 3, stride: 2, padding: 1 };
                let rows = matrix(patches(&Values::of(x), p, window), 9 * p.channels, place);
                let x = dense.forward_with(rows, None, Activation::Relu);
                let [_, channels] = x.dims();
                (x, Pictures { height: window.steps(p.height), width: window.steps(p.width), channels, ..p })
            }
        }
    }
}

fn pointwise(checkpoint: &Checkpoint, plan: &ConvolutionPlan, place: &Place) -> Result<Dense, ModelError> {
    let Folded { kernel, bias } = Folded::read(checkpoint, plan)?;
    Ok(Dense::from_pytorch(&kernel, [plan.outputs, plan.inputs], Some(bias), place))
}

/// A kernel `[outputs, inputs, side, side]` as the matrix that patches are multiplied with: rows in the order (ky, kx, input).
fn patch_kernel(kernel: &[f32], plan: &ConvolutionPlan) -> Vec<f32> {
    let area = plan.side * plan.side;
    let mut rows = Vec::with_capacity(kernel.len());
    for filter in kernel.chunks_exact(plan.inputs * area) {
        rows.extend(transpose(filter, plan.inputs, area));
    }
    transpose(&rows, plan.outputs, plan.inputs * area)
}
