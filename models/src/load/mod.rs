//! Checkpoints: files of named tensors, checked before a single number of them is used.

mod checkpoint;

pub(crate) use checkpoint::Checkpoint;
