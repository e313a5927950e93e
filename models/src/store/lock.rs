//! One writer at a time in a model's folder, also between programs.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use crate::error::ModelError;

/// Held while a model's files are written or removed. The system releases it when the program ends, however it ends.
#[derive(Debug)]
pub(crate) struct ModelLock {
    _file: File,
}

impl ModelLock {
    /// Takes the lock of model `id`, or returns `None` when somebody else has it.
    ///
    /// The lock file lies beside the models' folders and is never deleted: deleting it would let two programs hold
    /// locks on two files of the same name.
    ///
    /// # Errors
    /// [`ModelError::Io`] when the lock file cannot be made or the file system knows no locks.
    pub(crate) fn try_take(models_dir: &Path, id: &str) -> Result<Option<Self>, ModelError> {
        let folder = models_dir.join(".locks");
        fs::create_dir_all(&folder).map_err(|e| ModelError::io(&folder, e))?;
        let path = folder.join(format!("{id}.lock"));
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| ModelError::io(&path, e))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(ModelError::io(&path, e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_excludes_a_second_one_until_it_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let first = ModelLock::try_take(dir.path(), "m").unwrap();
        assert!(first.is_some());
        assert!(ModelLock::try_take(dir.path(), "m").unwrap().is_none());
        assert!(ModelLock::try_take(dir.path(), "other").unwrap().is_some());
        drop(first);
        assert!(ModelLock::try_take(dir.path(), "m").unwrap().is_some());
    }
}
