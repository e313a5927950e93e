//! The library at a glance.

use kindred_core::{DeviceKind, DeviceReport};
use serde::Serialize;

use super::Purpose;

/// The library at a glance. Cheap to ask for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct LibraryStatus {
    /// What can be done with it.
    pub state: LibraryState,
    pub photos: PhotoCounts,
    pub folders: Vec<FolderEntry>,
    /// Every model that has seen photos, or is going to.
    pub models: Vec<IndexedModel>,
    /// Id of the model that answers searches; absent when the one that is remembered is not to be had.
    pub meaning: Option<String>,
    /// Id of the model that answers "looks like"; absent as `meaning` is.
    pub look: Option<String>,
    /// Models that answer as soon as they have seen enough.
    pub switching: Vec<Switch>,
    /// What networks run on; absent until one was needed.
    pub device: Option<DeviceInUse>,
    /// Grows whenever photos change.
    pub revision: u64,
}

/// What can be done with the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum LibraryState {
    /// It is being opened; ask again at the event `library`.
    Opening,
    /// It has no folders yet.
    Empty,
    Ready,
    /// The database cannot be read; `repair_library` begins a new one.
    Damaged,
    /// A newer version of Kindred made it.
    Newer,
    /// It cannot be opened for another reason, which every question tells.
    Unreachable,
}

/// Photos by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhotoCounts {
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

/// A folder that the user added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct FolderEntry {
    pub id: i64,
    pub path: String,
    /// Its last name.
    pub name: String,
    /// It can be reached.
    pub online: bool,
    /// Photos in it and below.
    pub photos: u64,
    /// Folders below it that hold photos, flattened, sorted.
    pub subfolders: Vec<Subfolder>,
}

/// A folder below one that the user added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subfolder {
    /// Its last name.
    pub name: String,
    /// Its path from the added folder, with `/` between names.
    pub relative: String,
    /// Photos in it and below.
    pub photos: u64,
}

/// How far the library is indexed with one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct IndexedModel {
    pub id: String,
    /// What its vectors are for, where that is known.
    pub purpose: Option<Purpose>,
    /// Version of decoding and preprocessing.
    pub pipeline_version: u32,
    /// Photos that have a vector of it.
    pub photos: u64,
}

/// One model answers until another has seen as many photos.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Switch {
    pub purpose: Purpose,
    /// Id of the model that answers.
    pub from: String,
    /// Id of the model that will.
    pub to: String,
    /// Photos that the coming model has seen.
    pub photos: u64,
    /// Photos that it is to see first.
    pub of: u64,
}

/// What networks run on, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeviceInUse {
    #[cfg_attr(test, ts(type = "\"gpu\" | \"cpu\""))]
    pub kind: &'static str,
    /// The GPU as its driver calls it; for the CPU the number of threads.
    pub name: String,
    /// Completes a sentence that ends in "because", in English.
    pub reason: String,
}

impl From<DeviceReport> for DeviceInUse {
    fn from(report: DeviceReport) -> Self {
        let kind = match report.kind {
            DeviceKind::Gpu => "gpu",
            DeviceKind::Cpu => "cpu",
        };
        Self { kind, name: report.name, reason: report.reason }
    }
}

impl From<kindred_core::IndexedModel> for IndexedModel {
    fn from(model: kindred_core::IndexedModel) -> Self {
        Self {
            id: model.id,
            purpose: model.purpose.map(Into::into),
            pipeline_version: model.pipeline_version,
            photos: model.photos,
        }
    }
}

impl From<kindred_core::Switch> for Switch {
    fn from(switch: kindred_core::Switch) -> Self {
        let kindred_core::Switch { purpose, from, to, photos, of } = switch;
        Self { purpose: purpose.into(), from, to, photos, of }
    }
}

impl From<kindred_core::PhotoCounts> for PhotoCounts {
    fn from(counts: kindred_core::PhotoCounts) -> Self {
        let kindred_core::PhotoCounts { total, ready, pending, failed, offline } = counts;
        Self { total, ready, pending, failed, offline }
    }
}

impl LibraryStatus {
    /// Nothing is known of the photos.
    pub(crate) fn without_photos(state: LibraryState) -> Self {
        Self {
            state,
            photos: PhotoCounts::default(),
            folders: Vec::new(),
            models: Vec::new(),
            meaning: None,
            look: None,
            switching: Vec::new(),
            device: None,
            revision: 0,
        }
    }
}

impl From<kindred_core::FolderTree> for FolderEntry {
    fn from(tree: kindred_core::FolderTree) -> Self {
        let subfolder = |sub: kindred_core::Subfolder| Subfolder {
            name: sub.name,
            relative: sub.relative,
            photos: sub.photos,
        };
        Self {
            id: tree.id.0,
            path: tree.path.display().to_string(),
            name: tree.name,
            online: tree.online,
            photos: tree.photos,
            subfolders: tree.subfolders.into_iter().map(subfolder).collect(),
        }
    }
}

impl From<kindred_core::Overview> for LibraryStatus {
    fn from(overview: kindred_core::Overview) -> Self {
        let models = overview.models;
        Self {
            state: if overview.folders.is_empty() { LibraryState::Empty } else { LibraryState::Ready },
            photos: overview.photos.into(),
            folders: overview.folders.into_iter().map(Into::into).collect(),
            models: models.indexed.into_iter().map(Into::into).collect(),
            meaning: models.meaning,
            look: models.look,
            switching: models.switching.into_iter().map(Into::into).collect(),
            device: overview.device.map(Into::into),
            revision: overview.revision,
        }
    }
}
