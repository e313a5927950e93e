//! The library as shells see it: the window, the command line and the tests call these functions and no others.

mod answer;
mod choice;
mod colours;
mod complete;
mod details;
mod engine;
mod explore;
mod find;
mod folder_tree;
mod history;
mod index;
mod indexes;
mod inspect;
mod models;
mod names;
mod original;
mod overview;
mod people;
mod places;
mod ranking;
mod reader;
mod repair;
mod request;
#[cfg(test)]
mod showing_tests;
#[cfg(test)]
mod switching_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod thumbnail;
mod timeline;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use kindred_models::{ModelInfo, ModelStore};

pub use answer::{
    Check, DoctorReport, EmbedAnswer, Failure, FolderStatus, IndexReport, IndexedModel, PhotoCounts,
    PhotoEntry, RemovedFolder, SearchAnswer, SearchResult, Status, Switch,
};
pub use details::{PhotoDetails, SeenBy};
pub use explore::{
    DuplicateGroup, DuplicatePhoto, Duplicates, ExploreRequest, ListFormat, MapKind, MapPoint, Outlier,
    OutlierFolder, OutlierNeighbour, Outliers, PhotoMap, Theme, ThemeWord, Themes,
};
pub use folder_tree::{FolderTree, Subfolder};
pub use models::{ModelStatus, Models};
pub use original::Original;
pub use overview::{Overview, Standing};
pub use people::{
    FaceCrop, FileFace, FileFaces, Named, PeopleState, PeopleStatus, Person, PersonDetails, PersonFace,
    PhotoFace, Suggestion,
};
pub use places::{default_library_dir, default_models_dir};
pub use request::{
    By, EmbedInput, ImageTerm, IndexRequest, LibraryOptions, ListKind, PictureSource, SearchRequest,
    SimilarRequest,
};
pub use timeline::Timeline;

use crate::catalog::{Catalog, WriterLock};
use crate::error::{Error, Result};
use crate::ids::ModelKey;
use crate::indexing::{JobControl, Phase, Progress};
use crate::media::{MemoryBudget, Thumbnails};
use crate::scan;
use engine::Engine;
use explore::Results;
use indexes::Indexes;
use names::Names;
use places::Places;
use reader::Reading;

/// What other programs are told of who writes.
const PROGRAM: &str = "kindred";

/// A photo library: its folders, its catalog, its vectors and the networks that answer for it.
///
/// One value may be shared by threads. Writing jobs of several programs take turns; questions are answered meanwhile.
pub struct Library {
    options: LibraryOptions,
    places: Places,
    engine: Engine,
    reader: Mutex<Reading>,
    indexes: Indexes,
    thumbnails: Thumbnails,
    /// Shared by everything that decodes photos.
    memory: MemoryBudget,
    names: Names,
    /// The place for a writer, while a job or a decision of this program has it.
    writing: Mutex<Weak<WriterLock>>,
    /// The connection that decisions are written over, and the right to do so.
    decider: Mutex<Option<Catalog>>,
    /// Questions about people with a name, and the revision that they are of.
    suggested: Mutex<Option<(u64, Arc<Vec<Suggestion>>)>>,
    /// Held by the one who reads or writes the history.
    history: Mutex<()>,
    /// What exploring has found.
    results: Results,
}

impl Library {
    /// The library that `options` name. Nothing is read or written yet; the first [`Self::add_folders`] makes it.
    ///
    /// # Errors
    /// None so far; opening may check more one day.
    pub fn open(options: LibraryOptions) -> Result<Self> {
        let store = ModelStore::new(options.models_dir.clone());
        Ok(Self::with_models(options, store))
    }

    fn with_models(options: LibraryOptions, store: ModelStore) -> Self {
        let places = Places::new(options.dir.clone());
        Self {
            engine: Engine::new(store, options.device, places.device_state()),
            reader: Mutex::default(),
            indexes: Indexes::new(places.vectors()),
            thumbnails: Thumbnails::new(places.thumbnails()),
            memory: MemoryBudget::of_machine(),
            names: Names::default(),
            writing: Mutex::default(),
            decider: Mutex::default(),
            suggested: Mutex::default(),
            history: Mutex::default(),
            results: Results::new(places.explored()),
            places,
            options,
        }
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
    /// there already stays as it is. While another program writes, `told` hears of it and `control` ends the waiting.
    ///
    /// # Errors
    /// A path that is no readable folder, or lies in the library's own: then none is added. [`Error::Cancelled`].
    pub fn add_folders(
        &self,
        folders: &[PathBuf],
        control: &JobControl,
        told: &mut dyn FnMut(&Progress),
    ) -> Result<()> {
        let own = scan::folder_path(self.places.dir()).ok();
        for folder in folders {
            std::fs::read_dir(folder).map_err(|error| Error::io(folder, error))?;
            let path = scan::folder_path(folder)?;
            if own.as_ref().is_some_and(|own| path.starts_with(own)) {
                return Err(Error::OwnFolder { path });
            }
        }
        let _lock = self.lock(control, told)?;
        let catalog = Catalog::open(&self.places.catalog())?;
        folders.iter().try_for_each(|folder| catalog.add_folder(folder).map(drop))
    }

    /// Takes a folder out of the library, with everything known of its photos and their thumbnails. No file is touched.
    /// While another program writes, `told` hears of it and `control` ends the waiting.
    ///
    /// # Errors
    /// The folder is not in the library. [`Error::Cancelled`].
    pub fn remove_folder(
        &self,
        path: &Path,
        control: &JobControl,
        told: &mut dyn FnMut(&Progress),
    ) -> Result<RemovedFolder> {
        drop(self.reader()?);
        let _lock = self.lock(control, told)?;
        let catalog = Catalog::open(&self.places.catalog())?;
        let folder = catalog.folder_at(path)?;
        let forgotten = catalog.remove_folder(folder.id)?;
        self.remove_thumbnails(&forgotten.orphaned);
        Ok(RemovedFolder { path: folder.path, photos: forgotten.photos })
    }

    /// Takes the library's one place for a writer. While another program has it, `told` hears which, and `control` ends
    /// the waiting.
    fn lock(&self, control: &JobControl, told: &mut dyn FnMut(&Progress)) -> Result<Arc<WriterLock>> {
        let mut is_named = false;
        let lock = WriterLock::acquire(self.places.dir(), PROGRAM, &mut |holder| {
            let message = holder.filter(|_| !is_named).map(|holder| format!("waiting for {holder}"));
            is_named |= message.is_some();
            told(&Progress { phase: Phase::Waiting, message, ..Progress::default() });
            !control.is_cancelled()
        });
        let lock = lock.map_err(|error| if control.is_cancelled() { Error::Cancelled } else { error })?;
        Ok(self.registered(lock))
    }

    /// Lets decisions of this program share the place of a writer.
    fn registered(&self, lock: WriterLock) -> Arc<WriterLock> {
        let lock = Arc::new(lock);
        *self.writing.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&lock);
        lock
    }

    /// Deletes the thumbnails of contents that no photo has any more.
    fn remove_thumbnails(&self, orphaned: &[[u8; 32]]) {
        for hash in orphaned {
            if let Err(error) = self.thumbnails.remove(hash) {
                tracing::warn!("a thumbnail stays in {}: {error}", self.places.thumbnails().display());
            }
        }
    }
}

/// What makes the vectors of a model comparable, if it makes vectors for that.
fn key_of(model: &ModelInfo, by: By) -> Option<ModelKey> {
    let output = model.output(by.purpose())?;
    let (model_id, pipeline_version) = (model.space(output.purpose), model.pipeline_version);
    Some(ModelKey { model_id, pipeline_version, dim: output.dim })
}
