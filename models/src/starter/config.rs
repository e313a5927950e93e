//! The shape of a starter network, as its `config.json` tells it.

use std::path::Path;

use serde::Deserialize;

use super::question::PLACE;
use crate::clip;
use crate::cpu::epilogue::Activation;
use crate::error::ModelError;
use crate::preprocess::{Filter, Normalisation, Preprocess};
use crate::resnet::{BlockKind, Plan, Shape};
use crate::tokenizer::MAX_MERGES;

/// The layout of the file that this code reads.
const FORMAT: u32 = 1;

/// What stands before the names of the image tower's tensors.
const IMAGE: &str = "image.";

/// Limits that no sensible network reaches; beyond them a file asks for absurd amounts of memory.
const MAX_SIDE: u32 = 2048;
const MAX_LAYERS: usize = 256;
const MAX_WIDTH: usize = 1 << 14;
const MAX_WORDINGS: usize = 64;

/// Both towers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct StarterConfig {
    format: u32,
    /// Of the weights: part of what makes vectors comparable.
    pub(crate) version: u32,
    /// Of the space that texts and pictures share.
    pub(crate) dimensions: usize,
    image: ImageConfig,
    text: TextConfig,
}

/// The image tower: a residual network without a max pooling.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct ImageConfig {
    /// Of the picture in pixels.
    side: u32,
    filter: Filter,
    mean: [f32; 3],
    std: [f32; 3],
    stem: Stem,
    block: BlockKind,
    /// Of each stage.
    widths: Vec<usize>,
    blocks: Vec<usize>,
}

/// The first convolution.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Stem {
    side: usize,
    stride: usize,
}

/// The text tower: CLIP's, smaller.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct TextConfig {
    /// Of CLIP's tokenizer, so many from the first.
    merges: usize,
    vocabulary: usize,
    context: usize,
    width: usize,
    heads: usize,
    layers: usize,
    activation: Gelu,
    /// In which a question of few words is asked; "{}" stands for it.
    #[serde(default)]
    wordings: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Gelu {
    QuickGelu,
    Gelu,
}

impl StarterConfig {
    /// Reads the file of a model folder.
    ///
    /// # Errors
    /// [`ModelError::Io`], and [`ModelError::Config`] for what describes no network that this crate can run.
    pub(crate) fn read(path: &Path) -> Result<Self, ModelError> {
        let text = std::fs::read_to_string(path).map_err(|e| ModelError::io(path, e))?;
        Self::parse(&text).map_err(|reason| ModelError::Config { path: path.to_path_buf(), reason })
    }

    /// Reads the text of such a file.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let config: Self =
            serde_json::from_str(text).map_err(|e| format!("no configuration of a starter model: {e}"))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        if self.format != FORMAT {
            return Err(format!("format {} instead of {FORMAT}", self.format));
        }
        let is_width = |width: &usize| (1..=MAX_WIDTH).contains(width);
        let ImageConfig { side, stem, widths, blocks, std, .. } = &self.image;
        let whole_layers = blocks.iter().all(|count| (1..=MAX_LAYERS).contains(count));
        if widths.is_empty() || widths.len() != blocks.len() || !whole_layers || !widths.iter().all(is_width)
        {
            return Err(format!("stages of the widths {widths:?} with {blocks:?} blocks make no network"));
        }
        let window = stem.side % 2 == 1 && stem.stride > 0 && stem.side <= *side as usize;
        if !window || *side > MAX_SIDE || widths.len() > MAX_LAYERS {
            return Err(format!(
                "a first convolution of {} pixels and stride {} on {side} pixels makes no network",
                stem.side, stem.stride
            ));
        }
        if !std.iter().all(|deviation| *deviation > 0.0) {
            return Err(format!("deviations of {std:?} are none"));
        }
        let TextConfig { merges, vocabulary, context, width, heads, layers, ref wordings, .. } = self.text;
        if merges > MAX_MERGES || vocabulary != 512 + merges + 2 {
            return Err(format!("{merges} merges make no vocabulary of {vocabulary} tokens"));
        }
        let divided = heads > 0 && width.is_multiple_of(heads);
        if !divided || !is_width(&width) || !(1..=MAX_LAYERS).contains(&layers) || context < 2 {
            return Err(format!(
                "{layers} layers of width {width} with {heads} heads for {context} tokens make no network"
            ));
        }
        if wordings.len() > MAX_WORDINGS {
            return Err(format!("{} wordings of a question are more than {MAX_WORDINGS}", wordings.len()));
        }
        if let Some(wording) = wordings.iter().find(|wording| !wording.contains(PLACE)) {
            return Err(format!("the wording \"{wording}\" has no {PLACE} for the question"));
        }
        match is_width(&self.dimensions) {
            true => Ok(()),
            false => Err(format!("a space of {} dimensions is none", self.dimensions)),
        }
    }

    /// How the image tower wants its pictures.
    pub(crate) fn preprocess(&self) -> Preprocess {
        let ImageConfig { side, filter, mean, std, .. } = self.image;
        Preprocess::starter(side, filter, Normalisation { mean, std })
    }

    /// The image tower's convolutions.
    pub(crate) fn plan(&self) -> Plan {
        let ImageConfig { stem, block, widths, blocks, .. } = &self.image;
        Plan::new(&Shape {
            prefix: IMAGE,
            stem: (stem.side, stem.stride),
            pooled: false,
            block: *block,
            widths,
            blocks,
        })
    }

    /// The text tower.
    pub(crate) fn text(&self) -> clip::TextConfig {
        let TextConfig { vocabulary, context, width, heads, layers, activation, .. } = self.text;
        let activation = match activation {
            Gelu::QuickGelu => Activation::QuickGelu,
            Gelu::Gelu => Activation::Gelu,
        };
        let encoder =
            clip::EncoderConfig { width, layers, heads, hidden: 4 * width, activation, epsilon: 1e-5 };
        clip::TextConfig { vocabulary, context, encoder }
    }

    /// In which a question of few words is asked.
    pub(crate) fn wordings(&self) -> &[String] {
        &self.text.wordings
    }

    /// How many of CLIP's merges its tokenizer has.
    pub(crate) fn merges(&self) -> usize {
        self.text.merges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"{"format": 1, "version": 3, "dimensions": 20,
        "image": {"side": 48, "filter": "bicubic", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
                  "stem": {"side": 3, "stride": 2}, "block": "basic", "widths": [8, 12], "blocks": [1, 2]},
        "text": {"merges": 16000, "vocabulary": 16514, "context": 32, "width": 16, "heads": 2, "layers": 2,
                 "activation": "quick_gelu", "wordings": ["{}", "a photo of a {}"]}}"#;

    #[test]
    fn a_configuration_tells_both_towers() {
        let config = StarterConfig::parse(CONFIG).unwrap();
        assert_eq!((config.version, config.dimensions, config.merges()), (3, 20, 16_000));
        assert_eq!(config.preprocess().side(), 48);
        assert_eq!(config.preprocess().normalisation(), &Normalisation::IMAGENET);
        let plan = config.plan();
        assert_eq!((plan.features(), plan.blocks.len(), plan.pooled), (12, 3, false));
        assert_eq!((plan.stem.side, plan.stem.stride, plan.stem.outputs), (3, 2, 8));
        let text = config.text();
        assert_eq!((text.vocabulary, text.context, text.encoder.hidden), (16_514, 32, 64));
        assert_eq!(text.encoder.activation, Activation::QuickGelu);
        assert_eq!(config.wordings(), ["{}", "a photo of a {}"]);
        let silent = CONFIG.replace(", \"wordings\": [\"{}\", \"a photo of a {}\"]", "");
        assert!(StarterConfig::parse(&silent).unwrap().wordings().is_empty());
    }

    #[test]
    fn what_is_no_starter_network_is_refused_with_a_reason() {
        for (from, to, reason) in [
            ("\"format\": 1", "\"format\": 2", "format 2"),
            ("\"dimensions\": 20,", "", "dimensions"),
            ("\"dimensions\": 20", "\"dimensions\": 0", "0 dimensions"),
            ("bicubic", "nearest", "nearest"),
            ("\"basic\"", "\"dense\"", "dense"),
            ("[8, 12]", "[8]", "[8]"),
            ("[8, 12]", "[8, 0]", "[8, 0]"),
            ("[1, 2]", "[1, 1000000]", "1000000"),
            ("0.229", "0.0", "deviations"),
            ("\"stride\": 2", "\"stride\": 0", "stride 0"),
            ("\"side\": 3", "\"side\": 4", "4 pixels"),
            ("\"side\": 48", "\"side\": 100000", "100000 pixels"),
            ("16514", "16512", "16512 tokens"),
            (
                "\"merges\": 16000, \"vocabulary\": 16514",
                "\"merges\": 60000, \"vocabulary\": 60514",
                "60000 merges",
            ),
            ("\"heads\": 2", "\"heads\": 3", "3 heads"),
            ("\"heads\": 2", "\"heads\": 0", "0 heads"),
            ("\"layers\": 2", "\"layers\": 0", "0 layers"),
            ("quick_gelu", "swish", "swish"),
            ("a photo of a {}", "a photo", "\"a photo\""),
        ] {
            assert!(CONFIG.contains(from), "{from}");
            let error = StarterConfig::parse(&CONFIG.replace(from, to)).unwrap_err();
            assert!(error.contains(reason), "{from} -> {to}: {error}");
        }
    }
}
