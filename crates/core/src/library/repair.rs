//! Starting again where a database is beyond use.

use std::path::PathBuf;
use std::sync::PoisonError;

use super::Library;
use crate::catalog::{Catalog, set_aside};
use crate::error::{Error, Result};
use crate::indexing::{JobControl, Progress};

impl Library {
    /// Renames a damaged database, so that a new one can be made in its place, and gives its new path; `None` when it
    /// is sound, and then nothing is done. Nothing is deleted but the caches of vectors, which are the old one's.
    /// While another program writes, `told` hears of it and `control` ends the waiting.
    ///
    /// # Errors
    /// There is no library; the database is of a newer program; a file cannot be renamed. [`Error::Cancelled`].
    pub fn set_damaged_database_aside(
        &self,
        control: &JobControl,
        told: &mut dyn FnMut(&Progress),
    ) -> Result<Option<PathBuf>> {
        if !self.dir().exists() {
            return Err(Error::NoLibrary { path: self.dir().to_path_buf() });
        }
        let _lock = self.lock(control, told)?;
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.close();
        *self.decider.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let path = self.places.catalog();
        // Damage may keep the database from being opened, or from being looked through, or be found by looking.
        let opened = match Catalog::open_read_only(&path) {
            Err(Error::CatalogOlder { .. }) => Catalog::open(&path),
            opened => opened,
        };
        match opened.and_then(|catalog| catalog.integrity()) {
            Ok(wrong) if wrong.is_empty() => return Ok(None),
            Ok(_) | Err(Error::CatalogDamaged { .. }) => {}
            Err(error) => return Err(error),
        }
        self.indexes.close();
        let vectors = self.places.vectors();
        match std::fs::remove_dir_all(&vectors) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(&vectors, error)),
            _ => set_aside(&path).map(Some),
        }
    }
}
