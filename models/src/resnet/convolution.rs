//! A convolution as read from a file, with its batch norm folded in.

use super::plan::ConvolutionPlan;
use crate::error::{ModelError, TensorProblem};
use crate::load::Checkpoint;

/// PyTorch's default, which both libraries use.
const EPSILON: f64 = 1e-5;

/// Kernel and bias that do the work of a convolution and the batch norm behind it.
#[derive(Debug)]
pub(super) struct Folded {
    /// `[outputs, inputs, side, side]`.
    pub(super) kernel: Vec<f32>,
    /// `[outputs]`.
    pub(super) bias: Vec<f32>,
}

impl Folded {
    /// Reads and folds: `γ (k∗x − μ) / √(σ² + ε) + β  =  (γ k / √(σ² + ε)) ∗ x + (β − γ μ / √(σ² + ε))`.
    pub(super) fn read(checkpoint: &Checkpoint, plan: &ConvolutionPlan) -> Result<Self, ModelError> {
        let mut kernel = checkpoint.values(&format!("{}.weight", plan.name))?;
        let read = |suffix: &str| checkpoint.values(&format!("{}.{suffix}", plan.norm));
        let (gamma, beta, mean, variance) =
            (read("weight")?, read("bias")?, read("running_mean")?, read("running_var")?);
        let mut bias = Vec::with_capacity(plan.outputs);
        let filters = kernel.chunks_exact_mut(plan.inputs * plan.side * plan.side);
        for (channel, filter) in filters.enumerate() {
            let scale = f64::from(gamma[channel]) / (f64::from(variance[channel]) + EPSILON).sqrt();
            if !scale.is_finite() {
                // A negative variance: the root is NaN.
                let name = format!("{}.running_var", plan.norm);
                return Err(checkpoint.problem(&name, TensorProblem::NotFinite(channel)));
            }
            for weight in filter {
                *weight = (f64::from(*weight) * scale) as f32;
            }
            bias.push((f64::from(beta[channel]) - f64::from(mean[channel]) * scale) as f32);
        }
        Ok(Self { kernel, bias })
    }
}
