//! One photo.

use serde::Serialize;

use super::Purpose;

/// Everything that is known of a photo.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhotoDetails {
    pub id: i64,
    pub path: String,
    /// The file's name.
    pub name: String,
    /// The directory that the file lies in.
    pub folder: String,
    /// Size of the file.
    pub bytes: u64,
    /// When the file was changed, Unix time in milliseconds.
    pub modified: i64,
    /// When the photo was taken, local time as if it were UTC, in milliseconds.
    pub taken_at: Option<i64>,
    /// In pixels, upright.
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub camera: Option<String>,
    pub lens: Option<String>,
    /// In degrees.
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    #[cfg_attr(test, ts(type = "\"pending\" | \"ready\" | \"failed\""))]
    pub state: &'static str,
    /// Why it failed.
    pub reason: Option<String>,
    /// Its folder cannot be reached now.
    pub offline: bool,
    /// `JPEG`, `HEIC`, …
    pub format: Option<String>,
    /// The networks that have looked at it.
    pub seen_by: Vec<SeenBy>,
}

/// A network that has looked at a photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct SeenBy {
    /// Id of the model.
    pub model: String,
    /// What its vector is for, where that is known.
    pub purpose: Option<Purpose>,
    /// Version of decoding and preprocessing.
    pub pipeline_version: u32,
}

/// A photo that cannot be read, or a folder or link that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    /// Absent for a folder or a link.
    pub id: Option<i64>,
    pub path: String,
    /// Why, in English.
    pub reason: String,
}

impl From<kindred_core::PhotoDetails> for PhotoDetails {
    fn from(photo: kindred_core::PhotoDetails) -> Self {
        let seen_by = photo.seen_by.into_iter().map(|seen| SeenBy {
            model: seen.model,
            purpose: seen.purpose.map(Into::into),
            pipeline_version: seen.pipeline_version,
        });
        Self {
            id: photo.id.0,
            path: photo.path.display().to_string(),
            name: photo.name,
            folder: photo.folder.display().to_string(),
            bytes: photo.bytes,
            modified: photo.modified,
            taken_at: photo.taken_at,
            width: photo.width,
            height: photo.height,
            camera: photo.camera,
            lens: photo.lens,
            latitude: photo.latitude,
            longitude: photo.longitude,
            state: photo.state,
            reason: photo.reason,
            offline: photo.offline,
            format: photo.format.map(|format| format.name().to_owned()),
            seen_by: seen_by.collect(),
        }
    }
}

impl From<kindred_core::PhotoEntry> for Failure {
    fn from(entry: kindred_core::PhotoEntry) -> Self {
        Self {
            id: entry.id.map(|id| id.0),
            path: entry.path.display().to_string(),
            reason: entry.reason.unwrap_or_default(),
        }
    }
}
