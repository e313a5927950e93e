//! Where things lie: the library's own folder and the folder of models.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// The library's folder when none is named: the system's folder for a user's application data.
/// `None` when the system tells of no home folder.
pub fn default_library_dir() -> Option<PathBuf> {
    Some(project_dirs()?.data_dir().join("library"))
}

/// The folder of models when none is named, beside the default library.
pub fn default_models_dir() -> Option<PathBuf> {
    Some(project_dirs()?.data_dir().join("models"))
}

fn project_dirs() -> Option<ProjectDirs> {
    ProjectDirs::from("app", "Kindred", "Kindred")
}

/// The files of one library.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    dir: PathBuf,
}

impl Places {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The database: the truth about the library.
    pub(crate) fn catalog(&self) -> PathBuf {
        self.dir.join("catalog.db")
    }

    /// Caches of vectors; deleting them loses nothing.
    pub(crate) fn vectors(&self) -> PathBuf {
        self.dir.join("vectors")
    }

    /// Cached thumbnails; what is deleted is made again when it is asked for.
    pub(crate) fn thumbnails(&self) -> PathBuf {
        self.dir.join("thumbnails")
    }

    /// What exploring has found: a cache, too.
    pub(crate) fn explored(&self) -> PathBuf {
        self.dir.join("explored")
    }

    /// Queries that were asked before.
    pub(crate) fn history(&self) -> PathBuf {
        self.dir.join("history.json")
    }

    /// What is known of the device: its crash sentinel, canary vectors and compiled kernels.
    pub(crate) fn device_state(&self) -> PathBuf {
        self.dir.join("device")
    }
}
