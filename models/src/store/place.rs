//! Putting finished files in their place, and bad ones aside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::hash::{Sha256Digest, hash_file};
use crate::error::ModelError;

/// Between a file's name and the short hash of a bad content that was kept.
const REJECTED: &str = ".rejected-";

/// Renames a complete, synced `temp` to `target` and makes the rename durable.
///
/// What lies at `target` is replaced in one step if it has the same content, and is moved aside otherwise: somebody
/// may have put it there by hand.
///
/// # Errors
/// [`ModelError::Io`].
pub(crate) fn put_in_place(temp: &Path, target: &Path, content: Sha256Digest) -> Result<(), ModelError> {
    if target.is_file() {
        let found = hash_file(target).map_err(|e| ModelError::io(target, e))?;
        if found != content {
            set_aside(target, target, found)?;
        }
    }
    fs::rename(temp, target).map_err(|e| ModelError::io(target, e))?;
    sync_folder_of(target)
}

/// Renames a bad file to `<target>.rejected-<first digits of its hash>` and returns that path.
///
/// # Errors
/// [`ModelError::Io`].
pub(crate) fn set_aside(bad: &Path, target: &Path, content: Sha256Digest) -> Result<PathBuf, ModelError> {
    let kept = beside(target, &format!("{REJECTED}{}", content.short()));
    fs::rename(bad, &kept).map_err(|e| ModelError::io(bad, e))?;
    Ok(kept)
}

/// Whether `candidate` is the name of a bad content of the file called `name`.
pub(super) fn is_rejected_name(candidate: &str, name: &str) -> bool {
    let digits = candidate.strip_prefix(name).and_then(|rest| rest.strip_prefix(REJECTED));
    digits.is_some_and(|d| d.len() == 12 && d.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// `path` with `suffix` at the end of its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Refuses before the first byte is written when `needed` bytes do not fit into `folder`.
///
/// # Errors
/// [`ModelError::DiskFull`]. A system that does not say how much is free is believed to have enough.
pub(crate) fn check_space(folder: &Path, file: &Path, needed: u64) -> Result<(), ModelError> {
    match fs4::available_space(folder) {
        Ok(available) if available < needed => {
            Err(ModelError::DiskFull { path: file.to_path_buf(), needed, available: Some(available) })
        }
        _ => Ok(()),
    }
}

/// The error of a failed write with `missing` bytes to go: a full disk is told apart from the rest.
pub(crate) fn write_error(path: &Path, missing: u64, error: io::Error) -> ModelError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            let available = path.parent().and_then(|p| fs4::available_space(p).ok());
            ModelError::DiskFull { path: path.to_path_buf(), needed: missing, available }
        }
        _ => ModelError::io(path, error),
    }
}

#[cfg(unix)]
fn sync_folder_of(path: &Path) -> Result<(), ModelError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    fs::File::open(folder).and_then(|f| f.sync_all()).map_err(|e| ModelError::io(folder, e))
}

/// Only Unix can open a folder as a file; elsewhere the system orders renames itself.
#[cfg(not(unix))]
fn sync_folder_of(_path: &Path) -> Result<(), ModelError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_from_other_errors() {
        let path = Path::new("/nowhere/w");
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            assert!(matches!(
                write_error(path, 7, kind.into()),
                ModelError::DiskFull { needed: 7, available: None, .. }
            ));
        }
        assert!(matches!(
            write_error(path, 7, io::ErrorKind::PermissionDenied.into()),
            ModelError::Io { .. }
        ));
    }

    #[test]
    fn only_our_own_rejected_names_are_recognised() {
        assert!(is_rejected_name("w.pth.rejected-ba7816bf8f01", "w.pth"));
        for other in ["w.pth", "w.pth.rejected-", "w.pth.rejected-mine", "v.pth.rejected-ba7816bf8f01"] {
            assert!(!is_rejected_name(other, "w.pth"), "{other}");
        }
    }

    #[test]
    fn another_content_at_the_target_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let (temp, target) = (dir.path().join("t"), dir.path().join("w"));
        fs::write(&temp, "new").unwrap();
        fs::write(&target, "abc").unwrap();
        let digest = hash_file(&temp).unwrap();
        put_in_place(&temp, &target, digest).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert_eq!(fs::read(dir.path().join("w.rejected-ba7816bf8f01")).unwrap(), b"abc");
        assert!(!temp.exists());
    }
}
