//! Faces and people: whether they are wanted, who they are, and what the user says of them.

mod answer;
mod by_face;
mod crop;
mod deciding;
mod grouping;
mod listing;
mod looking;
#[cfg(test)]
mod tests;

pub use answer::{
    FileFace, FileFaces, Named, PeopleState, PeopleStatus, Person, PersonDetails, PersonFace, PhotoFace,
    Suggestion,
};
pub use crop::FaceCrop;
pub(super) use grouping::Regrouping;

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use kindred_models::{FaceDetector, FaceEmbedder, InstallState};

use super::{Library, PROGRAM};
use crate::catalog::{Catalog, WriterLock};
use crate::error::Result;
use crate::indexing::{FaceNetworks, JobControl, Progress};

/// How long a decision waits for another program that writes.
const PATIENCE: Duration = Duration::from_secs(15);

/// The models that faces need.
struct FaceModels {
    /// Their names and versions: what vectors of faces that can be compared have in common.
    pipeline: String,
    /// Those that are not installed.
    missing: Vec<String>,
}

impl Library {
    /// Whether faces are looked for, and how far that is.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn people_status(&self) -> Result<PeopleStatus> {
        let models = self.face_models()?;
        let catalog = self.reader()?;
        if !catalog.people_are_wanted()? {
            return Ok(PeopleStatus { missing_models: models.missing, ..PeopleStatus::default() });
        }
        let counts = catalog.face_counts(&models.pipeline)?;
        let can_undo = catalog.has_decisions()?;
        drop(catalog);
        let people = self.listed()?;
        let count =
            |is_counted: &dyn Fn(&Person) -> bool| people.iter().filter(|p| is_counted(p)).count() as u64;
        Ok(PeopleStatus {
            state: if models.missing.is_empty() { PeopleState::On } else { PeopleState::NeedsModels },
            missing_models: models.missing,
            faces: counts.faces,
            photos_seen: counts.photos_seen,
            photos_to_see: counts.photos_to_see,
            named: count(&|person| person.name.is_some() && !person.hidden),
            unnamed: count(&|person| person.name.is_none() && !person.hidden),
            hidden: count(&|person| person.hidden),
            can_undo,
        })
    }

    /// Looks for faces from the next job on.
    ///
    /// # Errors
    /// There is no library yet; another program writes to it.
    pub fn want_people(&self) -> Result<()> {
        self.change_people(|catalog| catalog.want_people())
    }

    /// Looks for faces no longer and deletes everything that is known of faces and people, so that nothing of it is left in the
    /// library's files; queries that name people are forgotten with it. While another program writes, `told` hears of it and `control`
    /// ends the waiting.
    ///
    /// # Errors
    /// There is no library yet. [`Error::Cancelled`](crate::Error::Cancelled).
    pub fn erase_people(&self, control: &JobControl, told: &mut dyn FnMut(&Progress)) -> Result<()> {
        drop(self.reader()?);
        let _lock = self.lock(control, told)?;
        let mut decider = self.decider.lock().unwrap_or_else(PoisonError::into_inner);
        *decider = None;
        Catalog::open(&self.places.catalog())?.erase_people()?;
        *self.suggested.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.names.forget();
        self.forget_people_in_history()
    }

    /// The networks that a job looks for faces with, if faces are wanted and both are installed.
    pub(super) fn face_pipeline(&self, catalog: &Catalog) -> Result<Option<String>> {
        if !catalog.people_are_wanted()? {
            return Ok(None);
        }
        let models = self.face_models()?;
        Ok(models.missing.is_empty().then_some(models.pipeline))
    }

    /// The networks themselves.
    ///
    /// # Errors
    /// One of them is not installed.
    pub(super) fn face_networks(&self) -> Result<FaceNetworks> {
        let (detector, embedder) = self.engine.faces()?;
        Ok(FaceNetworks { detector, embedder, pipeline: self.face_models()?.pipeline })
    }

    fn face_models(&self) -> Result<FaceModels> {
        let store = self.engine.store();
        let (mut versions, mut missing) = (Vec::new(), Vec::new());
        for id in [FaceDetector::ID, FaceEmbedder::ID] {
            let Some(entry) = store.manifest().get(id) else {
                missing.push(id.to_owned());
                continue;
            };
            versions.push(format!("{id}@{}", entry.pipeline_version));
            if !matches!(store.state(id)?, InstallState::Installed { .. }) {
                missing.push(id.to_owned());
            }
        }
        Ok(FaceModels { pipeline: versions.join("+"), missing })
    }

    /// Writes something of people. It does not wait for a job of this program: it writes between two batches.
    fn change_people<T>(&self, change: impl FnOnce(&Catalog) -> Result<T>) -> Result<T> {
        drop(self.reader()?);
        let _lock = self.shared_lock()?;
        let mut decider = self.decider.lock().unwrap_or_else(PoisonError::into_inner);
        if decider.is_none() {
            *decider = Some(Catalog::open(&self.places.catalog())?);
        }
        match &*decider {
            Some(catalog) => change(catalog),
            None => unreachable!("it was opened right above"),
        }
    }

    /// The place for a writer: the one that a job of this program has, or else one of its own.
    fn shared_lock(&self) -> Result<Arc<WriterLock>> {
        let held = || self.writing.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        let start = Instant::now();
        let mut shared = held();
        while shared.is_none() {
            let own = WriterLock::acquire(self.places.dir(), PROGRAM, &mut |_| {
                // A job of this program may have begun meanwhile.
                shared = held();
                shared.is_none() && start.elapsed() < PATIENCE
            });
            match own {
                Ok(lock) => return Ok(self.registered(lock)),
                Err(error) if shared.is_none() => return Err(error),
                Err(_) => {}
            }
        }
        shared.map_or_else(|| unreachable!("the loop ends with a lock"), Ok)
    }
}
