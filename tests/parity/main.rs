//! The networks against the libraries they come from, with small random checkpoints in every published layout.
//!
//! `generate.py` makes the checkpoints and writes down what `transformers`, `open_clip`, `torchvision` and `timm` answer. The same
//! comparison at full size is `cargo xtask parity`. The starter model is compared as it is, with answers that `starter.py` wrote down; so
//! are the face networks, where their files are at hand, with what OpenCV answers.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod answers;
mod broken;
mod faces;
mod fixtures;
mod golden;
mod preparing;
mod software_gpu;
mod starter;
