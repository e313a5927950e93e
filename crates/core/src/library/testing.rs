//! A library in a temporary folder, for the tests of the façade.

use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage};
use kindred_models::{DeviceChoice, ModelStore};

use super::{IndexReport, IndexRequest, Library, LibraryOptions, RemovedFolder};
use crate::error::Result;
use crate::indexing::JobControl;

/// A library, a folder for photos and no model but the starter model.
pub(super) struct World {
    pub(super) dir: tempfile::TempDir,
    pub(super) library: Library,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with_store(ModelStore::new)
    }

    /// With the models that `store` makes in its folder.
    pub(super) fn with_store(store: impl FnOnce(PathBuf) -> ModelStore) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = LibraryOptions {
            dir: dir.path().join("library"),
            models_dir: dir.path().join("models"),
            device: DeviceChoice::Cpu,
            mirror: None,
        };
        let store = store(options.models_dir.clone());
        Self { library: Library::with_models(options, store), dir }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(super) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.path(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    pub(super) fn add(&self, folders: &[PathBuf]) {
        self.library.add_folders(folders, &JobControl::default(), &mut |_| {}).unwrap();
    }

    pub(super) fn try_index(&self, folders: Option<Vec<PathBuf>>) -> Result<IndexReport> {
        let request = IndexRequest { folders, ..IndexRequest::default() };
        self.library.index(&request, &JobControl::default(), &mut |_| {})
    }

    pub(super) fn index(&self) -> IndexReport {
        self.try_index(None).unwrap()
    }

    pub(super) fn remove(&self, folder: &Path) -> RemovedFolder {
        self.library.remove_folder(folder, &JobControl::default(), &mut |_| {}).unwrap()
    }
}

/// A picture of one colour, as a file.
pub(super) fn picture(colour: u8) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    RgbImage::from_pixel(1100, 8, Rgb([colour, 0, 0])).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}
