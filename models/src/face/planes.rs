//! A convolution of an ONNX file as burn's own, for the GPU.

use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Tensor, TensorData};

use super::onnx;
use crate::place::Place;

#[derive(Debug)]
pub(super) struct Convolution {
    kernel: Tensor<4>,
    bias: Tensor<1>,
    options: ConvOptions<2>,
}

impl Convolution {
    pub(super) fn new(convolution: onnx::Convolution, place: &Place) -> Self {
        let onnx::Convolution { plan, kernel, bias } = convolution;
        let groups = if plan.depthwise { plan.outputs } else { 1 };
        Self {
            kernel: Tensor::from_data(TensorData::new(kernel, plan.shape()), place.device()),
            bias: Tensor::from_data(TensorData::new(bias, [plan.outputs]), place.device()),
            options: ConvOptions::new([plan.stride; 2], [plan.padding; 2], [1, 1], groups),
        }
    }

    /// `[pictures, inputs, y, x]` → `[pictures, outputs, y, x]`.
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        conv2d(x, self.kernel.clone(), Some(self.bias.clone()), self.options.clone())
    }
}
