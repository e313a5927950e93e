//! ResNet50 (He et al., *Deep Residual Learning for Image Recognition*, 2015) up to the pooled features: 2048 numbers a picture.
//!
//! The variant of torchvision and timm, "v1.5": the stride is in the 3×3 convolution of a block. Both libraries use the same names.

mod convolution;
mod matrices;
mod plan;
mod planes;

use std::path::Path;

use burn::tensor::Tensor;

use crate::error::ModelError;
use crate::load::Checkpoint;
use crate::place::Place;

pub(crate) use plan::Plan;

/// The network, in the form that its place computes fastest.
#[derive(Debug)]
pub(crate) enum ResNet50 {
    Cpu(matrices::Network),
    Gpu(planes::Network),
}

impl ResNet50 {
    /// Reads and checks a checkpoint.
    ///
    /// # Errors
    /// As [`Plan::of`]; [`ModelError::Tensor`] when a tensor is unreadable or not finite.
    pub(crate) fn read(path: &Path, place: &Place) -> Result<Self, ModelError> {
        let checkpoint = Checkpoint::open(path)?;
        let plan = Plan::of(&checkpoint)?;
        Ok(if place.is_cpu() {
            Self::Cpu(matrices::Network::read(&checkpoint, &plan, place)?)
        } else {
            Self::Gpu(planes::Network::read(&checkpoint, &plan, place)?)
        })
    }

    /// `[pictures, features]`, not normalised. `pictures` are RGB, `side` × `side` × 3 bytes; `colours` makes numbers of bytes.
    pub(crate) fn forward(&self, pictures: &[&[u8]], side: usize, colours: &[[f32; 256]; 3]) -> Tensor<2> {
        match self {
            Self::Cpu(network) => network.forward(pictures, side, colours),
            Self::Gpu(network) => network.forward(pictures, side, colours),
        }
    }
}
