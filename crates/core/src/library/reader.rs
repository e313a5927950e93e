//! The connection that questions are answered from, and what it tells of changes.

use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Library, PROGRAM};
use crate::catalog::{Catalog, PhotoRow, WriterLock};
use crate::error::{Error, Result};
use crate::ids::PhotoId;

/// How long a question waits for a writer before it gives up on a catalog that must be brought up to date first.
const PATIENCE: Duration = Duration::from_secs(2);

/// The reading connection, opened when the first question comes.
#[derive(Default)]
pub(super) struct Reading {
    catalog: Option<Catalog>,
    /// What the connection said of the state of the database when it was last asked.
    seen: Option<i64>,
    /// States that were seen so far.
    revision: u64,
}

impl Reading {
    /// Closes the connection; the next question opens another.
    pub(super) fn close(&mut self) {
        (self.catalog, self.seen) = (None, None);
    }
}

/// The reading connection, held.
pub(super) struct Reader<'a>(MutexGuard<'a, Reading>);

impl std::ops::Deref for Reader<'_> {
    type Target = Catalog;

    fn deref(&self) -> &Catalog {
        match &self.0.catalog {
            Some(catalog) => catalog,
            None => unreachable!("a reader is made of an open catalog, and nothing takes it away"),
        }
    }
}

impl Library {
    /// A number that grows whenever the catalog has changed since this was last asked, by this program or another; it begins anew
    /// with every start. Cheap enough to be asked ten times a second.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn revision(&self) -> Result<u64> {
        let mut reader = self.reader()?;
        let version = reader.data_version()?;
        let reading = &mut *reader.0;
        if reading.seen.replace(version) != Some(version) {
            reading.revision += 1;
        }
        Ok(reading.revision)
    }

    /// The catalog, for reading.
    ///
    /// # Errors
    /// [`Error::NoLibrary`] when there is none yet.
    pub(super) fn reader(&self) -> Result<Reader<'_>> {
        let mut reading = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if reading.catalog.is_none() {
            reading.catalog = Some(self.connect()?);
        }
        Ok(Reader(reading))
    }

    /// What is known of a photo.
    pub(super) fn row(&self, photo: PhotoId) -> Result<PhotoRow> {
        self.reader()?.rows(&[photo])?.pop().ok_or(Error::UnknownPhoto { photo })
    }

    /// A connection for reading. A catalog of an older version is brought up to date first, as a writer does it.
    pub(super) fn connect(&self) -> Result<Catalog> {
        let path = self.places.catalog();
        match Catalog::open_read_only(&path) {
            Err(Error::CatalogOlder { .. }) => {
                let start = Instant::now();
                let _lock =
                    WriterLock::acquire(self.places.dir(), PROGRAM, &mut |_| start.elapsed() < PATIENCE)?;
                drop(Catalog::open(&path)?);
                Catalog::open_read_only(&path)
            }
            opened => opened,
        }
    }
}
