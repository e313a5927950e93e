//! The folder that holds the model files: `<dir>/<model id>/<file>`.
//!
//! Everything in it can be fetched again, and everything in it was checked: a file counts as installed only when its
//! SHA-256 is one the manifest names. How it came there (download, import, copied by hand) makes no difference.

mod hash;
mod import;
mod lock;
mod place;
mod settings;
mod stamps;

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

pub use hash::Sha256Digest;
pub(crate) use lock::ModelLock;
pub(crate) use place::{beside, check_space, put_in_place, set_aside, write_error};

use crate::download::PartFile;
use crate::error::ModelError;
use crate::manifest::{FileRole, FileVariant, Manifest, ModelEntry, ModelFile, manifest};
use crate::starter::STARTER_ID;
use stamps::Stamps;

/// The models on this machine.
#[derive(Debug, Clone)]
pub struct ModelStore {
    dir: PathBuf,
    manifest: Cow<'static, Manifest>,
}

/// Whether a model can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstallState {
    /// Nothing of it is here.
    Missing,
    /// Some of its bytes are here; a download goes on from there.
    Partial {
        /// Bytes of the required files that are here.
        bytes: u64,
    },
    /// All required files are here and were checked.
    Installed {
        /// The weights.
        path: PathBuf,
    },
    /// A file is here that is not what the manifest says.
    Damaged {
        /// Which file, and what is wrong with it.
        reason: String,
    },
}

/// A file whose content was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledFile {
    /// What it is to the model.
    pub role: FileRole,
    /// Where it lies.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// Its hash.
    pub sha256: Sha256Digest,
}

/// What lies in a file slot.
enum Slot {
    Empty,
    Good(InstalledFile),
    Bad(ModelError),
}

impl ModelStore {
    /// The models in `dir`, which need not exist yet, under the manifest of this program.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), manifest: Cow::Borrowed(manifest()) }
    }

    /// The models in `dir` under another manifest.
    pub fn with_manifest(dir: impl Into<PathBuf>, manifest: Manifest) -> Self {
        Self { dir: dir.into(), manifest: Cow::Owned(manifest) }
    }

    /// The folder that holds all models.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The models that can be installed here.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The manifest's entry for `id`.
    ///
    /// # Errors
    /// [`ModelError::BuiltIn`] for the starter model, which has none, and [`ModelError::UnknownModel`].
    pub fn entry(&self, id: &str) -> Result<&ModelEntry, ModelError> {
        if id == STARTER_ID {
            return Err(ModelError::BuiltIn { id: id.to_owned() });
        }
        let ids = || [STARTER_ID].into_iter().chain(self.manifest.entries.iter().map(|e| e.id.as_str()));
        self.manifest.get(id).ok_or_else(|| ModelError::UnknownModel {
            id: id.to_owned(),
            known: ids().collect::<Vec<_>>().join(", "),
        })
    }

    /// The folder of one model. It need not exist.
    ///
    /// # Errors
    /// [`ModelError::UnknownModel`].
    pub fn model_dir(&self, id: &str) -> Result<PathBuf, ModelError> {
        Ok(self.dir.join(&self.entry(id)?.id))
    }

    /// Whether the model can be used. Cheap: a file is read only if it is new here or has changed since it was read.
    ///
    /// # Errors
    /// [`ModelError::UnknownModel`], and [`ModelError::Io`] for a file that cannot be read.
    pub fn state(&self, id: &str) -> Result<InstallState, ModelError> {
        let entry = self.entry(id)?;
        let folder = self.model_dir(id)?;
        self.remove_abandoned_copy(id, &folder);
        let mut stamps = Stamps::load(&folder);
        let (mut weights, mut bytes, mut complete) = (None, 0, true);
        for file in entry.files.iter().filter(|f| f.required) {
            match self.slot(&folder, file, &mut stamps)? {
                Slot::Good(found) => {
                    bytes += found.bytes;
                    weights.get_or_insert(found.path);
                }
                Slot::Bad(error) => return Ok(InstallState::Damaged { reason: error.to_string() }),
                Slot::Empty => {
                    complete = false;
                    bytes += file.downloadable().map_or(0, |v| PartFile::bytes_of(&folder.join(&v.name)));
                }
            }
        }
        Ok(match weights {
            Some(path) if complete => InstallState::Installed { path },
            _ if bytes > 0 => InstallState::Partial { bytes },
            _ => InstallState::Missing,
        })
    }

    /// The checked files of an installed model, optional ones that are there included.
    ///
    /// # Errors
    /// [`ModelError::NotInstalled`] when a required file is missing or damaged; otherwise as [`ModelStore::state`].
    pub fn files(&self, id: &str) -> Result<Vec<InstalledFile>, ModelError> {
        let folder = self.model_dir(id)?;
        let mut stamps = Stamps::load(&folder);
        let mut files = Vec::new();
        for file in &self.entry(id)?.files {
            let reason = match self.slot(&folder, file, &mut stamps)? {
                Slot::Good(found) => {
                    files.push(found);
                    continue;
                }
                Slot::Bad(error) => error.to_string(),
                Slot::Empty => format!("the file {} is missing", names(&file.variants)),
            };
            if file.required {
                return Err(ModelError::NotInstalled { id: id.to_owned(), reason });
            }
        }
        Ok(files)
    }

    /// Reads every file of the model again and compares it with the manifest, whatever was remembered about it.
    ///
    /// # Errors
    /// [`ModelError::WrongSize`] or [`ModelError::WrongHash`] for the first bad file, [`ModelError::NotInstalled`]
    /// for a missing one, [`ModelError::UnknownModel`], [`ModelError::Io`].
    pub fn verify_hash(&self, id: &str) -> Result<Vec<InstalledFile>, ModelError> {
        let folder = self.model_dir(id)?;
        let mut stamps = Stamps::load(&folder);
        for file in &self.entry(id)?.files {
            for variant in &file.variants {
                if folder.join(&variant.name).is_file() && variant.sha256.is_some() {
                    stamps
                        .digest_again(&variant.name)
                        .map_err(|e| ModelError::io(folder.join(&variant.name), e))?;
                }
            }
            if let Slot::Bad(error) = self.slot(&folder, file, &mut stamps)? {
                return Err(error);
            }
        }
        self.files(id)
    }

    /// Deletes the model's files, its unfinished downloads and the bad files that were kept; nothing else that lies
    /// in the folder. Returns the number of bytes that were freed.
    ///
    /// # Errors
    /// [`ModelError::InUse`] while another program writes them, [`ModelError::UnknownModel`], [`ModelError::Io`].
    pub fn remove(&self, id: &str) -> Result<u64, ModelError> {
        self.delete(id, |name, variants| {
            name == stamps::FILE_NAME
                || name == import::TEMP_NAME
                || variants.iter().any(|v| {
                    name == v.name
                        || PartFile::owns_name(name, &v.name)
                        || place::is_rejected_name(name, &v.name)
                })
        })
    }

    /// Deletes the model's unfinished downloads and nothing else. Returns the number of bytes that were freed.
    ///
    /// # Errors
    /// As [`ModelStore::remove`].
    pub fn discard_download(&self, id: &str) -> Result<u64, ModelError> {
        self.delete(id, |name, variants| variants.iter().any(|v| PartFile::owns_name(name, &v.name)))
    }

    /// Deletes the files in the model's folder that are `ours` by their name.
    fn delete(&self, id: &str, ours: impl Fn(&str, &[&FileVariant]) -> bool) -> Result<u64, ModelError> {
        let entry = self.entry(id)?;
        let folder = self.model_dir(id)?;
        if !folder.is_dir() {
            return Ok(0);
        }
        let _lock = self.lock(id)?;
        let variants: Vec<_> = entry.files.iter().flat_map(|f| &f.variants).collect();
        let mut freed = 0;
        for item in fs::read_dir(&folder).map_err(|e| ModelError::io(&folder, e))? {
            let item = item.map_err(|e| ModelError::io(&folder, e))?;
            let name = item.file_name();
            if ours(&name.to_string_lossy(), &variants) && item.file_type().is_ok_and(|t| !t.is_dir()) {
                freed += item.metadata().map_or(0, |m| m.len());
                fs::remove_file(item.path()).map_err(|e| ModelError::io(item.path(), e))?;
            }
        }
        // Fails when something else lies there, which then stays.
        if let Err(e) = fs::remove_dir(&folder) {
            tracing::debug!("{} stays: {e}", folder.display());
        }
        Ok(freed)
    }

    /// The slot's file if a good one is there. A bad one is reported only if no variant is good.
    fn slot(&self, folder: &Path, file: &ModelFile, stamps: &mut Stamps) -> Result<Slot, ModelError> {
        let mut slot = Slot::Empty;
        for variant in &file.variants {
            let (Some(expected), Some(bytes)) = (variant.sha256, variant.bytes) else { continue };
            let path = folder.join(&variant.name);
            let Ok(metadata) = fs::metadata(&path) else { continue };
            if metadata.len() != bytes {
                let expected = bytes.to_string();
                slot = Slot::Bad(ModelError::WrongSize { path, expected, found: metadata.len() });
                continue;
            }
            let sha256 = stamps.digest(&variant.name).map_err(|e| ModelError::io(&path, e))?;
            if sha256 == expected {
                return Ok(Slot::Good(InstalledFile { role: file.role, path, bytes, sha256 }));
            }
            slot = Slot::Bad(ModelError::WrongHash {
                path,
                expected: expected.to_string(),
                found: sha256.to_string(),
                kept: None,
            });
        }
        Ok(slot)
    }

    /// Required files that a download has yet to fetch, with the variant it fetches.
    pub(crate) fn missing(&self, id: &str) -> Result<Vec<&FileVariant>, ModelError> {
        let folder = self.model_dir(id)?;
        let mut stamps = Stamps::load(&folder);
        let mut missing = Vec::new();
        for file in self.entry(id)?.files.iter().filter(|f| f.required) {
            if !matches!(self.slot(&folder, file, &mut stamps)?, Slot::Good(_)) {
                missing.extend(file.downloadable());
            }
        }
        Ok(missing)
    }

    /// Moves a complete, synced and checked file to its place and remembers that it was checked.
    pub(crate) fn install(
        &self,
        id: &str,
        temp: &Path,
        variant: &FileVariant,
        content: Sha256Digest,
    ) -> Result<PathBuf, ModelError> {
        let folder = self.model_dir(id)?;
        let target = folder.join(&variant.name);
        put_in_place(temp, &target, content)?;
        Stamps::load(&folder).record(&variant.name, content).map_err(|e| ModelError::io(&target, e))?;
        Ok(target)
    }

    fn lock(&self, id: &str) -> Result<ModelLock, ModelError> {
        ModelLock::try_take(&self.dir, id)?.ok_or_else(|| ModelError::InUse { id: id.to_owned() })
    }
}

/// The variants' names for a sentence: `a or b`.
fn names(variants: &[FileVariant]) -> String {
    let checkable = variants.iter().filter(|v| v.sha256.is_some());
    checkable.map(|v| v.name.as_str()).collect::<Vec<_>>().join(" or ")
}
