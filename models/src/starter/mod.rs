//! The starter model: small, compiled into the program, there before any download.
//!
//! One image tower with two outputs, the pooled features (look) and their projection into the space of texts (meaning), and one text
//! tower. Its weights are trained by `models/starter/train`.

mod config;
mod question;

use burn::tensor::Tensor;
use sha2::{Digest, Sha256};

pub(crate) use config::StarterConfig;
pub(crate) use question::worded;

use crate::clip::{Layout, TextTower};
use crate::error::ModelError;
use crate::info::Output;
use crate::layers::Dense;
use crate::load::{Checkpoint, Source};
use crate::manifest::Purpose;
use crate::place::Place;
use crate::resnet::ResNet;
use crate::store::Sha256Digest;

/// The id that the user sees.
pub const STARTER_ID: &str = "starter";

/// One line for people.
pub const STARTER_TITLE: &str = "Starter model: knows everyday things; CLIP knows far more";

/// SPDX expression: the project's own.
pub const STARTER_LICENCE: &str = "MIT OR Apache-2.0";

const WEIGHTS: &[u8] = include_bytes!("../../starter/starter.safetensors");
const CONFIG: &str = include_str!("../../starter/config.json");

const PROJECTION_WEIGHT: &str = "image.projection.weight";
const PROJECTION_BIAS: &str = "image.projection.bias";

/// Length of the weights in bytes.
pub fn starter_bytes() -> u64 {
    WEIGHTS.len() as u64
}

/// Hash of the weights.
pub(crate) fn sha256() -> Sha256Digest {
    Sha256::new_with_prefix(WEIGHTS).into()
}

/// The network that was compiled in.
///
/// # Errors
/// [`ModelError::Config`] when the program was built with a configuration that is none.
pub(crate) fn built_in() -> Result<(Source, StarterConfig), ModelError> {
    let source = Source::BuiltIn { name: "the starter model's weights", bytes: WEIGHTS };
    let wrong = |reason| ModelError::Config { path: "the starter model's configuration".into(), reason };
    Ok((source, StarterConfig::parse(CONFIG).map_err(wrong)?))
}

/// Opens a checkpoint and checks the names, shapes and types of all its tensors, those of the other tower included.
///
/// # Errors
/// As [`Checkpoint::open`] and [`Checkpoint::expect`].
pub(crate) fn open(source: &Source, config: &StarterConfig) -> Result<Checkpoint, ModelError> {
    let checkpoint = Checkpoint::open(source)?;
    let plan = config.plan();
    let mut tensors = plan.tensors();
    tensors.insert(PROJECTION_WEIGHT.into(), vec![config.dimensions, plan.features()]);
    tensors.insert(PROJECTION_BIAS.into(), vec![config.dimensions]);
    tensors.extend(LAYOUT.text_tensors(&config.text(), config.dimensions));
    checkpoint.expect(&tensors, |_| false)?;
    Ok(checkpoint)
}

/// The text tower's names are those of Hugging Face's CLIP.
const LAYOUT: Layout = Layout::HuggingFace;

/// Reads the text tower of a checkpoint from [`open`].
///
/// # Errors
/// [`ModelError::Tensor`] when a tensor is unreadable or not finite.
pub(crate) fn read_text_tower(
    checkpoint: &Checkpoint,
    config: &StarterConfig,
    place: &Place,
) -> Result<TextTower, ModelError> {
    TextTower::read(checkpoint, LAYOUT, &config.text(), config.dimensions, place)
}

/// What the image tower makes of a picture, in the order of its answer's columns.
pub(crate) fn outputs(config: &StarterConfig) -> Vec<Output> {
    vec![
        Output { purpose: Purpose::Meaning, dim: config.dimensions },
        Output { purpose: Purpose::Look, dim: config.plan().features() },
    ]
}

/// Picture → pooled features, and their projection into the space of texts.
#[derive(Debug)]
pub(crate) struct ImageTower {
    features: ResNet,
    projection: Dense,
}

impl ImageTower {
    /// Reads the tower of a checkpoint from [`open`].
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when a tensor is unreadable or not finite.
    pub(crate) fn read(
        checkpoint: &Checkpoint,
        config: &StarterConfig,
        place: &Place,
    ) -> Result<Self, ModelError> {
        let plan = config.plan();
        let (weight, bias) = (checkpoint.values(PROJECTION_WEIGHT)?, checkpoint.values(PROJECTION_BIAS)?);
        let shape = [config.dimensions, plan.features()];
        Ok(Self {
            features: ResNet::read(checkpoint, &plan, place)?,
            projection: Dense::from_pytorch(&weight, shape, Some(bias), place),
        })
    }

    /// `[pictures, dimensions + features]`, not normalised: the columns of meaning, then those of look. `pictures` are RGB,
    /// `side` × `side` × 3 bytes; `colours` makes numbers of bytes.
    pub(crate) fn forward(&self, pictures: &[&[u8]], side: usize, colours: &[[f32; 256]; 3]) -> Tensor<2> {
        let look = self.features.forward(pictures, side, colours);
        let meaning = self.projection.forward(look.clone());
        Tensor::cat(vec![meaning, look], 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_network_that_is_compiled_in_is_whole_and_small() {
        let (source, config) = built_in().unwrap();
        let checkpoint = open(&source, &config).unwrap();
        ImageTower::read(&checkpoint, &config, &Place::cpu()).unwrap();
        read_text_tower(&checkpoint, &config, &Place::cpu()).unwrap();
        assert!(starter_bytes() <= 16_000_000, "{} bytes", starter_bytes());
    }
}
