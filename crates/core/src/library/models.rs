//! The models on this machine, as a shell shows and changes them.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use kindred_models::{
    DownloadOptions, DownloadProgress, InstallState, Mirror, ModelEntry, ModelRef, Purpose, STARTER_ID,
    STARTER_LICENCE, STARTER_TITLE, VerifyReport, starter_bytes, verify,
};
use serde::{Serialize, Serializer};

use super::request::By;
use super::{Library, choice};
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
    /// Where a download comes from unless a mirror is set: the publisher's page, or its host. Absent for what is built in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Kindred's own choice for the purpose.
    pub default: bool,
    /// The purposes for which it answers in this library now.
    pub in_use_for: Vec<Purpose>,
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
        let answering = self.answering();
        let known = entries.iter().map(|entry| self.of(entry, &answering));
        std::iter::once(Ok(starter(&answering))).chain(known).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// An unknown id; the models' folder cannot be read.
    pub fn status(&self, id: &str) -> Result<ModelStatus> {
        match id {
            STARTER_ID => Ok(starter(&self.answering())),
            id => self.of(self.library.engine.store().entry(id)?, &self.answering()),
        }
    }

    /// Downloads a model, going on where an earlier download stopped. To pause it is to set `cancel`: what was received stays
    /// until [`Self::discard_download`].
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

    /// Deletes what an unfinished download left; returns the bytes that became free. An installed model stays.
    ///
    /// # Errors
    /// An unknown id, or the starter model's; the download is still going on; a file cannot be deleted.
    pub fn discard_download(&self, id: &str) -> Result<u64> {
        Ok(self.library.engine.store().discard_download(id)?)
    }

    /// Deletes a model's files; returns the bytes that became free. Vectors made with it stay.
    ///
    /// # Errors
    /// An unknown id, or the starter model's; a file cannot be deleted.
    pub fn remove(&self, id: &str) -> Result<u64> {
        Ok(self.library.engine.store().remove(id)?)
    }

    /// The model that answers, for each kind of likeness. Of a library that cannot be read, and without one, what is installed
    /// tells; one that is remembered and not to be had answers nothing.
    fn answering(&self) -> Vec<(Purpose, String)> {
        let catalog = self.library.reader().ok();
        let choose = |by: By| {
            let choice = choice::choose(&self.library.engine, catalog.as_deref(), by).ok()?;
            Some((by.purpose(), choice.answers.info.id))
        };
        By::ALL.into_iter().filter_map(choose).collect()
    }

    fn of(&self, entry: &ModelEntry, answering: &[(Purpose, String)]) -> Result<ModelStatus> {
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
            source: entry.source(),
            default: entry.default,
            in_use_for: used_for(&entry.id, answering),
            path,
        })
    }
}

fn used_for(id: &str, answering: &[(Purpose, String)]) -> Vec<Purpose> {
    answering.iter().filter(|(_, answers)| answers == id).map(|(purpose, _)| *purpose).collect()
}

fn starter(answering: &[(Purpose, String)]) -> ModelStatus {
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
        source: None,
        default: false,
        in_use_for: used_for(STARTER_ID, answering),
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
            source: None,
            default: true,
            in_use_for: Vec::new(),
            path: Some(path),
        };
        assert_eq!(serde_json::to_value(&status).unwrap()["path"], "/f\u{FFFD}r/weights.bin");
        assert!(serde_json::to_value(ModelStatus { path: None, ..status }).unwrap().get("path").is_none());
    }
}
