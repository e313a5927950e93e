//! Layers that the networks share: each takes the CPU's or the GPU's way by the place its weights live in.

use burn::tensor::module::layer_norm;
use burn::tensor::{Tensor, TensorData, activation};

use crate::cpu::epilogue::{self, Activation};
use crate::cpu::{Values, few_rows, matrix};
use crate::place::Place;

/// `x·W + b`.
#[derive(Debug)]
pub(crate) struct Dense {
    weight: Weight,
    bias: Option<Bias>,
    place: Place,
}

/// How many rows a layer is usually given, which decides how the CPU multiplies them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// The tokens of a sentence.
    Few,
    /// The patches of a batch of pictures.
    Many,
}

/// A layer's matrix, in the form its product wants.
#[derive(Debug)]
// A few hundred bytes in a network of hundreds of megabytes.
#[allow(clippy::large_enum_variant)]
enum Weight {
    /// `[inputs, outputs]`, multiplied by burn.
    Matrix(Tensor<2>),
    /// `[outputs, inputs]`, read once by [`few_rows`].
    Stretches { values: Vec<f32>, inputs: usize },
}

/// A vector added to every row, in the form its place can use.
#[derive(Debug)]
// A few hundred values in a network of hundreds of megabytes.
#[allow(clippy::large_enum_variant)]
pub(crate) enum Bias {
    Cpu(Vec<f32>),
    Gpu(Tensor<2>),
}

impl Bias {
    pub(crate) fn new(values: Vec<f32>, place: &Place) -> Self {
        if place.is_cpu() {
            return Self::Cpu(values);
        }
        let shape = [1, values.len()];
        Self::Gpu(Tensor::from_data(TensorData::new(values, shape), place.device()))
    }
}

impl Dense {
    /// `weight` is row-major `[inputs, outputs]`.
    pub(crate) fn new(
        weight: Vec<f32>,
        [inputs, outputs]: [usize; 2],
        bias: Option<Vec<f32>>,
        place: &Place,
    ) -> Self {
        let weight = Tensor::from_data(TensorData::new(weight, [inputs, outputs]), place.device());
        Self::with(Weight::Matrix(weight), bias, place)
    }

    /// From PyTorch's `[outputs, inputs]`, for inputs of so many rows.
    pub(crate) fn for_rows(
        rows: Rows,
        weight: Vec<f32>,
        [outputs, inputs]: [usize; 2],
        bias: Option<Vec<f32>>,
        place: &Place,
    ) -> Self {
        match rows {
            Rows::Few if place.is_cpu() => {
                Self::with(Weight::Stretches { values: weight, inputs }, bias, place)
            }
            Rows::Few | Rows::Many => Self::from_pytorch(&weight, [outputs, inputs], bias, place),
        }
    }

    fn with(weight: Weight, bias: Option<Vec<f32>>, place: &Place) -> Self {
        Self { weight, bias: bias.map(|b| Bias::new(b, place)), place: place.clone() }
    }

    /// From PyTorch's `[outputs, inputs]`.
    pub(crate) fn from_pytorch(
        weight: &[f32],
        [outputs, inputs]: [usize; 2],
        bias: Option<Vec<f32>>,
        place: &Place,
    ) -> Self {
        Self::new(transpose(weight, outputs, inputs), [inputs, outputs], bias, place)
    }

    /// `[rows, inputs]` → `[rows, outputs]`.
    pub(crate) fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.forward_with(x, None, Activation::Identity)
    }

    /// `activation(x·W + b + residual)`.
    pub(crate) fn forward_with(
        &self,
        x: Tensor<2>,
        residual: Option<Tensor<2>>,
        activation: Activation,
    ) -> Tensor<2> {
        let product = match &self.weight {
            Weight::Matrix(weight) => x.matmul(weight.clone()),
            Weight::Stretches { values, inputs } => {
                let product = few_rows::product(&Values::of(x), values, *inputs);
                matrix(product, values.len() / inputs, &self.place)
            }
        };
        finish(product, self.bias.as_ref(), residual, activation, &self.place)
    }
}

/// `activation(product + bias + residual)`.
pub(crate) fn finish(
    product: Tensor<2>,
    bias: Option<&Bias>,
    residual: Option<Tensor<2>>,
    activation: Activation,
    place: &Place,
) -> Tensor<2> {
    match bias {
        Some(Bias::Cpu(bias)) => {
            let mut rows = Values::of(product);
            let residual = residual.map(Values::of);
            epilogue::finish(&mut rows, bias, residual.as_deref(), activation);
            rows.into_matrix(place)
        }
        Some(Bias::Gpu(bias)) => activate(add(product + bias.clone(), residual), activation),
        None => activate(add(product, residual), activation),
    }
}

fn add(x: Tensor<2>, residual: Option<Tensor<2>>) -> Tensor<2> {
    match residual {
        Some(residual) => x + residual,
        None => x,
    }
}

/// An activation in burn's own operations, which a GPU fuses.
pub(crate) fn activate<const D: usize>(x: Tensor<D>, activation: Activation) -> Tensor<D> {
    match activation {
        Activation::Identity => x,
        Activation::Relu => activation::relu(x),
        Activation::QuickGelu => x.clone() * activation::sigmoid(x * 1.702),
        Activation::Gelu => activation::gelu(x),
    }
}

/// Layer normalisation over the columns.
#[derive(Debug)]
pub(crate) struct LayerNorm {
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
}

impl LayerNorm {
    /// `gamma` scales, `beta` shifts.
    pub(crate) fn new(gamma: Vec<f32>, beta: Vec<f32>, epsilon: f64, place: &Place) -> Self {
        let vector = |values: Vec<f32>| {
            let length = values.len();
            Tensor::from_data(TensorData::new(values, [length]), place.device())
        };
        Self { gamma: vector(gamma), beta: vector(beta), epsilon }
    }

    /// `[rows, columns]` → the same.
    pub(crate) fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        layer_norm(x, self.gamma.clone(), Some(self.beta.clone()), self.epsilon)
    }
}

/// The transpose of a row-major matrix of `rows` × `columns`.
pub(crate) fn transpose(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    /// Side of a block that stays in the first-level cache while it is turned.
    const BLOCK: usize = 32;
    let mut result = vec![0.0; values.len()];
    for top in (0..rows).step_by(BLOCK) {
        for left in (0..columns).step_by(BLOCK) {
            for row in top..(top + BLOCK).min(rows) {
                for column in left..(left + BLOCK).min(columns) {
                    result[column * rows + row] = values[row * columns + column];
                }
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transposed_matrix_swaps_rows_and_columns() {
        let values: Vec<f32> = (0..70 * 33).map(|i| i as f32).collect();
        let turned = transpose(&values, 70, 33);
        assert_eq!(turned[5 * 70 + 64], values[64 * 33 + 5]);
        assert_eq!(transpose(&turned, 33, 70), values);
    }

    #[test]
    fn a_dense_layer_multiplies_adds_and_activates_for_few_rows_and_for_many() {
        let place = Place::cpu();
        for rows in [Rows::Few, Rows::Many] {
            let weight = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
            let dense = Dense::for_rows(rows, weight, [2, 3], Some(vec![0.5, -100.0]), &place);
            let x = matrix(vec![1.0, 1.0, 1.0, 0.0, 1.0, 0.0], 3, &place);
            assert_eq!(*Values::of(dense.forward(x.clone())), [6.5, -85.0, 2.5, -95.0]);
            let residual = matrix(vec![1.0, 200.0, 0.0, 0.0], 2, &place);
            assert_eq!(
                *Values::of(dense.forward_with(x, Some(residual), Activation::Relu)),
                [7.5, 115.0, 2.5, 0.0]
            );
        }
    }
}
