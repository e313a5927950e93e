//! The indexes of the library's vectors: opened when they are first asked, shared by all questions.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::Library;
use crate::catalog::Catalog;
use crate::error::Result;
use crate::ids::ModelKey;
use crate::indexing::{JobControl, Phase, Progress};
use crate::vectors::{VectorIndex, remove_cache};

/// The index of one model, once it is open. Whoever waits for it holds no lock on the catalog's connection.
#[derive(Clone, Default)]
pub(super) struct SharedIndex(Arc<RwLock<Option<VectorIndex>>>);

impl SharedIndex {
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Option<VectorIndex>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<VectorIndex>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The indexes of a library, one for a model.
pub(super) struct Indexes {
    dir: PathBuf,
    shared: Mutex<HashMap<ModelKey, SharedIndex>>,
}

impl Indexes {
    /// Indexes that are cached in `dir`.
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir, shared: Mutex::default() }
    }

    /// Closes all of them: questions that come now open them anew.
    pub(super) fn close(&self) {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn of(&self, key: &ModelKey) -> SharedIndex {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).entry(key.clone()).or_default().clone()
    }

    fn update(&self, shared: &SharedIndex, key: &ModelKey, catalog: &Catalog) -> Result<()> {
        let source = catalog.vectors(key);
        let mut index = shared.write();
        match &mut *index {
            Some(index) => index.refresh(&source),
            None => {
                *index = Some(VectorIndex::open(&self.dir, key.clone(), &source)?);
                Ok(())
            }
        }
    }
}

impl Library {
    /// The index of a model, open and up to date. Questions at the same time wait for each other only while it is
    /// opened or takes in changes.
    pub(super) fn index_of(&self, key: &ModelKey) -> Result<SharedIndex> {
        let shared = self.indexes.of(key);
        let is_current = match &*shared.read() {
            Some(index) => index.is_current(&self.reader()?.vectors(key))?,
            None => false,
        };
        if !is_current {
            // A connection of its own: opening may take seconds, and other questions have theirs meanwhile.
            self.indexes.update(&shared, key, &self.connect()?)?;
        }
        Ok(shared)
    }

    /// Does at the end of a job what questions should not have to: drops what an older version of a model left, brings
    /// the caches of vectors up to date and builds the graph that a large library is searched with.
    pub(super) fn finish_indexes(
        &self,
        catalog: &Catalog,
        keys: &[ModelKey],
        control: &JobControl,
        told: &mut dyn FnMut(&Progress),
    ) -> Result<()> {
        for key in keys {
            for older in catalog.remove_superseded(key)? {
                remove_cache(&self.indexes.dir, &older);
            }
            let shared = self.indexes.of(key);
            self.indexes.update(&shared, key, catalog)?;
            let build = shared.read().as_ref().and_then(VectorIndex::graph_build);
            let Some(build) = build.filter(|_| !control.is_cancelled()) else { continue };
            let mut message = Some(format!("connecting {} photos for quick answers", build.photos()));
            let built = build.run(&mut || {
                let message = message.take();
                told(&Progress { phase: Phase::Finishing, message, ..Progress::default() });
                !control.is_cancelled()
            });
            if let (Some(index), Some(built)) = (&mut *shared.write(), built) {
                index.adopt(built);
            }
        }
        Ok(())
    }
}
