//! Checkpoints: files of named tensors, checked before a single number of them is used.

mod checkpoint;
mod safetensors_file;
mod source;

pub(crate) use checkpoint::Checkpoint;
pub(crate) use source::Source;
