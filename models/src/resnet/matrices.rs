//! Residual networks as products of matrices with one row per pixel: the CPU's way.

use burn::tensor::{Tensor, TensorData};

use super::Block;
use super::convolution::Folded;
use super::plan::{ConvolutionPlan, Plan};
use crate::cpu::epilogue::{self, Activation};
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
    stem: Stem,
    blocks: Vec<Block<Convolution>>,
    place: Place,
}

/// The first convolution as a product over patches; its bias is added after the pooling.
#[derive(Debug)]
struct Stem {
    product: Dense,
    bias: Vec<f32>,
    window: Window,
    pooling: Option<Window>,
}

/// A convolution in the form that its side and stride want.
#[derive(Debug)]
// A few hundred bytes in a network of megabytes.
#[allow(clippy::large_enum_variant)]
enum Convolution {
    /// 1×1: a product over pixels, every second one where the stride is 2.
    Pointwise { product: Dense, stride: usize },
    /// 3×3 of stride 1: `[PLANES, inputs, outputs]` and a bias. It is followed by a ReLU.
    Winograd { kernel: Tensor<3>, bias: Vec<f32> },
    /// Any other: a product over patches.
    Patches { product: Dense, window: Window },
}

/// Pictures with the matrix that holds them.
type Shaped = (Tensor<2>, Pictures);

impl Network {
    /// Reads the tensors of a checkpoint that was checked for `plan`.
    pub(super) fn read(checkpoint: &Checkpoint, plan: &Plan, place: &Place) -> Result<Self, ModelError> {
        let convolution = |plan: &ConvolutionPlan| Convolution::read(checkpoint, plan, place);
        let blocks = plan.blocks.iter().map(|block| Block::read(block, convolution));
        Ok(Self {
            stem: Stem::read(checkpoint, plan, place)?,
            blocks: blocks.collect::<Result<_, _>>()?,
            place: place.clone(),
        })
    }

    /// See [`super::ResNet::forward`].
    pub(super) fn forward(&self, pictures: &[&[u8]], side: usize, colours: &[[f32; 256]; 3]) -> Tensor<2> {
        let (mut x, mut p) = self.stem.forward(pictures, side, colours, &self.place);
        for block in &self.blocks {
            (x, p) = block.forward(x, p, &self.place);
        }
        matrix(mean_of_pictures(&Values::of(x), p), p.channels, &self.place)
    }
}

impl Stem {
    fn read(checkpoint: &Checkpoint, plan: &Plan, place: &Place) -> Result<Self, ModelError> {
        let Folded { kernel, bias } = Folded::read(checkpoint, &plan.stem)?;
        let shape = [3 * plan.stem.side * plan.stem.side, plan.stem.outputs];
        Ok(Self {
            product: Dense::new(patch_kernel(&kernel, &plan.stem), shape, None, place),
            bias,
            window: window(&plan.stem),
            pooling: plan.pooled.then_some(Window { side: 3, stride: 2, padding: 1 }),
        })
    }

    /// Convolution, ReLU, and the max pooling where there is one.
    ///
    /// Picture by picture, so that its patches, many times the pixels, stay in the cache.
    fn forward(&self, pictures: &[&[u8]], side: usize, colours: &[[f32; 256]; 3], place: &Place) -> Shaped {
        let wide = self.window.steps(side);
        let out = self.pooling.map_or(wide, |pooling| pooling.steps(wide));
        let channels = self.bias.len();
        let one = Pictures { batch: 1, height: side, width: side, channels: 3 };
        let mut result = Vec::with_capacity(pictures.len() * out * out * channels);
        for picture in pictures {
            let pixels: Vec<f32> = picture
                .chunks_exact(3)
                .flat_map(|pixel| std::array::from_fn::<f32, 3, _>(|c| colours[c][usize::from(pixel[c])]))
                .collect();
            let columns = 3 * self.window.side * self.window.side;
            let rows = matrix(patches(&pixels, one, self.window), columns, place);
            let mut features = Values::of(self.product.forward(rows));
            match self.pooling {
                Some(pooling) => {
                    let p = Pictures { batch: 1, height: wide, width: wide, channels };
                    result.extend(max_pool_relu(&features, &self.bias, p, pooling));
                }
                None => {
                    epilogue::finish(&mut features, &self.bias, None, Activation::Relu);
                    result.extend_from_slice(&features);
                }
            }
        }
        let p = Pictures { batch: pictures.len(), height: out, width: out, channels };
        (matrix(result, channels, place), p)
    }
}

impl Block<Convolution> {
    fn forward(&self, x: Tensor<2>, p: Pictures, place: &Place) -> Shaped {
        let Some((last, others)) = self.branch.split_last() else { return (x, p) };
        let (mut inside, mut q) = (x.clone(), p);
        for convolution in others {
            (inside, q) = convolution.forward(inside, q, None, Activation::Relu, place);
        }
        let kept = match &self.shortcut {
            None => x,
            Some(shortcut) => shortcut.forward(x, p, None, Activation::Identity, place).0,
        };
        last.forward(inside, q, Some(kept), Activation::Relu, place)
    }
}

impl Convolution {
    fn read(checkpoint: &Checkpoint, plan: &ConvolutionPlan, place: &Place) -> Result<Self, ModelError> {
        let Folded { kernel, bias } = Folded::read(checkpoint, plan)?;
        if plan.side == 1 {
            let product = Dense::from_pytorch(&kernel, [plan.outputs, plan.inputs], Some(bias), place);
            return Ok(Self::Pointwise { product, stride: plan.stride });
        }
        if plan.side == 3 && plan.stride == 1 {
            let planes = winograd::transform_kernel(&kernel, plan.inputs, plan.outputs);
            let shape = [PLANES, plan.inputs, plan.outputs];
            let kernel = Tensor::from_data(TensorData::new(planes, shape), place.device());
            return Ok(Self::Winograd { kernel, bias });
        }
        let shape = [plan.inputs * plan.side * plan.side, plan.outputs];
        let product = Dense::new(patch_kernel(&kernel, plan), shape, Some(bias), place);
        Ok(Self::Patches { product, window: window(plan) })
    }

    /// `activation(convolution + residual)`.
    fn forward(
        &self,
        x: Tensor<2>,
        p: Pictures,
        residual: Option<Tensor<2>>,
        activation: Activation,
        place: &Place,
    ) -> Shaped {
        let (x, q) = match self {
            Self::Pointwise { product, stride: 1 } => (product.forward_with(x, residual, activation), p),
            Self::Pointwise { product, .. } => {
                let rows = matrix(every_second(&Values::of(x), p), p.channels, place);
                let q = Pictures { height: p.height.div_ceil(2), width: p.width.div_ceil(2), ..p };
                (product.forward_with(rows, residual, activation), q)
            }
            Self::Patches { product, window } => {
                let columns = window.side * window.side * p.channels;
                let rows = matrix(patches(&Values::of(x), p, *window), columns, place);
                let q = Pictures { height: window.steps(p.height), width: window.steps(p.width), ..p };
                (product.forward_with(rows, residual, activation), q)
            }
            Self::Winograd { kernel, bias } => {
                let input = winograd::transform_input(&Values::of(x), p);
                let input = TensorData::new(input, [PLANES, p.tiles(), p.channels]);
                let products = Tensor::<3>::from_data(input, place.device()).matmul(kernel.clone());
                let q = Pictures { channels: bias.len(), ..p };
                let products = Values::of(products.reshape([PLANES * p.tiles(), q.channels]));
                let residual = residual.map(Values::of);
                let x = winograd::transform_output_relu(&products, bias, residual.as_deref(), q);
                (matrix(x, q.channels, place), q)
            }
        };
        let [_, channels] = x.dims();
        (x, Pictures { channels, ..q })
    }
}

fn window(plan: &ConvolutionPlan) -> Window {
    Window { side: plan.side, stride: plan.stride, padding: plan.side / 2 }
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
