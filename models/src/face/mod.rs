//! Faces: where they are (YuNet), turned upright (a similarity transform), and whose they are (MobileFaceNet).
//!
//! Both networks are read from the ONNX files that their authors publish: names and order of the operators are checked, the numbers are
//! taken, and nothing of the file is executed. Pictures are upright RGB, row-major, three bytes a pixel.

mod align;
mod area;
mod close_ups;
mod decode;
mod detector;
mod embedder;
mod mobilefacenet;
mod onnx;
mod planes;
mod scaling;
mod stem;
mod yunet;

use std::path::PathBuf;

use crate::error::ModelError;
use crate::info::{ModelInfo, Output};
use crate::manifest::{FileRole, manifest};
use crate::store::ModelStore;

pub use align::{AlignedFace, align};
pub use area::{DetectedFace, FaceBox};
pub use detector::FaceDetector;
pub use embedder::FaceEmbedder;

/// The checked weights of an installed model.
fn installed(store: &ModelStore, id: &str) -> Result<PathBuf, ModelError> {
    let weights = store.files(id)?.into_iter().find(|file| file.role == FileRole::Weights);
    let missing = || ModelError::NotInstalled { id: id.to_owned(), reason: "the weights are missing".into() };
    weights.map(|file| file.path).ok_or_else(missing)
}

/// What the manifest that was compiled in says of a model.
fn known_model(id: &str) -> Result<ModelInfo, ModelError> {
    let entry =
        manifest().get(id).ok_or_else(|| ModelError::UnknownModel { id: id.into(), known: String::new() })?;
    let output = Output { purpose: entry.purpose, dim: entry.dim };
    Ok(ModelInfo {
        id: entry.id.clone(),
        title: entry.title.clone(),
        network: entry.network,
        outputs: (entry.dim > 0).then_some(output).into_iter().collect(),
        pipeline_version: entry.pipeline_version,
    })
}
