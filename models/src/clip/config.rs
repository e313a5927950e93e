//! The shape of a CLIP network, as `config.json` tells it.

use std::path::Path;

use serde_json::Value;

use super::differences;
use crate::cpu::epilogue::Activation;
use crate::error::ModelError;

/// The largest published towers have 48.
const MAX_LAYERS: usize = 256;

/// Both towers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClipConfig {
    /// Dimension of the common space.
    pub(crate) dim: usize,
    pub(crate) image: ImageConfig,
    pub(crate) text: TextConfig,
}

/// The image tower.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ImageConfig {
    /// Side of the picture in pixels.
    pub(crate) side: usize,
    /// Side of a patch in pixels.
    pub(crate) patch: usize,
    pub(crate) encoder: EncoderConfig,
}

impl ImageConfig {
    /// Patches of one picture.
    pub(crate) fn patches(&self) -> usize {
        (self.side / self.patch).pow(2)
    }
}

/// The text tower.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextConfig {
    pub(crate) vocabulary: usize,
    /// The longest sequence of tokens.
    pub(crate) context: usize,
    pub(crate) encoder: EncoderConfig,
}

/// A stack of transformer blocks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EncoderConfig {
    pub(crate) width: usize,
    pub(crate) layers: usize,
    pub(crate) heads: usize,
    /// Width inside the MLP.
    pub(crate) hidden: usize,
    pub(crate) activation: Activation,
    pub(crate) epsilon: f64,
}

impl ClipConfig {
    /// ViT-B/32, the default network; its first publication has no usable `config.json` beside the weights.
    pub(crate) fn vit_b_32(activation: Activation) -> Self {
        let encoder = |width, heads| EncoderConfig {
            width,
            layers: 12,
            heads,
            hidden: 4 * width,
            activation,
            epsilon: 1e-5,
        };
        Self {
            dim: 512,
            image: ImageConfig { side: 224, patch: 32, encoder: encoder(768, 12) },
            text: TextConfig { vocabulary: 49_408, context: 77, encoder: encoder(512, 8) },
        }
    }

    /// Reads a `config.json` of `transformers`, or an `open_clip_config.json`. A `preprocessor_config.json` beside it must ask for
    /// CLIP's preprocessing.
    ///
    /// # Errors
    /// [`ModelError::Io`] when a file cannot be read, [`ModelError::Config`] when it is not the configuration of a CLIP network that this
    /// crate can run.
    pub(crate) fn read(path: &Path) -> Result<Self, ModelError> {
        let wrong = |path: &Path| {
            let path = path.to_path_buf();
            move |reason| ModelError::Config { path, reason }
        };
        let text = std::fs::read_to_string(path).map_err(|e| ModelError::io(path, e))?;
        let config = Self::parse(&text).map_err(wrong(path))?;
        let preprocessor = path.with_file_name("preprocessor_config.json");
        match std::fs::read_to_string(&preprocessor) {
            Ok(text) => json(&text)
                .and_then(|root| differences::check_preprocessor(&root))
                .map_err(wrong(&preprocessor))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(ModelError::io(&preprocessor, error)),
        }
        Ok(config)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let root = json(text)?;
        let config = match root.get("model_cfg") {
            Some(model) => {
                differences::check_open_clip(&root)?;
                Self::from_open_clip(model)?
            }
            None => Self::from_transformers(&root)?,
        };
        config.check()?;
        Ok(config)
    }

    /// `transformers` leaves out what equals its defaults, so each value has one here.
    fn from_transformers(root: &Value) -> Result<Self, String> {
        match root.get("model_type").and_then(Value::as_str) {
            Some("clip") => {}
            Some(other) => return Err(format!("model_type is \"{other}\", not \"clip\"")),
            None => return Err("it has no model_type; a CLIP configuration says \"clip\"".into()),
        }
        let image = Section::of(root, "vision_config");
        let text = Section::of(root, "text_config");
        Ok(Self {
            dim: Section(vec![root]).number("projection_dim", 512)?,
            image: ImageConfig {
                side: image.number("image_size", 224)?,
                patch: image.number("patch_size", 32)?,
                encoder: image.encoder(768, 12, 3072)?,
            },
            text: TextConfig {
                vocabulary: text.number("vocab_size", 49_408)?,
                context: text.number("max_position_embeddings", 77)?,
                encoder: text.encoder(512, 8, 2048)?,
            },
        })
    }

    fn from_open_clip(model: &Value) -> Result<Self, String> {
        let activation = match model.get("quick_gelu").and_then(Value::as_bool) {
            Some(true) => Activation::QuickGelu,
            _ => Activation::Gelu,
        };
        let empty = Value::Null;
        let image = Section(vec![model.get("vision_cfg").unwrap_or(&empty)]);
        let text = Section(vec![model.get("text_cfg").unwrap_or(&empty)]);
        let encoder = |section: &Section<'_>, width: usize, heads: usize| {
            let hidden =
                (width as f64 * section.get("mlp_ratio").and_then(Value::as_f64).unwrap_or(4.0)) as usize;
            let layers = section.number("layers", 12)?;
            Ok::<_, String>(EncoderConfig { width, layers, heads, hidden, activation, epsilon: 1e-5 })
        };
        let image_width = image.number("width", 768)?;
        let text_width = text.number("width", 512)?;
        Ok(Self {
            dim: Section(vec![model]).number("embed_dim", 512)?,
            image: ImageConfig {
                side: image.number("image_size", 224)?,
                patch: image.number("patch_size", 16)?,
                encoder: encoder(&image, image_width, image_width / image.number("head_width", 64)?.max(1))?,
            },
            text: TextConfig {
                vocabulary: text.number("vocab_size", 49_408)?,
                context: text.number("context_length", 77)?,
                encoder: encoder(&text, text_width, text.number("heads", 8)?)?,
            },
        })
    }

    /// Refuses what would divide by zero or ask for absurd amounts of memory.
    fn check(&self) -> Result<(), String> {
        let image = &self.image;
        if image.patch == 0 || image.side < image.patch || image.side > 2048 {
            return Err(format!(
                "patches of {} in pictures of {} pixels make no network",
                image.patch, image.side
            ));
        }
        if self.dim == 0 || self.text.context == 0 || self.text.vocabulary == 0 {
            return Err("a dimension, context or vocabulary of zero makes no network".into());
        }
        for encoder in [&image.encoder, &self.text.encoder] {
            if encoder.heads == 0
                || !(1..=MAX_LAYERS).contains(&encoder.layers)
                || encoder.hidden == 0
                || !encoder.width.is_multiple_of(encoder.heads.max(1))
            {
                return Err(format!(
                    "{} layers of width {} with {} heads make no network",
                    encoder.layers, encoder.width, encoder.heads
                ));
            }
        }
        Ok(())
    }
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|e| format!("not JSON: {e}"))
}

/// Objects that are looked through in order, the first that has a value wins.
struct Section<'a>(Vec<&'a Value>);

impl<'a> Section<'a> {
    /// Old configurations repeat a section as `…_dict`, whose values win when they are there.
    fn of(root: &'a Value, name: &str) -> Self {
        let repeated = format!("{name}_dict");
        Self(
            [repeated.as_str(), name]
                .iter()
                .filter_map(|key| root.get(key))
                .filter(|v| v.is_object())
                .collect(),
        )
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        self.0.iter().find_map(|object| object.get(key)).filter(|v| !v.is_null())
    }

    fn number(&self, key: &str, default: usize) -> Result<usize, String> {
        match self.get(key) {
            None => Ok(default),
            Some(value) => value
                .as_u64()
                .and_then(|n| usize::try_from(n).ok())
                .filter(|n| *n <= 1 << 24)
                .ok_or_else(|| format!("\"{key}\" is {value}, not a sensible number")),
        }
    }

    fn encoder(&self, width: usize, heads: usize, hidden: usize) -> Result<EncoderConfig, String> {
        let width = self.number("hidden_size", width)?;
        let activation = match self.get("hidden_act").map(|v| v.as_str().unwrap_or_default()) {
            None | Some("quick_gelu") => Activation::QuickGelu,
            Some("gelu") => Activation::Gelu,
            Some(other) => {
                return Err(format!("hidden_act \"{other}\" is not supported (quick_gelu and gelu are)"));
            }
        };
        Ok(EncoderConfig {
            width,
            layers: self.number("num_hidden_layers", 12)?,
            heads: self.number("num_attention_heads", heads)?,
            hidden: self.number("intermediate_size", hidden)?,
            activation,
            epsilon: self.get("layer_norm_eps").and_then(Value::as_f64).unwrap_or(1e-5),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_of_defaults_is_vit_b_32_with_quick_gelu() {
        let config =
            ClipConfig::parse(r#"{"model_type": "clip", "text_config": {}, "vision_config": {}}"#).unwrap();
        assert_eq!(config, ClipConfig::vit_b_32(Activation::QuickGelu));
        assert_eq!(config.image.patches(), 49);
    }

    #[test]
    fn vit_l_14_with_exact_gelu_is_read_from_both_kinds_of_file() {
        let transformers = r#"{"model_type": "clip", "projection_dim": 768,
            "text_config_dict": {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12, "hidden_act": "gelu"},
            "text_config": {"hidden_size": 512},
            "vision_config": {"hidden_size": 1024, "intermediate_size": 4096, "num_attention_heads": 16, "num_hidden_layers": 24,
                              "patch_size": 14, "hidden_act": "gelu"}}"#;
        let open_clip = r#"{"model_cfg": {"embed_dim": 768,
            "vision_cfg": {"image_size": 224, "layers": 24, "width": 1024, "patch_size": 14},
            "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 768, "heads": 12, "layers": 12}}}"#;
        let config = ClipConfig::parse(transformers).unwrap();
        assert_eq!(config, ClipConfig::parse(open_clip).unwrap());
        assert_eq!((config.image.encoder.heads, config.image.patches(), config.dim), (16, 256, 768));
        assert_eq!(config.image.encoder.activation, Activation::Gelu);
    }

    #[test]
    fn what_is_no_clip_network_is_refused_with_a_reason() {
        for (text, reason) in [
            ("{", "not JSON"),
            ("{}", "no model_type"),
            (r#"{"model_type": "bert"}"#, "\"bert\""),
            (r#"{"model_type": "clip", "vision_config": {"hidden_act": "swish"}}"#, "swish"),
            (r#"{"model_type": "clip", "vision_config": {"patch_size": 0}}"#, "patches of 0"),
            (r#"{"model_type": "clip", "text_config": {"num_attention_heads": 7}}"#, "7 heads"),
            (r#"{"model_type": "clip", "text_config": {"num_hidden_layers": 1000000}}"#, "1000000 layers"),
            (r#"{"model_type": "clip", "projection_dim": -1}"#, "projection_dim"),
            (r#"{"model_cfg": {}, "preprocess_cfg": {"mean": [0, 0, 0]}}"#, "mean"),
        ] {
            let error = ClipConfig::parse(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
