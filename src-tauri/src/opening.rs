//! The library, opened while the window is up already.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use kindred_core::{Error, Library, LibraryOptions};

use crate::values::{CommandError, LibraryState, Result};
use crate::watch::Hub;

/// A library that is open, or will be.
pub(crate) struct Opening {
    opened: Mutex<Option<Result<Arc<Library>>>>,
    done: Condvar,
}

impl Opening {
    /// Opens the library on a thread of its own. A database of an older version is brought up to date there.
    pub(crate) fn begin(options: LibraryOptions, hub: Arc<Hub>) -> Arc<Self> {
        let opening = Arc::new(Self { opened: Mutex::default(), done: Condvar::new() });
        let begun = Arc::clone(&opening);
        std::thread::spawn(move || {
            let opened = Library::open(options).map(|library| {
                // Whatever is wrong with the database is told when something is asked of it.
                let _ = library.folders();
                Arc::new(library)
            });
            *begun.lock() = Some(opened.map_err(CommandError::from));
            begun.done.notify_all();
            begun.changed(&hub);
            if let Some(Ok(library)) = begun.now() {
                // Where there is none yet, there are no names.
                let _ = library.read_names();
            }
        });
        opening
    }

    /// Tells that photos changed, or the state of the library.
    pub(crate) fn changed(&self, hub: &Hub) {
        let revision = self.now().and_then(|library| library.ok()?.revision().ok());
        hub.library_changed(revision.unwrap_or_default());
    }

    /// The library, if it is open by now.
    pub(crate) fn now(&self) -> Option<Result<Arc<Library>>> {
        self.lock().clone()
    }

    /// The library, as soon as it is open.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(crate) fn wait(&self) -> Result<Arc<Library>> {
        let mut opened = self.lock();
        loop {
            match &*opened {
                Some(library) => return library.clone(),
                None => opened = self.done.wait(opened).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Result<Arc<Library>>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an error says about the library as a whole.
pub(crate) fn state_of(error: &Error) -> LibraryState {
    match error {
        Error::NoLibrary { .. } => LibraryState::Empty,
        Error::CatalogDamaged { .. } => LibraryState::Damaged,
        Error::CatalogNewer { .. } => LibraryState::Newer,
        _ => LibraryState::Unreachable,
    }
}
