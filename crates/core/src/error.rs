//! What can go wrong in the library, in words for the person who asked.

use std::path::{Path, PathBuf};

use kindred_models::ModelError;

use crate::catalog::LockHolder;
use crate::ids::{FaceId, ModelKey, PersonId, PhotoId};
use crate::media::MediaError;
use crate::search::{CombineError, QueryError};

/// Result of every fallible call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the library. Each variant names the path, id or argument it is about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// SQLite refused.
    #[error("{}: {source}", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The database was written by a newer version of this program.
    #[error(
        "{}: this library was made by a newer version of Kindred (its database has version {found}, this program \
         knows up to {supported}); update Kindred to open it",
        path.display()
    )]
    CatalogNewer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The latest version that this program knows.
        supported: i64,
    },
    /// The database was written by an older version of this program, and only a writer may bring it up to date.
    #[error("{}: the library's database is of an older version", path.display())]
    CatalogOlder {
        /// The database.
        path: PathBuf,
    },
    /// The database cannot be read, or is none. It is left as it is; see [`crate::catalog::set_aside`].
    #[error("{}: the library's database is damaged: {detail}", path.display())]
    CatalogDamaged {
        /// The database.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// Another program writes to the library.
    #[error(
        "{}: the library is in use by {}",
        path.display(),
        holder.as_ref().map_or("another program".to_owned(), ToString::to_string)
    )]
    LibraryBusy {
        /// The library's folder.
        path: PathBuf,
        /// The other program, as far as it is known.
        holder: Option<LockHolder>,
    },
    /// The folder is not one of the library's.
    #[error("{}: not a folder of this library", path.display())]
    UnknownFolder {
        /// What was asked for.
        path: PathBuf,
    },
    /// The folder is the library's own, or lies in it: what is there are no photos of the user's.
    #[error("{}: the library itself lies there; only other folders can be added", path.display())]
    OwnFolder {
        /// What was to be added.
        path: PathBuf,
    },
    /// No photo of the library has this id.
    #[error("the library has no photo {}", photo.0)]
    UnknownPhoto {
        /// What was asked for.
        photo: PhotoId,
    },
    /// No person of the library has this number.
    #[error("the library knows no person {}", person.0)]
    UnknownPerson {
        /// Who was asked for.
        person: PersonId,
    },
    /// No face of the library has this number.
    #[error("the library knows no face {}", face.0)]
    UnknownFace {
        /// Which was asked for.
        face: FaceId,
    },
    /// Faces are not looked for in this library.
    #[error("faces are not looked for in this library")]
    PeopleOff,
    /// No face is to be seen in the picture.
    #[error("{what}: no face is to be seen")]
    NoFace {
        /// The picture.
        what: String,
    },
    /// Several faces are in the picture, and one must be chosen.
    #[error("{what}: there are {} faces; one of them must be chosen", faces.len())]
    SeveralFaces {
        /// The picture.
        what: String,
        /// Ids of faces of the library, or places from the left, from 0, in a picture that is not of the library.
        faces: Vec<i64>,
    },
    /// The file is not one of the library's photos.
    #[error("{}: not a photo of this library", path.display())]
    UnknownFile {
        /// What was asked for.
        path: PathBuf,
    },
    /// No theme has this number, or none any more.
    #[error("there is no theme {theme}")]
    UnknownTheme {
        /// What was asked for.
        theme: i64,
    },
    /// A network or one of its files.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A vector and an index that do not go together.
    #[error("vectors of {model}: {reason}")]
    Vector {
        /// Id of the model.
        model: String,
        /// What does not fit.
        reason: String,
    },
    /// A picture given in a query, or the photo of a thumbnail, cannot be read.
    #[error("{}: {source}", path.display())]
    Picture {
        /// The picture's file.
        path: PathBuf,
        /// Why it cannot be read.
        source: MediaError,
    },
    /// The query cannot be understood.
    #[error("{source}")]
    Query {
        /// The query as it was asked.
        query: String,
        /// What is wrong with it, and where.
        source: QueryError,
    },
    /// The terms of a query make no direction together.
    #[error(transparent)]
    Combine(#[from] CombineError),
    /// A model that is for something else.
    #[error("the model {model} is not for {by}")]
    WrongPurpose {
        /// Id of the model.
        model: String,
        /// What it was asked for.
        by: &'static str,
    },
    /// No photo has a vector of the model yet.
    #[error("no photo is indexed with the model {model} yet")]
    NotIndexed {
        /// Id of the model.
        model: String,
        /// What the user called it, if it was asked for.
        asked: Option<String>,
    },
    /// There is no library yet.
    #[error("there is no library in {} yet", path.display())]
    NoLibrary {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The job was cancelled by the user.
    #[error("cancelled")]
    Cancelled,
    /// A later question has taken the place of this one.
    #[error("a later question has taken the place of this one")]
    Superseded,
}

impl Error {
    /// A stable word for programs; the text of the error is for people.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "io",
            Self::Database { .. } => "database",
            Self::CatalogOlder { .. } => "older-database",
            Self::CatalogNewer { .. } => "newer-database",
            Self::CatalogDamaged { .. } => "damaged-database",
            Self::LibraryBusy { .. } => "library-busy",
            Self::UnknownFolder { .. } => "unknown-folder",
            Self::OwnFolder { .. } => "own-folder",
            Self::UnknownPhoto { .. } | Self::UnknownFile { .. } => "unknown-photo",
            Self::UnknownPerson { .. } => "unknown-person",
            Self::UnknownFace { .. } => "unknown-face",
            Self::PeopleOff => "people-off",
            Self::NoFace { .. } => "no-face",
            Self::SeveralFaces { .. } => "several-faces",
            Self::UnknownTheme { .. } => "unknown-theme",
            Self::Cancelled => "cancelled",
            Self::Model(error) => error.code(),
            Self::Vector { .. } => "vector",
            Self::Picture { source, .. } => source.code(),
            Self::Query { .. } | Self::Combine(_) => "query",
            Self::WrongPurpose { .. } => "wrong-purpose",
            Self::NotIndexed { .. } => "not-indexed",
            Self::NoLibrary { .. } => "no-library",
            Self::Superseded => "superseded",
        }
    }

    /// What the error is about, by name, for a shell that has its own words for it: `path`, `photo`,
    /// `person`, `face`, `faces` (joined by commas), `model`, and of a query that
    /// cannot be understood `problem` (a word for it), `at` and `length` (in characters of the query).
    pub fn params(&self) -> Vec<(&'static str, String)> {
        let path = |path: &Path| ("path", path.display().to_string());
        match self {
            Self::Io { path: at, .. }
            | Self::Database { path: at, .. }
            | Self::CatalogNewer { path: at, .. }
            | Self::CatalogOlder { path: at }
            | Self::CatalogDamaged { path: at, .. }
            | Self::UnknownFolder { path: at }
            | Self::UnknownFile { path: at }
            | Self::OwnFolder { path: at }
            | Self::Picture { path: at, .. }
            | Self::NoLibrary { path: at } => vec![path(at)],
            Self::LibraryBusy { path: at, holder } => {
                let holder = holder.as_ref().map(|holder| ("holder", holder.to_string()));
                std::iter::once(path(at)).chain(holder).collect()
            }
            Self::UnknownPhoto { photo } => vec![("photo", photo.0.to_string())],
            Self::UnknownPerson { person } => vec![("person", person.0.to_string())],
            Self::UnknownFace { face } => vec![("face", face.0.to_string())],
            Self::SeveralFaces { faces, .. } => {
                let ids: Vec<String> = faces.iter().map(i64::to_string).collect();
                vec![("faces", ids.join(","))]
            }
            Self::UnknownTheme { theme } => vec![("theme", theme.to_string())],
            Self::Vector { model, .. } | Self::NotIndexed { model, .. } => vec![("model", model.clone())],
            Self::WrongPurpose { model, by } => vec![("model", model.clone()), ("by", (*by).to_owned())],
            Self::Query { source, .. } => {
                let (at, length) = (source.chars.start.to_string(), source.chars.len().to_string());
                let place = [("problem", source.problem.code().to_owned()), ("at", at), ("length", length)];
                place.into_iter().chain(source.problem.params()).collect()
            }
            Self::Combine(error) => vec![("problem", error.code().to_owned())],
            Self::Model(_) | Self::Cancelled | Self::Superseded | Self::PeopleOff | Self::NoFace { .. } => {
                Vec::new()
            }
        }
    }

    /// A vector that does not fit the index of `key`.
    pub(crate) fn vector(key: &ModelKey, reason: &str) -> Self {
        Self::Vector { model: key.model_id.clone(), reason: reason.to_owned() }
    }

    /// An I/O error with the path it happened at.
    pub fn io(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io { path: path.as_ref().to_path_buf(), source }
    }
}
