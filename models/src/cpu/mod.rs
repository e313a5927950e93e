//! What the CPU path does by hand, around the matrix products that burn computes.
//!
//! On a GPU burn fuses element-wise operations into one kernel. On the CPU each of them is a pass of one thread over memory, and burn's
//! convolutions copy more than they compute. So the CPU path keeps activations as matrices (rows are pixels or tokens, columns are
//! channels), lets burn multiply them, and does what lies between two products in one parallel pass of its own:
//! - [`epilogue`]: bias, residual and activation,
//! - [`winograd`]: 3×3 convolutions as small matrix products,
//! - [`patches`]: the remaining convolutions and the poolings,
//! - [`pointwise`] and [`depthwise`]: the small convolutions of the face networks, products included,
//! - [`few_rows`]: the products of a sentence's tokens, where burn's are limited by how it reads the weights.
//!
//! The loops are plain Rust over slices; [`vectorised`] compiles them for AVX2 and AVX-512 and picks at run time.

pub(crate) mod depthwise;
pub(crate) mod epilogue;
pub(crate) mod few_rows;
pub(crate) mod patches;
pub(crate) mod pointwise;
pub(crate) mod winograd;

use std::ops::{Deref, DerefMut};

use burn::tensor::{Tensor, TensorData};

use crate::place::Place;

/// Runs `work` compiled for the widest vectors this processor has.
///
/// Everything `work` calls must be `#[inline(always)]`, or it stays compiled for the baseline processor.
#[inline]
pub(crate) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

/// The numbers of a matrix on the CPU, row-major, taken out of burn and given back without a copy.
///
/// Nobody else holds the matrices between two layers; one that is shared is copied.
pub(crate) struct Values(TensorData);

impl Values {
    /// Takes a matrix.
    pub(crate) fn of(matrix: Tensor<2>) -> Self {
        Self(matrix.into_data())
    }

    /// Gives it back.
    pub(crate) fn into_matrix(self, place: &Place) -> Tensor<2> {
        Tensor::from_data(self.0, place.device())
    }
}

impl Deref for Values {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        let Ok(values) = self.0.as_slice() else { unreachable!("every tensor of this crate is f32") };
        values
    }
}

impl DerefMut for Values {
    fn deref_mut(&mut self) -> &mut [f32] {
        let Ok(values) = self.0.as_mut_slice() else { unreachable!("every tensor of this crate is f32") };
        values
    }
}

/// A matrix of `columns` columns on the CPU.
pub(crate) fn matrix(values: Vec<f32>, columns: usize, place: &Place) -> Tensor<2> {
    let rows = values.len() / columns;
    Tensor::from_data(TensorData::new(values, [rows, columns]), place.device())
}
