//! The names that the two families of files give to CLIP's tensors.

use std::collections::BTreeMap;

use super::config::{ClipConfig, EncoderConfig, ImageConfig, TextConfig};
use super::transformer::{Block, BlockWeights};
use crate::error::ModelError;
use crate::layers::{LayerNorm, Rows, transpose};
use crate::load::Checkpoint;
use crate::place::Place;

/// A family of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// `transformers`: `vision_model.encoder.layers.0.self_attn.q_proj.weight`; projections as linear layers, `[outputs, inputs]`.
    HuggingFace,
    /// OpenAI and OpenCLIP: `visual.transformer.resblocks.0.attn.in_proj_weight`, q, k and v in one; projections `[inputs, outputs]`.
    OpenClip,
}

/// One of the two towers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tower {
    Image,
    Text,
}

/// A tensor outside the blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    ClassEmbedding,
    PatchEmbedding,
    ImagePositions,
    TokenEmbedding,
    TextPositions,
}

/// The layer norms outside the blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Norm {
    ImageBefore,
    ImageAfter,
    TextAfter,
}

/// Tensors without a use here: position ids of older `transformers`, the causal mask of older OpenCLIP, and the temperature of the
/// training loss.
pub(crate) fn is_buffer(name: &str) -> bool {
    name.ends_with("embeddings.position_ids")
        || matches!(name, "attn_mask" | "logit_scale" | "logit_bias")
        || matches!(name, "input_resolution" | "context_length" | "vocab_size")
}

impl Layout {
    /// The layout of a file. A file of neither is reported in the names of the first.
    pub(crate) fn of(checkpoint: &Checkpoint) -> Self {
        let open_clip =
            ["visual.class_embedding", "visual.proj", "token_embedding.weight", "text_projection"];
        if open_clip.iter().any(|name| checkpoint.has(name)) { Self::OpenClip } else { Self::HuggingFace }
    }

    /// All tensors of a network with their shapes.
    pub(crate) fn tensors(self, config: &ClipConfig) -> BTreeMap<String, Vec<usize>> {
        let mut all = self.image_tensors(&config.image, config.dim);
        all.extend(self.text_tensors(&config.text, config.dim));
        all
    }

    fn image_tensors(self, image: &ImageConfig, dim: usize) -> BTreeMap<String, Vec<usize>> {
        let width = image.encoder.width;
        let mut all = BTreeMap::new();
        all.insert(self.part(Part::ClassEmbedding).into(), vec![width]);
        all.insert(self.part(Part::PatchEmbedding).into(), vec![width, 3, image.patch, image.patch]);
        all.insert(self.part(Part::ImagePositions).into(), vec![image.patches() + 1, width]);
        self.tower_tensors(
            Tower::Image,
            &image.encoder,
            &[Norm::ImageBefore, Norm::ImageAfter],
            dim,
            &mut all,
        );
        all
    }

    /// The tensors of a text tower with their shapes.
    pub(crate) fn text_tensors(self, text: &TextConfig, dim: usize) -> BTreeMap<String, Vec<usize>> {
        let width = text.encoder.width;
        let mut all = BTreeMap::new();
        all.insert(self.part(Part::TokenEmbedding).into(), vec![text.vocabulary, width]);
        all.insert(self.part(Part::TextPositions).into(), vec![text.context, width]);
        self.tower_tensors(Tower::Text, &text.encoder, &[Norm::TextAfter], dim, &mut all);
        all
    }

    /// What both towers have: norms outside the blocks, a projection to `dim`, and blocks.
    fn tower_tensors(
        self,
        tower: Tower,
        encoder: &EncoderConfig,
        norms: &[Norm],
        dim: usize,
        all: &mut BTreeMap<String, Vec<usize>>,
    ) {
        for norm in norms {
            for suffix in ["weight", "bias"] {
                all.insert(format!("{}.{suffix}", self.norm(*norm)), vec![encoder.width]);
            }
        }
        let projection = match self {
            Self::HuggingFace => vec![dim, encoder.width],
            Self::OpenClip => vec![encoder.width, dim],
        };
        all.insert(self.projection(tower).into(), projection);
        for layer in 0..encoder.layers {
            self.block_tensors(&self.block(tower, layer), encoder, all);
        }
    }

    fn block_tensors(self, prefix: &str, encoder: &EncoderConfig, all: &mut BTreeMap<String, Vec<usize>>) {
        let (width, hidden) = (encoder.width, encoder.hidden);
        let mut linear = |name: &str, outputs: usize, inputs: usize| {
            all.insert(format!("{prefix}.{name}.weight"), vec![outputs, inputs]);
            all.insert(format!("{prefix}.{name}.bias"), vec![outputs]);
        };
        match self {
            Self::HuggingFace => {
                for name in ["q_proj", "k_proj", "v_proj", "out_proj"] {
                    linear(&format!("self_attn.{name}"), width, width);
                }
                linear("mlp.fc1", hidden, width);
                linear("mlp.fc2", width, hidden);
            }
            Self::OpenClip => {
                linear("attn.out_proj", width, width);
                linear("mlp.c_fc", hidden, width);
                linear("mlp.c_proj", width, hidden);
                all.insert(format!("{prefix}.attn.in_proj_weight"), vec![3 * width, width]);
                all.insert(format!("{prefix}.attn.in_proj_bias"), vec![3 * width]);
            }
        }
        for norm in self.block_norms() {
            for suffix in ["weight", "bias"] {
                all.insert(format!("{prefix}.{norm}.{suffix}"), vec![width]);
            }
        }
    }

    /// Reads one block.
    pub(crate) fn read_block(
        self,
        checkpoint: &Checkpoint,
        tower: Tower,
        layer: usize,
        encoder: &EncoderConfig,
        place: &Place,
    ) -> Result<Block, ModelError> {
        let prefix = self.block(tower, layer);
        let read = |name: &str| checkpoint.values(&format!("{prefix}.{name}"));
        // q, k and v are one product of three times the width in both layouts: one pass over the input instead of three.
        let (mut qkv_weight, mut qkv_bias) = match self {
            Self::OpenClip => (read("attn.in_proj_weight")?, read("attn.in_proj_bias")?),
            Self::HuggingFace => {
                let (mut weight, mut bias) = (vec![], vec![]);
                for name in ["q_proj", "k_proj", "v_proj"] {
                    weight.extend(read(&format!("self_attn.{name}.weight"))?);
                    bias.extend(read(&format!("self_attn.{name}.bias"))?);
                }
                (weight, bias)
            }
        };
        // The scores' scale 1/√d goes into the queries once, instead of into every score.
        let width = encoder.width;
        let scale = ((width / encoder.heads) as f32).sqrt().recip();
        qkv_weight[..width * width].iter_mut().chain(&mut qkv_bias[..width]).for_each(|v| *v *= scale);
        let (attention, first, second) = match self {
            Self::HuggingFace => ("self_attn.out_proj", "mlp.fc1", "mlp.fc2"),
            Self::OpenClip => ("attn.out_proj", "mlp.c_fc", "mlp.c_proj"),
        };
        let pair = |name: &str| {
            Ok::<_, ModelError>((read(&format!("{name}.weight"))?, read(&format!("{name}.bias"))?))
        };
        let [norm1, norm2] = self.block_norms();
        let weights = BlockWeights {
            norm1: pair(norm1)?,
            qkv: (qkv_weight, qkv_bias),
            out: pair(attention)?,
            norm2: pair(norm2)?,
            first: pair(first)?,
            second: pair(second)?,
        };
        let rows = match tower {
            Tower::Image => Rows::Many,
            Tower::Text => Rows::Few,
        };
        Ok(Block::new(weights, encoder, rows, place))
    }

    /// Reads a layer norm outside the blocks.
    pub(crate) fn read_norm(
        self,
        checkpoint: &Checkpoint,
        norm: Norm,
        epsilon: f64,
        place: &Place,
    ) -> Result<LayerNorm, ModelError> {
        let name = self.norm(norm);
        let gamma = checkpoint.values(&format!("{name}.weight"))?;
        let beta = checkpoint.values(&format!("{name}.bias"))?;
        Ok(LayerNorm::new(gamma, beta, epsilon, place))
    }

    /// Reads a tower's projection into the common space as `[width, dim]`.
    pub(crate) fn read_projection(
        self,
        checkpoint: &Checkpoint,
        tower: Tower,
        width: usize,
        dim: usize,
    ) -> Result<Vec<f32>, ModelError> {
        let values = checkpoint.values(self.projection(tower))?;
        Ok(match self {
            Self::HuggingFace => transpose(&values, dim, width),
            Self::OpenClip => values,
        })
    }

    /// The name of a tensor outside the blocks.
    pub(crate) fn part(self, part: Part) -> &'static str {
        match (self, part) {
            (Self::HuggingFace, Part::ClassEmbedding) => "vision_model.embeddings.class_embedding",
            (Self::HuggingFace, Part::PatchEmbedding) => "vision_model.embeddings.patch_embedding.weight",
            (Self::HuggingFace, Part::ImagePositions) => "vision_model.embeddings.position_embedding.weight",
            (Self::HuggingFace, Part::TokenEmbedding) => "text_model.embeddings.token_embedding.weight",
            (Self::HuggingFace, Part::TextPositions) => "text_model.embeddings.position_embedding.weight",
            (Self::OpenClip, Part::ClassEmbedding) => "visual.class_embedding",
            (Self::OpenClip, Part::PatchEmbedding) => "visual.conv1.weight",
            (Self::OpenClip, Part::ImagePositions) => "visual.positional_embedding",
            (Self::OpenClip, Part::TokenEmbedding) => "token_embedding.weight",
            (Self::OpenClip, Part::TextPositions) => "positional_embedding",
        }
    }

    fn norm(self, norm: Norm) -> &'static str {
        match (self, norm) {
            // Hugging Face's own spelling.
            (Self::HuggingFace, Norm::ImageBefore) => "vision_model.pre_layrnorm",
            (Self::HuggingFace, Norm::ImageAfter) => "vision_model.post_layernorm",
            (Self::HuggingFace, Norm::TextAfter) => "text_model.final_layer_norm",
            (Self::OpenClip, Norm::ImageBefore) => "visual.ln_pre",
            (Self::OpenClip, Norm::ImageAfter) => "visual.ln_post",
            (Self::OpenClip, Norm::TextAfter) => "ln_final",
        }
    }

    fn block_norms(self) -> [&'static str; 2] {
        match self {
            Self::HuggingFace => ["layer_norm1", "layer_norm2"],
            Self::OpenClip => ["ln_1", "ln_2"],
        }
    }

    fn projection(self, tower: Tower) -> &'static str {
        match (self, tower) {
            (Self::HuggingFace, Tower::Image) => "visual_projection.weight",
            (Self::HuggingFace, Tower::Text) => "text_projection.weight",
            (Self::OpenClip, Tower::Image) => "visual.proj",
            (Self::OpenClip, Tower::Text) => "text_projection",
        }
    }

    fn block(self, tower: Tower, layer: usize) -> String {
        match (self, tower) {
            (Self::HuggingFace, Tower::Image) => format!("vision_model.encoder.layers.{layer}"),
            (Self::HuggingFace, Tower::Text) => format!("text_model.encoder.layers.{layer}"),
            (Self::OpenClip, Tower::Image) => format!("visual.transformer.resblocks.{layer}"),
            (Self::OpenClip, Tower::Text) => format!("transformer.resblocks.{layer}"),
        }
    }
}
