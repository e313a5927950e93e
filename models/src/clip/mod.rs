//! CLIP (Radford et al., *Learning Transferable Visual Models From Natural Language Supervision*, 2021): one space for pictures and
//! sentences.

mod config;
mod differences;
mod keys;
mod text;
mod transformer;
mod vision;

pub(crate) use config::{ClipConfig, EncoderConfig, TextConfig};
pub(crate) use keys::Layout;
pub(crate) use text::TextTower;
pub(crate) use vision::ImageTower;

use crate::error::ModelError;
use crate::load::{Checkpoint, Source};

/// Opens a CLIP checkpoint and checks the names, shapes and types of all its tensors, those of the other tower included.
///
/// # Errors
/// As [`Checkpoint::open`] and [`Checkpoint::expect`].
pub(crate) fn open(source: &Source, config: &ClipConfig) -> Result<(Checkpoint, Layout), ModelError> {
    let checkpoint = Checkpoint::open(source)?;
    let layout = Layout::of(&checkpoint);
    checkpoint.expect(&layout.tensors(config), keys::is_buffer)?;
    Ok((checkpoint, layout))
}
