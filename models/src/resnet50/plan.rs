//! Which convolutions a ResNet50 has, and under which names a file keeps them.

use std::collections::BTreeMap;

use crate::error::{ModelError, TensorProblem};
use crate::load::Checkpoint;

/// Blocks of the four stages.
const BLOCKS: [usize; 4] = [3, 4, 6, 3];

/// A block's output is this many times as wide as its inside.
const EXPANSION: usize = 4;

/// A convolution with the batch norm behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConvolutionPlan {
    /// Name of the convolution, `layer1.0.conv2`.
    pub(crate) name: String,
    /// Name of its batch norm, `layer1.0.bn2`.
    pub(crate) norm: String,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// Side of the kernel.
    pub(crate) side: usize,
    pub(crate) stride: usize,
}

/// A residual block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockPlan {
    /// 1×1, 3×3 (with the block's stride), 1×1.
    pub(crate) branch: [ConvolutionPlan; 3],
    /// The 1×1 convolution of the shortcut, where its shape changes.
    pub(crate) shortcut: Option<ConvolutionPlan>,
}

/// The whole network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) stem: ConvolutionPlan,
    pub(crate) blocks: Vec<BlockPlan>,
}

impl Plan {
    /// The plan for a file: ResNet50 of the width of its first convolution, 64 in every published file.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when the file's tensors are not exactly those of a ResNet50, with or without classifier.
    pub(crate) fn of(checkpoint: &Checkpoint) -> Result<Self, ModelError> {
        let stem = checkpoint.shape("conv1.weight")?;
        let width = match stem[..] {
            [width, 3, 7, 7] if width > 0 => width,
            _ => {
                let problem = TensorProblem::Shape { expected: vec![64, 3, 7, 7], found: stem };
                return Err(checkpoint.problem("conv1.weight", problem));
            }
        };
        let plan = Self::of_width(width);
        // The classifier is not used, and timm's files may lack it.
        checkpoint.expect(&plan.tensors(), |name| {
            name.starts_with("fc.") || name.ends_with(".num_batches_tracked")
        })?;
        Ok(plan)
    }

    fn of_width(width: usize) -> Self {
        let convolution = |name: String, norm: String, inputs, outputs, side, stride| ConvolutionPlan {
            name,
            norm,
            inputs,
            outputs,
            side,
            stride,
        };
        let mut blocks = vec![];
        let mut inputs = width;
        for (stage, count) in BLOCKS.into_iter().enumerate() {
            let inside = width << stage;
            let outputs = inside * EXPANSION;
            for index in 0..count {
                let name = format!("layer{}.{index}", stage + 1);
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                let part = |n: usize, inputs, outputs, side, stride| {
                    convolution(
                        format!("{name}.conv{n}"),
                        format!("{name}.bn{n}"),
                        inputs,
                        outputs,
                        side,
                        stride,
                    )
                };
                blocks.push(BlockPlan {
                    branch: [
                        part(1, inputs, inside, 1, 1),
                        part(2, inside, inside, 3, stride),
                        part(3, inside, outputs, 1, 1),
                    ],
                    shortcut: (index == 0).then(|| {
                        let (conv, norm) = (format!("{name}.downsample.0"), format!("{name}.downsample.1"));
                        convolution(conv, norm, inputs, outputs, 1, stride)
                    }),
                });
                inputs = outputs;
            }
        }
        Self { stem: convolution("conv1".into(), "bn1".into(), 3, width, 7, 2), blocks }
    }

    /// Features of a picture.
    pub(crate) fn features(&self) -> usize {
        self.blocks.last().map_or(self.stem.outputs, |block| block.branch[2].outputs)
    }

    fn tensors(&self) -> BTreeMap<String, Vec<usize>> {
        let all = self.blocks.iter().flat_map(|block| block.branch.iter().chain(&block.shortcut));
        let mut tensors = BTreeMap::new();
        for c in all.chain([&self.stem]) {
            tensors.insert(format!("{}.weight", c.name), vec![c.outputs, c.inputs, c.side, c.side]);
            for suffix in ["weight", "bias", "running_mean", "running_var"] {
                tensors.insert(format!("{}.{suffix}", c.norm), vec![c.outputs]);
            }
        }
        tensors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_network_has_23_million_weights_in_53_convolutions() {
        let plan = Plan::of_width(64);
        assert_eq!(plan.features(), 2048);
        let tensors = plan.tensors();
        let convolutions = tensors.values().filter(|shape| shape.len() == 4);
        assert_eq!(convolutions.clone().count(), 53);
        assert_eq!(convolutions.map(|shape| shape.iter().product::<usize>()).sum::<usize>(), 23_454_912);
    }
}
