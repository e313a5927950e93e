//! The models on this machine, as a shell shows and changes them.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use kindred_models::{
    DownloadOptions, DownloadProgress, InstallState, Mirror, ModelEntry, ModelRef, Purpose, STARTER_ID,
    STARTER_LICENCE, STARTER_TITLE, VerifyReport, starter_bytes, verify,
};
use serde::{Serialize, Serializer};

use super::Library;
use crate::error::Result;

/// Lists, fetches, checks and removes models.
pub struct Models<'a> {
    pub(super) library: &'a Library,
}

/// A model that Kindred knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelStatus {
    /// Its id.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// What it is for; two purposes of the starter model, one of every other.
    pub purposes: Vec<Purpose>,
    /// `built-in`, `missing`, `partial`, `installed` or `damaged`.
    pub state: &'static str,
    /// What is wrong with a damaged one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Size of a download in bytes, or of what is built in.
    pub bytes: u64,
    /// Bytes that are here.
    pub bytes_here: u64,
    /// Licence of the weights.
    pub licence: String,
    /// What a user should know before using it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// Kindred's own choice for the purpose.
    pub default: bool,
    /// Its weights, once installed.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "readable")]
    pub path: Option<PathBuf>,
}

impl Models<'_> {
    /// The starter model and every model of the manifest, with what is here of it.
    ///
    /// # Errors
    /// The models' folder cannot be read.
    pub fn list(&self) -> Result<Vec<ModelStatus>> {
        let entries = &self.library.engine.store().manifest().entries;
        std::iter::once(Ok(starter())).chain(entries.iter().map(|entry| self.of(entry))).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// An unknown id; the models' folder cannot be read.
    pub fn status(&self, id: &str) -> Result<ModelStatus> {
        match id {
            STARTER_ID => Ok(starter()),
            id => self.of(self.library.engine.store().entry(id)?),
        }
    }

    /// Downloads a model, going on where an earlier download stopped.
    ///
    /// # Errors
    /// Those of the download; what was received stays for the next try. The starter model is refused: it is there.
    pub fn get(
        &self,
        id: &str,
        cancel: &AtomicBool,
        progress: &mut dyn FnMut(DownloadProgress),
    ) -> Result<ModelStatus> {
        let store = self.library.engine.store();
        let setting = store.mirror_setting()?;
        let mirror = Mirror::choose(self.library.options.mirror.as_deref(), setting.as_deref())?;
        let options = DownloadOptions { mirror, ..DownloadOptions::default() };
        store.download(id, &options, cancel, progress)?;
        self.status(id)
    }

    /// The mirror that was set for all downloads, without its password.
    ///
    /// # Errors
    /// The settings cannot be read, or name a mirror that is none.
    pub fn mirror(&self) -> Result<Option<String>> {
        let setting = self.library.engine.store().mirror_setting()?;
        let mirror = setting.map(|text| text.parse::<Mirror>()).transpose()?;
        Ok(mirror.map(|mirror| mirror.to_string()))
    }

    /// Sets the mirror of all downloads for which the options and the environment name none, or takes it back.
    ///
    /// # Errors
    /// The text is no mirror; the settings cannot be written.
    pub fn set_mirror(&self, mirror: Option<&str>) -> Result<()> {
        let mirror = mirror.map(str::parse::<Mirror>).transpose()?;
        Ok(self.library.engine.store().set_mirror(mirror.as_ref())?)
    }

    /// Takes a copy of a file that the user fetched by other means.
    ///
    /// # Errors
    /// The file is not the model's: its size and hash are told.
    pub fn import(
        &self,
        id: &str,
        file: &Path,
        progress: &mut dyn FnMut(DownloadProgress),
    ) -> Result<ModelStatus> {
        self.library.engine.store().import(id, file, progress)?;
        self.status(id)
    }

    /// Checks hashes, tensors and answers of a model.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn verify(&self, model: &ModelRef) -> Result<VerifyReport> {
        Ok(verify(self.library.engine.store(), model, self.library.engine.compute()?)?)
    }

    /// Deletes a model's files; returns the bytes that became free. Vectors made with it stay.
    ///
    /// # Errors
    /// An unknown id, or the starter model's; a file cannot be deleted.
    pub fn remove(&self, id: &str) -> Result<u64> {
        Ok(self.library.engine.store().remove(id)?)
    }

    fn of(&self, entry: &ModelEntry) -> Result<ModelStatus> {
        let bytes = entry.download_bytes();
        let (state, bytes_here, reason, path) = match self.library.engine.store().state(&entry.id)? {
            InstallState::Missing => ("missing", 0, None, None),
            InstallState::Partial { bytes } => ("partial", bytes, None, None),
            InstallState::Installed { path } => ("installed", bytes, None, Some(path)),
            InstallState::Damaged { reason } => ("damaged", 0, Some(reason), None),
        };
        Ok(ModelStatus {
            id: entry.id.clone(),
            title: entry.title.clone(),
            purposes: vec![entry.purpose],
            state,
            reason,
            bytes,
            bytes_here,
            licence: entry.licence.clone(),
            notice: entry.notice.clone(),
            default: entry.default,
            path,
        })
    }
}

fn starter() -> ModelStatus {
    let bytes = starter_bytes();
    ModelStatus {
        id: STARTER_ID.to_owned(),
        title: STARTER_TITLE.to_owned(),
        purposes: vec![Purpose::Meaning, Purpose::Look],
        state: "built-in",
        reason: None,
        bytes,
        bytes_here: bytes,
        licence: STARTER_LICENCE.to_owned(),
        notice: None,
        default: false,
        path: None,
    }
}

/// As [`answer::readable`](super::answer::readable): a path that is no Unicode has no words in JSON.
fn readable<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.display().to_string()).serialize(serializer)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn a_model_in_a_folder_that_is_no_unicode_is_listed_too() {
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/f\xFCr/weights.bin")).to_path_buf();
        let status = ModelStatus {
            id: "clip".to_owned(),
            title: String::new(),
            purposes: vec![Purpose::Meaning],
            state: "installed",
            reason: None,
            bytes: 1,
            bytes_here: 1,
            licence: String::new(),
            notice: None,
            default: true,
            path: Some(path),
        };
        assert_eq!(serde_json::to_value(&status).unwrap()["path"], "/f\u{FFFD}r/weights.bin");
        assert!(serde_json::to_value(ModelStatus { path: None, ..status }).unwrap().get("path").is_none());
    }
}
