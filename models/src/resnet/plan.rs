//! Which convolutions a residual network has, and under which names a file keeps them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{ModelError, TensorProblem};
use crate::load::Checkpoint;

/// Blocks of the four stages of ResNet50.
const RESNET50: [usize; 4] = [3, 4, 6, 3];

/// A convolution with the batch norm behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConvolutionPlan {
    /// Name of the convolution, `layer1.0.conv2`.
    pub(crate) name: String,
    /// Name of its batch norm, `layer1.0.bn2`.
    pub(crate) norm: String,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// Side of the kernel, an odd number; half of it is the padding.
    pub(crate) side: usize,
    pub(crate) stride: usize,
}

/// A residual block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockPlan {
    /// At least one. A ReLU stands behind each; before the last one the shortcut is added.
    pub(crate) branch: Vec<ConvolutionPlan>,
    /// The 1×1 convolution of the shortcut, where its shape changes.
    pub(crate) shortcut: Option<ConvolutionPlan>,
}

/// The whole network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) stem: ConvolutionPlan,
    /// A 3×3 max pooling of stride 2 follows the stem.
    pub(crate) pooled: bool,
    pub(crate) blocks: Vec<BlockPlan>,
}

/// The two residual blocks of He et al.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BlockKind {
    /// 3×3 (with the block's stride), 3×3.
    Basic,
    /// 1×1, 3×3 (with the block's stride), 1×1 to four times the width.
    Bottleneck,
}

/// What tells one residual network from another.
#[derive(Debug, Clone)]
pub(crate) struct Shape<'a> {
    /// What stands before every name in the file.
    pub(crate) prefix: &'a str,
    /// Side and stride of the first convolution.
    pub(crate) stem: (usize, usize),
    /// A 3×3 max pooling of stride 2 follows the stem.
    pub(crate) pooled: bool,
    pub(crate) block: BlockKind,
    /// Width inside the blocks of each stage; the stem is as wide as the first.
    pub(crate) widths: &'a [usize],
    /// Blocks of each stage. Every stage but the first starts with stride 2.
    pub(crate) blocks: &'a [usize],
}

impl Plan {
    /// The plan of a network.
    pub(crate) fn new(shape: &Shape<'_>) -> Self {
        let Shape { prefix, stem: (side, stride), pooled, block, widths, blocks } = *shape;
        let width = widths.first().copied().unwrap_or_default();
        let stem = ConvolutionPlan {
            name: format!("{prefix}conv1"),
            norm: format!("{prefix}bn1"),
            inputs: 3,
            outputs: width,
            side,
            stride,
        };
        let mut plan = Self { stem, pooled, blocks: vec![] };
        for (stage, (width, count)) in widths.iter().zip(blocks).enumerate() {
            for index in 0..*count {
                let name = format!("{prefix}layer{}.{index}", stage + 1);
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                let inputs = plan.features();
                plan.blocks.push(BlockPlan::new(&name, block, inputs, *width, stride));
            }
        }
        plan
    }

    /// The plan for a file: ResNet50 of the width of its first convolution, 64 in every published file.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when the file's tensors are not exactly those of a ResNet50, with or without classifier.
    pub(crate) fn of_resnet50(checkpoint: &Checkpoint) -> Result<Self, ModelError> {
        let stem = checkpoint.shape("conv1.weight")?;
        let width = match stem[..] {
            [width, 3, 7, 7] if width > 0 => width,
            _ => {
                let problem = TensorProblem::Shape { expected: vec![64, 3, 7, 7], found: stem };
                return Err(checkpoint.problem("conv1.weight", problem));
            }
        };
        let plan = Self::resnet50(width);
        // The classifier is not used, and timm's files may lack it.
        checkpoint.expect(&plan.tensors(), |name| {
            name.starts_with("fc.") || name.ends_with(".num_batches_tracked")
        })?;
        Ok(plan)
    }

    fn resnet50(width: usize) -> Self {
        Self::new(&Shape {
            prefix: "",
            stem: (7, 2),
            pooled: true,
            block: BlockKind::Bottleneck,
            widths: &std::array::from_fn::<_, 4, _>(|stage| width << stage),
            blocks: &RESNET50,
        })
    }

    /// Features of a picture.
    pub(crate) fn features(&self) -> usize {
        let last = self.blocks.last().and_then(|block| block.branch.last());
        last.unwrap_or(&self.stem).outputs
    }

    /// All tensors of the network with their shapes.
    pub(crate) fn tensors(&self) -> BTreeMap<String, Vec<usize>> {
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

impl BlockPlan {
    fn new(name: &str, kind: BlockKind, inputs: usize, width: usize, stride: usize) -> Self {
        let steps = match kind {
            BlockKind::Basic => vec![(3, stride, width), (3, 1, width)],
            BlockKind::Bottleneck => vec![(1, 1, width), (3, stride, width), (1, 1, 4 * width)],
        };
        let mut channels = inputs;
        let mut branch = vec![];
        for (n, (side, stride, outputs)) in (1..).zip(steps) {
            let (name, norm) = (format!("{name}.conv{n}"), format!("{name}.bn{n}"));
            branch.push(ConvolutionPlan { name, norm, inputs: channels, outputs, side, stride });
            channels = outputs;
        }
        let shortcut = (stride != 1 || inputs != channels).then(|| {
            let (name, norm) = (format!("{name}.downsample.0"), format!("{name}.downsample.1"));
            ConvolutionPlan { name, norm, inputs, outputs: channels, side: 1, stride }
        });
        Self { branch, shortcut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_network_has_23_million_weights_in_53_convolutions() {
        let plan = Plan::resnet50(64);
        assert_eq!(plan.features(), 2048);
        let tensors = plan.tensors();
        let convolutions = tensors.values().filter(|shape| shape.len() == 4);
        assert_eq!(convolutions.clone().count(), 53);
        assert_eq!(convolutions.map(|shape| shape.iter().product::<usize>()).sum::<usize>(), 23_454_912);
    }

    /// torchvision's ResNet18: 11,689,512 parameters with the classifier's 513,000 and the batch norms' 9,600.
    #[test]
    fn basic_blocks_make_the_resnet18_that_is_published() {
        let plan = Plan::new(&Shape {
            prefix: "image.",
            stem: (7, 2),
            pooled: true,
            block: BlockKind::Basic,
            widths: &[64, 128, 256, 512],
            blocks: &[2, 2, 2, 2],
        });
        assert_eq!(plan.features(), 512);
        let tensors = plan.tensors();
        let convolutions = tensors.values().filter(|shape| shape.len() == 4);
        assert_eq!(convolutions.map(|shape| shape.iter().product::<usize>()).sum::<usize>(), 11_166_912);
        assert!(tensors.contains_key("image.layer2.0.downsample.1.running_var"));
        assert!(!tensors.contains_key("image.layer1.0.downsample.0.weight"), "its shape does not change");
    }
}
