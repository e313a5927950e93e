//! The names in the library, kept at hand for the completion of queries.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Library;
use super::folder_tree::trees_of;
use crate::catalog::Catalog;
use crate::error::Result;
use crate::search::Vocabulary;

/// Of a library of up to so many photos the names are read while the user waits: that takes milliseconds.
const READ_AT_ONCE: u64 = 10_000;
/// How long a key press waits for the names of a larger library before it is answered with those of before.
const PATIENCE: Duration = Duration::from_millis(10);

/// The names that were read last.
pub(super) struct Names {
    read_at_once: u64,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// A thread has come to its end.
    read: Condvar,
}

#[derive(Default)]
struct State {
    /// With the revision of the library that they are of.
    known: Option<(u64, Arc<Vocabulary>)>,
    /// A thread is reading them anew.
    is_reading: bool,
}

impl Default for Names {
    fn default() -> Self {
        Self { read_at_once: READ_AT_ONCE, shared: Arc::default() }
    }
}

impl Library {
    /// Reads the names in the library, so that the first completion of a query need not wait for that.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn read_names(&self) -> Result<()> {
        self.vocabulary().map(drop)
    }

    /// The names in the library. When it has changed, those of a large one are read behind, and it may be that the ones of before
    /// are given until then.
    pub(super) fn vocabulary(&self) -> Result<Arc<Vocabulary>> {
        let revision = self.revision()?;
        let mut state = self.names.shared.lock();
        match &state.known {
            Some((of, vocabulary)) if *of == revision => Ok(Arc::clone(vocabulary)),
            Some((_, before)) if before.photos() > self.names.read_at_once => {
                let before = Arc::clone(before);
                if !state.is_reading {
                    state.is_reading = true;
                    self.names.read_behind(revision, self.places.catalog());
                }
                let known = self.names.shared.wait(state).known.clone();
                Ok(known.map_or(before, |(_, vocabulary)| vocabulary))
            }
            _ => {
                let vocabulary = Arc::new(vocabulary_of(&self.connect()?)?);
                state.known = Some((revision, Arc::clone(&vocabulary)));
                Ok(vocabulary)
            }
        }
    }
}

impl Names {
    /// Forgets all names, those that are being read at the moment too.
    pub(super) fn forget(&self) {
        let mut state = self.shared.lock();
        while state.is_reading {
            state = self.shared.read.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.known = None;
    }

    fn read_behind(&self, revision: u64, catalog: PathBuf) {
        let shared = Arc::clone(&self.shared);
        std::thread::spawn(move || {
            let read = Catalog::open_read_only(&catalog).and_then(|catalog| vocabulary_of(&catalog));
            let mut state = shared.lock();
            state.is_reading = false;
            match read {
                Ok(vocabulary) => state.known = Some((revision, Arc::new(vocabulary))),
                // The next key press tries again.
                Err(error) => tracing::warn!("the names in the library cannot be read: {error}"),
            }
            shared.read.notify_all();
        });
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the thread that reads, and for no longer than a key press may.
    fn wait<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let until = Instant::now() + PATIENCE;
        while state.is_reading {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.read.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }
}

fn vocabulary_of(catalog: &Catalog) -> Result<Vocabulary> {
    let mut folders = Vec::new();
    for tree in trees_of(catalog)? {
        let root = tree.path.to_string_lossy().into_owned();
        let within = root.trim_end_matches(['/', '\\']);
        folders.extend(tree.subfolders.iter().map(|sub| (format!("{within}/{}", sub.relative), sub.photos)));
        folders.push((root, tree.photos));
    }
    let taken = catalog.cameras_and_months()?;
    let decided = catalog.decided()?;
    let mut people: BTreeMap<&str, u64> = BTreeMap::new();
    for counts in catalog.people()? {
        if let Some(name) = decided.name(counts.person) {
            *people.entry(name).or_default() += counts.photos;
        }
    }
    let people = people.into_iter().map(|(name, photos)| (name.to_owned(), photos)).collect();
    Ok(Vocabulary::new(folders, taken.cameras, people, taken.months))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, picture};

    #[test]
    fn the_names_of_a_large_library_are_read_behind_and_known_soon() {
        let mut world = World::new();
        let write = |folder: &std::path::Path| std::fs::write(folder.join("a.png"), picture(1)).unwrap();
        let (p, q) = (world.folder("p"), world.folder("q"));
        write(&p);
        write(&q);
        world.library.names.read_at_once = 0;
        world.add(&[p]);
        world.index();
        let names = |world: &World| -> Vec<String> {
            world.library.complete("folder:", 7).unwrap().into_iter().map(|found| found.text).collect()
        };
        assert_eq!(names(&world), ["p"], "the first names are waited for");
        world.add(&[q]);
        world.index();
        let found = (0..1000).find(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            names(&world) == ["p", "q"]
        });
        assert!(found.is_some(), "{:?}", names(&world));
    }
}
