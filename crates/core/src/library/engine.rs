//! The networks of a library: found, loaded once, kept.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kindred_models::{
    Compute, DeviceChoice, DeviceReport, FaceDetector, FaceEmbedder, ImageEmbedder, ModelError, ModelRef,
    ModelStore, ResolvedModel, TextEmbedder, resolve,
};

/// Loads networks when they are first needed and keeps them.
pub(crate) struct Engine {
    store: ModelStore,
    choice: DeviceChoice,
    state_dir: PathBuf,
    compute: OnceLock<Compute>,
    opening: Mutex<()>,
    images: Mutex<HashMap<String, Arc<ImageEmbedder>>>,
    texts: Mutex<HashMap<String, Arc<TextEmbedder>>>,
    faces: Mutex<Option<(Arc<FaceDetector>, Arc<FaceEmbedder>)>>,
}

impl Engine {
    pub(crate) fn new(store: ModelStore, choice: DeviceChoice, state_dir: PathBuf) -> Self {
        Self {
            store,
            choice,
            state_dir,
            compute: OnceLock::new(),
            opening: Mutex::new(()),
            images: Mutex::default(),
            texts: Mutex::default(),
            faces: Mutex::default(),
        }
    }

    pub(crate) fn store(&self) -> &ModelStore {
        &self.store
    }

    pub(crate) fn resolve(&self, model: &ModelRef) -> Result<ResolvedModel, ModelError> {
        resolve(&self.store, model)
    }

    /// The device, opened at the first call.
    pub(crate) fn compute(&self) -> Result<&Compute, ModelError> {
        let _opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(compute) = self.compute.get() {
            return Ok(compute);
        }
        let compute = Compute::open(self.choice, &self.state_dir)?;
        Ok(self.compute.get_or_init(|| compute))
    }

    /// The device, if it has been opened.
    pub(crate) fn device_in_use(&self) -> Option<DeviceReport> {
        self.compute.get().map(Compute::report)
    }

    pub(crate) fn image(&self, model: &ResolvedModel) -> Result<Arc<ImageEmbedder>, ModelError> {
        kept(&self.images, &model.info.id, || ImageEmbedder::load(model, self.compute()?))
    }

    /// The networks that find and know faces.
    ///
    /// # Errors
    /// One of them is not installed.
    pub(crate) fn faces(&self) -> Result<(Arc<FaceDetector>, Arc<FaceEmbedder>), ModelError> {
        let mut loaded = self.faces.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((detector, embedder)) = &*loaded {
            return Ok((Arc::clone(detector), Arc::clone(embedder)));
        }
        let compute = self.compute()?;
        let detector = Arc::new(FaceDetector::load(&self.store, compute)?);
        let embedder = Arc::new(FaceEmbedder::load(&self.store, compute)?);
        *loaded = Some((Arc::clone(&detector), Arc::clone(&embedder)));
        Ok((detector, embedder))
    }

    pub(crate) fn text(&self, model: &ResolvedModel) -> Result<Arc<TextEmbedder>, ModelError> {
        kept(&self.texts, &model.info.id, || TextEmbedder::load(model, self.compute()?))
    }
}

/// The network of that id, loaded under the lock so that two callers never load it twice.
fn kept<T>(
    loaded: &Mutex<HashMap<String, Arc<T>>>,
    id: &str,
    load: impl FnOnce() -> Result<T, ModelError>,
) -> Result<Arc<T>, ModelError> {
    let mut loaded = loaded.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(network) = loaded.get(id) {
        return Ok(Arc::clone(network));
    }
    let network = Arc::new(load()?);
    loaded.insert(id.to_owned(), Arc::clone(&network));
    Ok(network)
}
