//! Models that are being fetched, each on a thread of its own.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use kindred_core::{DownloadPhase, DownloadProgress, Library};

use super::Indexing;
use crate::opening::Opening;
use crate::values::{CommandError, Event, ModelPhase, ModelProgress, Result};
use crate::watch::Hub;

/// Fetches and imports models, one transfer for each at a time.
pub(crate) struct Downloads {
    library: Arc<Opening>,
    hub: Arc<Hub>,
    indexing: Arc<Indexing>,
    running: Mutex<HashMap<String, Arc<Transfer>>>,
}

/// The strings on a transfer.
#[derive(Default)]
struct Transfer {
    stop: AtomicBool,
    /// What is here is deleted when it has stopped.
    delete: AtomicBool,
}

impl Downloads {
    pub(crate) fn new(library: Arc<Opening>, hub: Arc<Hub>, indexing: Arc<Indexing>) -> Arc<Self> {
        Arc::new(Self { library, hub, indexing, running: Mutex::default() })
    }

    /// Fetches a model, going on where an earlier try stopped. Nothing happens when it is being fetched already.
    ///
    /// # Errors
    /// There is no such model, or it needs no fetching.
    pub(crate) fn get(self: &Arc<Self>, id: &str) -> Result<()> {
        let status = self.library.wait()?.models().status(id)?;
        if status.state == "built-in" || status.state == "installed" {
            return Ok(());
        }
        self.transfer(id, |library, id, stop, told| library.models().get(id, stop, told).map(drop));
        Ok(())
    }

    /// Takes a copy of a file that the user fetched by other means.
    ///
    /// # Errors
    /// There is no such model.
    pub(crate) fn import(self: &Arc<Self>, id: &str, path: PathBuf) -> Result<()> {
        self.library.wait()?.models().status(id)?;
        self.transfer(id, move |library, id, _, told| library.models().import(id, &path, told).map(drop));
        Ok(())
    }

    /// Stops fetching a model; what is here stays.
    pub(crate) fn pause(&self, id: &str) {
        if let Some(transfer) = self.lock().get(id) {
            transfer.stop.store(true, Ordering::Release);
        }
    }

    /// Stops fetching a model and deletes what is here of it.
    ///
    /// # Errors
    /// There is no such model; its files cannot be deleted.
    pub(crate) fn cancel(&self, id: &str) -> Result<()> {
        if let Some(transfer) = self.lock().get(id) {
            transfer.delete.store(true, Ordering::Release);
            transfer.stop.store(true, Ordering::Release);
            return Ok(());
        }
        self.library.wait()?.models().discard_download(id)?;
        self.library.changed(&self.hub);
        Ok(())
    }

    /// Stops everything; what is here stays.
    pub(crate) fn stop(&self) {
        for transfer in self.lock().values() {
            transfer.stop.store(true, Ordering::Release);
        }
    }

    fn transfer(
        self: &Arc<Self>,
        id: &str,
        work: impl FnOnce(
            &Library,
            &str,
            &AtomicBool,
            &mut dyn FnMut(DownloadProgress),
        ) -> kindred_core::Result<()>
        + Send
        + 'static,
    ) {
        let transfer = Arc::new(Transfer::default());
        {
            let mut running = self.lock();
            if running.contains_key(id) {
                return;
            }
            running.insert(id.to_owned(), Arc::clone(&transfer));
        }
        let (downloads, id) = (Arc::clone(self), id.to_owned());
        thread::spawn(move || {
            let mut last = ModelProgress::begun(&id);
            downloads.hub.tell(Event::Model(last.clone()));
            let mut told = |progress: DownloadProgress| {
                last = ModelProgress::of(&id, progress);
                downloads.hub.tell(Event::Model(last.clone()));
            };
            let done = downloads.library.wait().and_then(|library| {
                let done = work(&library, &id, &transfer.stop, &mut told);
                if transfer.delete.load(Ordering::Acquire) {
                    library.models().discard_download(&id)?;
                }
                done.map_err(Into::into)
            });
            downloads.lock().remove(&id);
            let is_installed = done.is_ok();
            if done.is_err() {
                // A file that was refused is not here, however many bytes of it came.
                last.bytes = downloads.bytes_here(&id).unwrap_or(last.bytes);
            }
            downloads.hub.tell(Event::Model(last.ended(done, transfer.stop.load(Ordering::Acquire))));
            downloads.library.changed(&downloads.hub);
            if is_installed {
                downloads.has_seen_nothing_yet();
            }
        });
    }

    fn bytes_here(&self, id: &str) -> Result<u64> {
        Ok(self.library.wait()?.models().status(id)?.bytes_here)
    }

    /// A model that was just installed answers once it has looked at the photos.
    fn has_seen_nothing_yet(&self) {
        let has_folders = self.library.wait().and_then(|library| Ok(library.folders()?));
        if has_folders.is_ok_and(|folders| !folders.is_empty()) {
            self.indexing.start(false);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Transfer>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ModelProgress {
    fn begun(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            phase: ModelPhase::Downloading,
            bytes: 0,
            total: 0,
            rate: 0,
            seconds_left: None,
            error: None,
        }
    }

    fn of(id: &str, progress: DownloadProgress) -> Self {
        let (phase, error) = match progress.phase {
            DownloadPhase::Checking => (ModelPhase::Verifying, None),
            DownloadPhase::Retrying { failure, wait } => {
                let error = CommandError::new("retrying", failure.to_string())
                    .with("problem", failure.code())
                    .with("seconds", wait.as_secs());
                (ModelPhase::Downloading, Some(error))
            }
            DownloadPhase::Waiting | DownloadPhase::Connecting | DownloadPhase::Receiving => {
                (ModelPhase::Downloading, None)
            }
        };
        Self {
            id: id.to_owned(),
            phase,
            bytes: progress.bytes_done,
            total: progress.bytes_total,
            rate: progress.bytes_per_second,
            seconds_left: progress.seconds_left,
            error,
        }
    }

    fn ended(self, done: Result<()>, was_stopped: bool) -> Self {
        let last = Self { rate: 0, seconds_left: None, error: None, ..self };
        match done {
            Ok(()) => Self { phase: ModelPhase::Done, bytes: last.total, ..last },
            Err(_) if was_stopped => Self { phase: ModelPhase::Paused, ..last },
            Err(error) => Self { phase: ModelPhase::Failed, error: Some(error), ..last },
        }
    }
}
