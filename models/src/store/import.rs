//! Taking a model file that the user fetched by other means.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::hash::{Sha256Digest, hash_file, hash_reader};
use super::stamps::Stamps;
use super::{ModelStore, check_space, write_error};
use crate::download::{DownloadPhase, DownloadProgress, ProgressMeter};
use crate::error::ModelError;
use crate::manifest::{FileVariant, ModelEntry};

/// The copy while it is written. Only the holder of the model's lock has one.
pub(super) const TEMP_NAME: &str = ".import.tmp";

impl ModelStore {
    /// Copies `source` into the store if its content is a file of the model `id`, whatever it is called, and returns
    /// the path of the copy. Any variant of any of the model's files is taken. `source` itself is never changed.
    ///
    /// # Errors
    /// [`ModelError::WrongSize`] or [`ModelError::WrongHash`] with what was found and what would be right;
    /// [`ModelError::DiskFull`]; [`ModelError::InUse`]; [`ModelError::UnknownModel`]; [`ModelError::Io`].
    pub fn import(
        &self,
        id: &str,
        source: &Path,
        progress: &mut dyn FnMut(DownloadProgress),
    ) -> Result<PathBuf, ModelError> {
        let entry = self.entry(id)?;
        let folder = self.model_dir(id)?;
        let bytes = length_of_file(source)?;
        let candidates: Vec<_> = checkable(entry).filter(|v| v.bytes == Some(bytes)).collect();
        if candidates.is_empty() {
            return Err(ModelError::WrongSize {
                path: source.to_path_buf(),
                expected: list(checkable(entry), |v| v.bytes.unwrap_or_default().to_string()),
                found: bytes,
            });
        }
        let _lock = self.lock(id)?;
        if let Some(variant) = candidates.iter().find(|v| is_same_file(source, &folder.join(&v.name))) {
            return self.take_in_place(&folder, source, variant);
        }
        fs::create_dir_all(&folder).map_err(|e| ModelError::io(&folder, e))?;
        let temp = folder.join(TEMP_NAME);
        let taken = copy(source, &temp, bytes, progress)
            .and_then(|found| Ok((matching(&candidates, source, found)?, found)))
            .and_then(|(variant, found)| self.install(id, &temp, variant, found));
        if taken.is_err() && temp.exists() {
            fs::remove_file(&temp).map_err(|e| ModelError::io(&temp, e))?;
        }
        taken
    }

    /// Deletes the copy that an import left when its program was killed.
    pub(super) fn remove_abandoned_copy(&self, id: &str, folder: &Path) {
        let temp = folder.join(TEMP_NAME);
        // Whoever holds the lock may be writing it just now.
        if temp.exists()
            && let Ok(_lock) = self.lock(id)
            && let Err(e) = fs::remove_file(&temp)
        {
            tracing::warn!("{}: {e}", temp.display());
        }
    }

    /// A file that the user put into the model's folder by hand: it stays and is only checked.
    fn take_in_place(
        &self,
        folder: &Path,
        source: &Path,
        variant: &FileVariant,
    ) -> Result<PathBuf, ModelError> {
        let path = folder.join(&variant.name);
        let found = hash_file(&path).map_err(|e| ModelError::io(&path, e))?;
        matching(&[variant], source, found)?;
        Stamps::load(folder).record(&variant.name, found).map_err(|e| ModelError::io(&path, e))?;
        Ok(path)
    }
}

fn checkable(entry: &ModelEntry) -> impl Iterator<Item = &FileVariant> {
    entry.files.iter().flat_map(|f| &f.variants).filter(|v| v.sha256.is_some())
}

fn length_of_file(path: &Path) -> Result<u64, ModelError> {
    let metadata = fs::metadata(path).map_err(|e| ModelError::io(path, e))?;
    if !metadata.is_file() {
        return Err(ModelError::io(path, std::io::Error::other("not a file")));
    }
    Ok(metadata.len())
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Copies and hashes in one pass; the copy is on the disk when this returns.
fn copy(
    source: &Path,
    temp: &Path,
    bytes: u64,
    progress: &mut dyn FnMut(DownloadProgress),
) -> Result<Sha256Digest, ModelError> {
    check_space(temp.parent().unwrap_or(temp), temp, bytes)?;
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    let mut meter = ProgressMeter::new(bytes);
    meter.begin_file(&name, 0);
    let input = File::open(source).map_err(|e| ModelError::io(source, e))?;
    let mut output = File::create(temp).map_err(|e| ModelError::io(temp, e))?;
    let (mut written, mut write_failed) = (0, false);
    let hashed = hash_reader(input, |chunk| {
        output.write_all(chunk).inspect_err(|_| write_failed = true)?;
        written += chunk.len() as u64;
        meter.advance_to(written, DownloadPhase::Receiving, progress);
        Ok(())
    });
    let (_, digest) = hashed.map_err(|e| {
        if write_failed {
            write_error(temp, bytes.saturating_sub(written), e)
        } else {
            ModelError::io(source, e)
        }
    })?;
    output.sync_all().map_err(|e| write_error(temp, 0, e))?;
    Ok(digest)
}

fn matching<'a>(
    candidates: &[&'a FileVariant],
    source: &Path,
    found: Sha256Digest,
) -> Result<&'a FileVariant, ModelError> {
    candidates.iter().copied().find(|v| v.sha256 == Some(found)).ok_or_else(|| ModelError::WrongHash {
        path: source.to_path_buf(),
        expected: list(candidates.iter().copied(), |v| {
            v.sha256.map_or_else(String::new, |sha256| sha256.to_string())
        }),
        found: found.to_string(),
        kept: None,
    })
}

/// `605157884 (model.safetensors) or 605247071 (pytorch_model.bin)`
fn list<'a>(variants: impl Iterator<Item = &'a FileVariant>, of: impl Fn(&FileVariant) -> String) -> String {
    variants.map(|v| format!("{} ({})", of(v), v.name)).collect::<Vec<_>>().join(" or ")
}
