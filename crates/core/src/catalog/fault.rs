//! What a statement runs into, before it is said which database it was about.

use std::fs::File;
use std::path::Path;

use rusqlite::ErrorCode;

use super::damaged;
use crate::error::Error;

/// SQLite's own words, or an error that is complete already. [`Error`] is not made from the former by itself, so
/// that nothing leaves the catalog without the path it is about: see [`Catalog::ask`](super::Catalog::ask).
#[derive(Debug)]
pub(super) enum Fault {
    Sqlite(rusqlite::Error),
    Other(Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl Fault {
    /// The error for whoever asked, of the database at `path`.
    pub(super) fn at(self, path: &Path) -> Error {
        let source = match self {
            Self::Sqlite(source) => source,
            Self::Other(error) => return error,
        };
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(path, source.to_string()),
            // The system knows better why.
            Some(ErrorCode::CannotOpen) if let Err(error) = File::open(path) => Error::io(path, error),
            _ => Error::Database { path: path.to_path_buf(), source },
        }
    }
}
