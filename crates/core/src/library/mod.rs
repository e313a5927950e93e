//! The library as shells see it: the window, the command line and the tests call these functions and no others.

mod answer;
mod choice;
mod engine;
mod find;
mod index;
mod inspect;
mod models;
mod places;
mod repair;
mod request;
mod thumbnail;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use kindred_models::{ModelInfo, ModelStore};

pub use answer::{
    Check, DoctorReport, EmbedAnswer, Failure, FolderStatus, IndexReport, IndexedModel, PhotoCounts,
    PhotoEntry, RemovedFolder, SearchAnswer, SearchResult, Status,
};
pub use models::{ModelStatus, Models};
pub use places::{default_library_dir, default_models_dir};
pub use request::{
    By, EmbedInput, ImageTerm, IndexRequest, LibraryOptions, ListKind, SearchRequest, SimilarRequest,
};

use crate::catalog::{Catalog, WriterLock};
use crate::error::{Error, Result};
use crate::ids::ModelKey;
use crate::media::{MemoryBudget, Thumbnails};
use crate::vectors::VectorIndex;
use engine::Engine;
use places::Places;

/// A photo library: its folders, its catalog, its vectors and the networks that answer for it.
///
/// One value may be shared by threads. Writing jobs of several programs take turns; questions are answered meanwhile.
pub struct Library {
    options: LibraryOptions,
    places: Places,
    engine: Engine,
    /// The connection that questions are answered from; opened when the first one comes.
    reader: Mutex<Option<Catalog>>,
    indexes: Mutex<HashMap<ModelKey, VectorIndex>>,
    thumbnails: Thumbnails,
    /// Shared by everything that decodes photos.
    memory: MemoryBudget,
}

impl Library {
    /// The library that `options` name. Nothing is read or written yet; the first [`Self::add_folders`] makes it.
    ///
    /// # Errors
    /// None so far; opening may check more one day.
    pub fn open(options: LibraryOptions) -> Result<Self> {
        let places = Places::new(options.dir.clone());
        let store = ModelStore::new(options.models_dir.clone());
        Ok(Self {
            engine: Engine::new(store, options.device, places.device_state()),
            reader: Mutex::default(),
            indexes: Mutex::default(),
            thumbnails: Thumbnails::new(places.thumbnails()),
            memory: MemoryBudget::of_machine(),
            places,
            options,
        })
    }

    /// Where the library lies.
    pub fn dir(&self) -> &Path {
        self.places.dir()
    }

    /// The models on this machine.
    pub fn models(&self) -> Models<'_> {
        Models { library: self }
    }

    /// Remembers folders of photos. Their photos enter the library with the next [`Self::index`]. A folder that is
    /// there already stays as it is.
    ///
    /// # Errors
    /// A path that is no readable folder: then none is added.
    pub fn add_folders(&self, folders: &[PathBuf]) -> Result<()> {
        for folder in folders {
            std::fs::read_dir(folder).map_err(|error| Error::io(folder, error))?;
        }
        let _lock = self.lock(&mut |_| true)?;
        let catalog = Catalog::open(&self.places.catalog())?;
        folders.iter().try_for_each(|folder| catalog.add_folder(folder).map(drop))
    }

    /// Takes a folder out of the library, with everything known of its photos. No file is touched.
    ///
    /// # Errors
    /// The folder is not in the library.
    pub fn remove_folder(&self, path: &Path) -> Result<RemovedFolder> {
        drop(self.reader()?);
        let _lock = self.lock(&mut |_| true)?;
        let catalog = Catalog::open(&self.places.catalog())?;
        let folder = catalog.folder_at(path)?;
        let photos = catalog.remove_folder(folder.id)?;
        Ok(RemovedFolder { path: folder.path, photos })
    }

    /// Takes the library's one place for a writer; `wait` is told who holds it and says whether to go on waiting.
    fn lock(&self, wait: &mut dyn FnMut(Option<&crate::catalog::LockHolder>) -> bool) -> Result<WriterLock> {
        WriterLock::acquire(self.places.dir(), "kindred", wait)
    }

    /// The catalog, for reading.
    ///
    /// # Errors
    /// [`Error::NoLibrary`] when there is none yet.
    fn reader(&self) -> Result<Reader<'_>> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if reader.is_none() {
            let path = self.places.catalog();
            if !path.exists() {
                return Err(Error::NoLibrary { path: self.places.dir().to_path_buf() });
            }
            *reader = Some(Catalog::open_read_only(&path)?);
        }
        Ok(Reader(reader))
    }
}

/// What makes the vectors of a model comparable.
fn key_of(model: &ModelInfo) -> ModelKey {
    ModelKey { model_id: model.id.clone(), pipeline_version: model.pipeline_version, dim: model.dim }
}

/// The reading connection, held.
struct Reader<'a>(MutexGuard<'a, Option<Catalog>>);

impl std::ops::Deref for Reader<'_> {
    type Target = Catalog;

    fn deref(&self) -> &Catalog {
        match &*self.0 {
            Some(catalog) => catalog,
            None => unreachable!("a reader is made of an open catalog, and nothing takes it away"),
        }
    }
}
