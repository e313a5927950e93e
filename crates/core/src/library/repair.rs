//! Starting again where a database is beyond use.

use std::path::PathBuf;
use std::sync::PoisonError;

use super::Library;
use crate::catalog::{Catalog, set_aside};
use crate::error::{Error, Result};

impl Library {
    /// Renames a damaged database, so that a new one can be made in its place, and gives its new path; `None` when it
    /// is sound, and then nothing is done. Nothing is deleted but the caches of vectors, which are the old one's.
    ///
    /// # Errors
    /// There is no library; the database is of a newer program; a file cannot be renamed.
    pub fn set_damaged_database_aside(&self) -> Result<Option<PathBuf>> {
        let path = self.places.catalog();
        if !path.exists() {
            return Err(Error::NoLibrary { path: self.places.dir().to_path_buf() });
        }
        let _lock = self.lock(&mut |_| true)?;
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        *reader = None;
        let damaged = match Catalog::open_read_only(&path) {
            Ok(catalog) => !catalog.integrity()?.is_empty(),
            Err(Error::CatalogDamaged { .. }) => true,
            Err(error) => return Err(error),
        };
        if !damaged {
            return Ok(None);
        }
        indexes.clear();
        let vectors = self.places.vectors();
        match std::fs::remove_dir_all(&vectors) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(&vectors, error)),
            _ => set_aside(&path).map(Some),
        }
    }
}
