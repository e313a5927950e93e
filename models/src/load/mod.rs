//! Checkpoints: files of named tensors, checked before a single number of them is used.

mod checkpoint;
mod safetensors_file;

pub(crate) use checkpoint::Checkpoint;
