//! Everything that is known of one photo.

use std::path::{Path, PathBuf};

use kindred_models::{Purpose, model_of_space};
use serde::Serialize;

use super::Library;
use super::answer::readable;
use crate::catalog::PhotoState;
use crate::error::Result;
use crate::ids::PhotoId;
use crate::media::{Format, format_of};

/// A photo with its metadata.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhotoDetails {
    /// Which one.
    pub id: PhotoId,
    /// Where its file is, or was when it was last in reach.
    #[serde(serialize_with = "readable")]
    pub path: PathBuf,
    /// The file's name.
    pub name: String,
    /// The directory that the file lies in.
    #[serde(serialize_with = "readable")]
    pub folder: PathBuf,
    /// Size of the file.
    pub bytes: u64,
    /// When the file was last modified: Unix milliseconds.
    pub modified: i64,
    /// When the photo was taken: Unix milliseconds of the camera's local time as if it were UTC.
    pub taken_at: Option<i64>,
    /// Pixels of the upright picture.
    pub width: Option<u32>,
    /// Pixels of the upright picture.
    pub height: Option<u32>,
    /// Make and model.
    pub camera: Option<String>,
    /// Name of the lens.
    pub lens: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// `pending`, `ready` or `failed`.
    pub state: &'static str,
    /// Why it failed.
    pub reason: Option<String>,
    /// Its file cannot be reached now.
    pub offline: bool,
    /// What the file is, by its first bytes; absent when it cannot be read.
    pub format: Option<Format>,
    /// The models that have seen it.
    pub seen_by: Vec<SeenBy>,
}

/// A model that has seen a photo, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenBy {
    /// Id of the model.
    pub model: String,
    /// What its vector is for, where that is known.
    pub purpose: Option<Purpose>,
    /// Version of decoding and preprocessing.
    pub pipeline_version: u32,
}

impl Library {
    /// Everything that is known of a photo.
    ///
    /// # Errors
    /// There is no such photo.
    pub fn details(&self, photo: PhotoId) -> Result<PhotoDetails> {
        let row = self.row(photo)?;
        let (reason, keys) = {
            let catalog = self.reader()?;
            let reason = if row.state == PhotoState::Failed { catalog.failure_of(photo)? } else { None };
            (reason, catalog.models_that_saw(photo)?)
        };
        let seen_by = keys.into_iter().map(|key| {
            let (id, purpose) = model_of_space(&key.model_id);
            SeenBy { model: id.to_owned(), purpose, pipeline_version: key.pipeline_version }
        });
        Ok(PhotoDetails {
            id: row.id,
            name: row.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            folder: row.path.parent().unwrap_or(Path::new("")).to_path_buf(),
            bytes: row.stamp.size,
            modified: row.stamp.mtime_ns.div_euclid(1_000_000),
            taken_at: row.metadata.taken_at,
            width: row.metadata.width,
            height: row.metadata.height,
            camera: row.metadata.camera,
            lens: row.metadata.lens,
            latitude: row.metadata.latitude,
            longitude: row.metadata.longitude,
            state: row.state.word(),
            reason,
            offline: row.offline,
            format: format_of(&row.path).ok().flatten(),
            seen_by: seen_by.collect(),
            path: row.path,
        })
    }

    /// Where the files of photos are, in their order.
    ///
    /// # Errors
    /// One of them is not in the library.
    pub fn paths(&self, photos: &[PhotoId]) -> Result<Vec<PathBuf>> {
        photos.iter().map(|photo| Ok(self.row(*photo)?.path)).collect()
    }

    /// The photo whose file is at `path`, if it is in the library.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn photo_at(&self, path: &Path) -> Result<Option<PhotoId>> {
        Ok(self.reader()?.photo_at(path)?.map(|row| row.id))
    }
}
