//! Residual networks (He et al., *Deep Residual Learning for Image Recognition*, 2015) up to the pooled features.
//!
//! ResNet50 is the variant of torchvision and timm, "v1.5": the stride is in the 3×3 convolution of a block. Both libraries use the same
//! names. The starter model's image tower is one of basic blocks.

mod convolution;
mod matrices;
mod plan;
mod planes;

use burn::tensor::Tensor;

use crate::error::ModelError;
use crate::load::Checkpoint;
use crate::place::Place;

pub(crate) use plan::{BlockKind, Plan, Shape};
use plan::{BlockPlan, ConvolutionPlan};

/// The network, in the form that its place computes fastest.
#[derive(Debug)]
// A few hundred bytes in a network of megabytes.
#[allow(clippy::large_enum_variant)]
pub(crate) enum ResNet {
    Cpu(matrices::Network),
    Gpu(planes::Network),
}

impl ResNet {
    /// Reads the tensors of `plan`, for which the checkpoint was checked.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when a tensor is unreadable or not finite.
    pub(crate) fn read(checkpoint: &Checkpoint, plan: &Plan, place: &Place) -> Result<Self, ModelError> {
        Ok(if place.is_cpu() {
            Self::Cpu(matrices::Network::read(checkpoint, plan, place)?)
        } else {
            Self::Gpu(planes::Network::read(checkpoint, plan, place)?)
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

/// A residual block of convolutions in the form of one place.
#[derive(Debug)]
struct Block<C> {
    /// At least one.
    branch: Vec<C>,
    shortcut: Option<C>,
}

impl<C> Block<C> {
    fn read(
        plan: &BlockPlan,
        convolution: impl Fn(&ConvolutionPlan) -> Result<C, ModelError>,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            branch: plan.branch.iter().map(&convolution).collect::<Result<_, _>>()?,
            shortcut: plan.shortcut.as_ref().map(convolution).transpose()?,
        })
    }
}
