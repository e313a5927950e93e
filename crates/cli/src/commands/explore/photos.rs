//! Photos by their files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use kindred_core::{Library, PhotoId, Result};
use serde::{Serialize, Serializer};

/// Where photos are.
pub(super) struct Paths(HashMap<PhotoId, PathBuf>);

/// A photo with its file, and what else is told of it.
#[derive(Debug, Serialize)]
pub(super) struct Photo<T: Serialize> {
    #[serde(serialize_with = "readable")]
    path: PathBuf,
    #[serde(flatten)]
    rest: T,
}

/// A photo of which nothing else is told.
#[derive(Debug, Serialize)]
pub(super) struct Id {
    id: PhotoId,
}

impl Paths {
    /// The files of photos. Those that have gone meanwhile are nowhere.
    pub(super) fn of(library: &Library, photos: impl IntoIterator<Item = PhotoId>) -> Result<Self> {
        let mut paths = HashMap::new();
        for photo in photos {
            if let Ok(path) = library.paths(&[photo]) {
                paths.extend(path.into_iter().map(|path| (photo, path)));
            }
        }
        Ok(Self(paths))
    }

    pub(super) fn path(&self, photo: PhotoId) -> &Path {
        self.0.get(&photo).map_or(Path::new(""), PathBuf::as_path)
    }

    pub(super) fn text(&self, photo: PhotoId) -> String {
        self.path(photo).display().to_string()
    }

    pub(super) fn photo(&self, id: PhotoId) -> Photo<Id> {
        self.with(id, Id { id })
    }

    pub(super) fn with<T: Serialize>(&self, photo: PhotoId, rest: T) -> Photo<T> {
        Photo { path: self.path(photo).to_path_buf(), rest }
    }
}

/// A path as text. JSON has no words for a name that is not Unicode.
fn readable<S: Serializer>(path: &Path, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}
