//! What the library answers. These serialise to the objects that `kindred --json` prints.

use std::path::{Path, PathBuf};

use kindred_models::{DeviceReport, Purpose};
use serde::{Serialize, Serializer};

use crate::ids::PhotoId;

/// Photos in order of likeness.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchAnswer {
    /// Id of the model that answered; absent when the query had only filters.
    pub model: Option<String>,
    /// Time from the question to the answer, model loading included, in milliseconds.
    pub took_ms: f64,
    /// How many of all results, from the first, stand out from the rest of the library.
    pub strong: usize,
    /// How many results there are to page through.
    pub total: usize,
    /// What the network ran on; absent when none ran, because the vectors were known or there were only filters.
    pub device: Option<DeviceReport>,
    /// The page that was asked for.
    pub results: Vec<SearchResult>,
}

/// One photo of an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchResult {
    /// Place in the whole answer, from 1.
    pub rank: usize,
    /// The photo, whatever its file is called.
    pub id: PhotoId,
    /// Where the file is.
    #[serde(serialize_with = "readable")]
    pub path: PathBuf,
    /// Cosine similarity, −1 to 1; absent when the query had only filters.
    pub score: Option<f32>,
    /// The photo's folder cannot be reached now.
    pub offline: bool,
}

/// A unit vector.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EmbedAnswer {
    /// Id of the model.
    pub model: String,
    /// Number of components.
    pub dim: usize,
    /// The components; their squares add up to 1.
    pub vector: Vec<f32>,
    /// What the network ran on.
    pub device: Option<DeviceReport>,
}

/// What an indexing job did. `found = indexed + unchanged + failed + remaining`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct IndexReport {
    /// Photo files in the reachable folders, and folders and links there that cannot be followed.
    pub found: u64,
    /// Photos brought up to date by this job.
    pub indexed: u64,
    /// Photos that were up to date before.
    pub unchanged: u64,
    /// Photos that cannot be read, now or when last tried.
    pub failed: u64,
    /// Photos in folders that cannot be reached; nothing of theirs is forgotten.
    pub offline: u64,
    /// Photos known by their content at a new path; they keep everything.
    pub moved: u64,
    /// Photos whose file is gone.
    pub missing: u64,
    /// Photos left for the next run, after an interruption.
    pub remaining: u64,
    /// How long the job took.
    pub seconds: f64,
    /// The job was interrupted by the user.
    pub cancelled: bool,
    /// Ids of the models whose vectors are now there for every indexed photo.
    pub models: Vec<String>,
    /// What the networks ran on; absent when none ran.
    pub device: Option<DeviceReport>,
    /// The photos behind `failed`.
    pub failures: Vec<Failure>,
}

/// A photo that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The file or folder.
    #[serde(serialize_with = "readable")]
    pub path: PathBuf,
    /// Why, in words.
    pub reason: String,
}

/// A folder of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FolderStatus {
    /// Where it is.
    #[serde(serialize_with = "readable")]
    pub path: PathBuf,
    /// The last scan could reach it, and it can be listed now.
    pub online: bool,
    /// Photos known in it.
    pub photos: u64,
}

/// A folder was taken out of the library. Its files are untouched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemovedFolder {
    /// Where it is.
    #[serde(serialize_with = "readable")]
    pub path: PathBuf,
    /// How many photos the library forgot with it.
    pub photos: u64,
}

/// A photo of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhotoEntry {
    /// Which one; absent for a folder or a link that the scan could not follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<PhotoId>,
    /// Where the file is.
    #[serde(serialize_with = "readable")]
    pub path: PathBuf,
    /// `pending`, `ready` or `failed`.
    pub state: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its folder cannot be reached now.
    pub offline: bool,
}

/// The library at a glance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// The library's folder.
    #[serde(serialize_with = "readable")]
    pub library: PathBuf,
    /// Photos by state.
    pub photos: PhotoCounts,
    /// Its folders.
    pub folders: Vec<FolderStatus>,
    /// The models it is indexed with, or is going to be; one that makes vectors for several purposes is named for each.
    pub models: Vec<IndexedModel>,
    /// Id of the model that answers text searches; absent when the one that is remembered is not to be had.
    pub meaning: Option<String>,
    /// Id of the model that answers "looks like"; absent as `meaning` is.
    pub look: Option<String>,
    /// Installed models that answer as soon as they have seen what the starter model has.
    pub switching: Vec<Switch>,
    /// Bytes on disk: catalog, vectors and thumbnails.
    pub bytes: u64,
}

/// Photos by state. Deleted ones are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PhotoCounts {
    /// All of them.
    pub total: u64,
    /// Read, with metadata and thumbnail.
    pub ready: u64,
    /// Found, not yet read.
    pub pending: u64,
    /// Could not be read.
    pub failed: u64,
    /// In folders that cannot be reached now.
    pub offline: u64,
}

/// How far the library is indexed with one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexedModel {
    /// Model id.
    pub id: String,
    /// What its vectors are for, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Version of decoding and preprocessing.
    pub pipeline_version: u32,
    /// Number of components of a vector.
    pub dim: usize,
    /// Photos that have a vector of it.
    pub photos: u64,
}

/// One model answers until another has seen as many photos. Only photos that can be read now are counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Switch {
    /// What for.
    pub purpose: Purpose,
    /// Id of the model that answers.
    pub from: String,
    /// Id of the model that will.
    pub to: String,
    /// Photos that have a vector of the model that will answer.
    pub photos: u64,
    /// Photos that have a vector of the model that answers.
    pub of: u64,
}

/// What `doctor` found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DoctorReport {
    /// Everything below is in order.
    pub healthy: bool,
    /// The device that the networks run on, and why; absent when none can be opened.
    pub device: Option<DeviceReport>,
    /// One line for each thing looked at.
    pub checks: Vec<Check>,
}

/// One thing that `doctor` looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: String,
    /// It is in order.
    pub ok: bool,
    /// What was seen.
    pub detail: String,
}

/// A path as text. JSON has no words for a name that is not Unicode: its odd bytes become U+FFFD.
pub(super) fn readable<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}
