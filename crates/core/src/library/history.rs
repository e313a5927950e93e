//! Queries that were asked before.
//!
//! They lie in a small file of their own beside the database: a question may be asked while another program writes to the library,
//! and remembering it is no change of the library.

use std::io::Write;
use std::path::Path;
use std::sync::PoisonError;

use super::Library;
use crate::error::{Error, Result};
use crate::search::parse;

/// Older ones are forgotten.
const MOST: usize = 100;

impl Library {
    /// The queries that were remembered, the last one first, at most 100. What is remembered in a file that cannot be read is
    /// forgotten.
    pub fn history(&self) -> Vec<String> {
        let _turn = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        read(&self.places.history())
    }

    /// Remembers a query as the last one; one that is known moves to the front. An empty one is not remembered.
    ///
    /// # Errors
    /// There is no library yet; the file cannot be written.
    pub fn add_to_history(&self, query: &str) -> Result<()> {
        let query = query.trim();
        if query.is_empty() {
            return Ok(());
        }
        self.change_history(|history| {
            history.retain(|known| known != query);
            history.insert(0, query.to_owned());
            history.truncate(MOST);
        })
    }

    /// Forgets all queries.
    ///
    /// # Errors
    /// As [`Self::add_to_history`].
    pub fn clear_history(&self) -> Result<()> {
        self.change_history(Vec::clear)
    }

    /// Forgets the queries that name people.
    pub(super) fn forget_people_in_history(&self) -> Result<()> {
        if self.history().iter().any(|query| names_people(query)) {
            self.change_history(|history| history.retain(|query| !names_people(query)))?;
        }
        Ok(())
    }

    fn change_history(&self, change: impl FnOnce(&mut Vec<String>)) -> Result<()> {
        if !self.dir().is_dir() {
            return Err(Error::NoLibrary { path: self.dir().to_path_buf() });
        }
        let _turn = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.places.history();
        let mut history = read(&path);
        change(&mut history);
        write(&path, &history).map_err(|error| Error::io(&path, error))
    }
}

/// A query that can no longer be read counts if it looks as if it did.
fn names_people(query: &str) -> bool {
    match parse(query) {
        Ok(query) => !query.filter.people.is_empty() || !query.filter.not_people.is_empty(),
        Err(_) => query.to_lowercase().contains("person:"),
    }
}

fn read(path: &Path) -> Vec<String> {
    std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Beside its final place first, then renamed: a reader never sees half a file.
fn write(path: &Path, history: &[String]) -> std::io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(&serde_json::to_vec(history)?)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
