//! The networks behind Kindred, in burn: CLIP for meaning, ResNet50 for look, the starter model for both until they are there, YuNet and
//! MobileFaceNet for faces.
//!
//! Plain data in, plain data out: RGB pictures and sentences become [`Embedding`]s, and faces are boxes. No type of burn leaves this
//! crate, so that the library above it knows vectors and nothing of tensors or devices.

mod clip;
mod content;
mod cpu;
mod device;
mod download;
mod embedder;
mod embedding;
mod error;
mod face;
mod info;
mod layers;
mod load;
mod manifest;
mod place;
mod preprocess;
mod resnet;
mod resolve;
mod starter;
mod store;
#[cfg(test)]
mod test_data;
mod tokenizer;
mod verify;

pub use device::{Compute, DeviceChoice, DeviceKind, DeviceReport, UnknownDevice, release_gpu_sentinels};
pub use download::{DownloadOptions, DownloadPhase, DownloadProgress, MIRROR_VARIABLE, Mirror, ProxySetting};
pub use embedder::{ImageEmbedder, TextEmbedder};
pub use embedding::Embedding;
pub use error::{DownloadFailure, ModelError, TensorProblem};
pub use face::{AlignedFace, DetectedFace, FaceBox, FaceDetector, FaceEmbedder, align};
pub use info::{ModelInfo, Output, model_of_space};
pub use manifest::{
    FileRole, FileVariant, Manifest, ModelEntry, ModelFile, NetworkKind, Preprocessing, Purpose, manifest,
};
pub use preprocess::{Normalisation, PreparedImage, Preprocess};
pub use resolve::{ModelRef, ResolvedModel, resolve};
pub use starter::{STARTER_ID, STARTER_LICENCE, STARTER_TITLE, starter_bytes};
pub use store::{InstallState, InstalledFile, ModelStore, Sha256Digest};
pub use tokenizer::{CONTEXT_LENGTH, ClipTokenizer, END_OF_TEXT, MAX_MERGES, START_OF_TEXT};
pub use verify::{Check, VerifyReport, verify};
