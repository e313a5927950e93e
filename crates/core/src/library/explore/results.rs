//! Results that are kept: in memory while the library is open, and in files. All of them can be made again.

use std::any::Any;
use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::explore::Steps;

/// Grows when files of before cannot be read, or when what is in them would be made in another way now.
const VERSION: u32 = 2;
const MAGIC: &[u8; 8] = b"KNDREXPL";
const HEADER: usize = 8 + 4 + 32 + 32;
/// Results in memory, and files; the oldest go.
const IN_MEMORY: usize = 24;
const FILES: usize = 64;
/// How often one that waits for another with the same question looks whether it was cancelled.
const LOOK_UP: Duration = Duration::from_millis(20);

/// A fingerprint of what a result was made from.
pub(super) type Print = [u8; 32];

/// Results by name.
pub(in crate::library) struct Results {
    dir: PathBuf,
    memory: Mutex<Vec<Kept>>,
    turns: Mutex<HashMap<String, Arc<Mutex<()>>>>,
}

struct Kept {
    name: String,
    print: Print,
    value: Arc<dyn Any + Send + Sync>,
}

impl Results {
    pub(in crate::library) fn new(dir: PathBuf) -> Self {
        Self { dir, memory: Mutex::default(), turns: Mutex::default() }
    }

    /// The result of that name, made by `make` unless it is known from the same `print`. `make` is given what was known under the
    /// name, whatever it was made from. Of two that ask at once the second waits for the first.
    pub(super) fn get<T: Serialize + DeserializeOwned + Send + Sync + 'static>(
        &self,
        name: &str,
        print: Print,
        steps: &Steps<'_>,
        make: impl FnOnce(Option<&T>) -> Result<T>,
    ) -> Result<Arc<T>> {
        let turn = Arc::clone(
            self.turns.lock().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default(),
        );
        let _turn = loop {
            match turn.try_lock() {
                Ok(turn) => break turn,
                Err(TryLockError::Poisoned(turn)) => break turn.into_inner(),
                Err(TryLockError::WouldBlock) => {
                    steps.go_on()?;
                    std::thread::sleep(LOOK_UP);
                }
            }
        };
        let known = self.known::<T>(name);
        if let Some((_, value)) = known.as_ref().filter(|(known, _)| *known == print) {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(make(known.as_ref().map(|(_, value)| value.as_ref()))?);
        self.keep(name, print, Arc::clone(&value));
        if let Err(error) = self.write(name, print, &*value) {
            tracing::warn!("what was found cannot be kept in {}: {error}", self.dir.display());
        }
        Ok(value)
    }

    /// What is known under the name, and what it was made from.
    pub(super) fn known<T: DeserializeOwned + Send + Sync + 'static>(
        &self,
        name: &str,
    ) -> Option<(Print, Arc<T>)> {
        let in_memory = {
            let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = memory.iter().find(|kept| kept.name == name);
            kept.map(|kept| (kept.print, Arc::clone(&kept.value)))
        };
        if let Some((print, value)) = in_memory
            && let Ok(value) = value.downcast::<T>()
        {
            return Some((print, value));
        }
        let (print, value) = read::<T>(&self.path(name))?;
        let value = Arc::new(value);
        self.keep(name, print, Arc::clone(&value));
        Some((print, value))
    }

    fn keep<T: Send + Sync + 'static>(&self, name: &str, print: Print, value: Arc<T>) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.retain(|kept| kept.name != name);
        memory.insert(0, Kept { name: name.to_owned(), print, value });
        memory.truncate(IN_MEMORY);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.bin"))
    }

    /// Beside its final place first, then renamed: a reader never sees half a file.
    fn write<T: Serialize>(&self, name: &str, print: Print, value: &T) -> Result<()> {
        let body = postcard::to_allocvec(value)
            .map_err(|error| Error::io(&self.dir, std::io::Error::other(error)))?;
        let written = || -> std::io::Result<()> {
            fs::create_dir_all(&self.dir)?;
            let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
            file.write_all(MAGIC)?;
            file.write_all(&VERSION.to_le_bytes())?;
            file.write_all(&print)?;
            file.write_all(blake3::hash(&body).as_bytes())?;
            file.write_all(&body)?;
            file.persist(self.path(name)).map_err(|error| error.error)?;
            self.remove_oldest()
        };
        written().map_err(|error| Error::io(&self.dir, error))
    }

    fn remove_oldest(&self) -> std::io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|extension| extension == "bin") {
                files.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        files.sort();
        files.iter().rev().skip(FILES).try_for_each(|(_, path)| fs::remove_file(path))
    }
}

/// What is in a file; `None` where it is not whole, or of another version.
fn read<T: DeserializeOwned>(path: &Path) -> Option<(Print, T)> {
    let bytes = fs::read(path).ok()?;
    let (header, body) = bytes.split_at_checked(HEADER)?;
    let is_ours = header.starts_with(MAGIC) && header[8..12] == VERSION.to_le_bytes();
    if !is_ours || header[44..] != *blake3::hash(body).as_bytes() {
        return None;
    }
    Some((header[12..44].try_into().ok()?, postcard::from_bytes(body).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::testing::unwatched;

    fn get(results: &Results, name: &str, print: u8, made: u64) -> (u64, Option<u64>) {
        let mut before = None;
        let value = unwatched(|steps| {
            results.get::<u64>(name, [print; 32], steps, |known| {
                before = known.copied();
                Ok(made)
            })
        });
        (*value.unwrap(), before)
    }

    #[test]
    fn a_result_is_made_once_and_again_when_what_it_is_made_from_changes() {
        let dir = tempfile::tempdir().unwrap();
        let results = Results::new(dir.path().join("explored"));
        assert_eq!(get(&results, "a", 1, 10), (10, None));
        assert_eq!(get(&results, "a", 1, 11), (10, None));
        assert_eq!(get(&results, "b", 1, 12), (12, None));
        let reopened = Results::new(dir.path().join("explored"));
        assert_eq!(get(&reopened, "a", 1, 13), (10, None));
        assert_eq!(get(&reopened, "a", 2, 14), (14, Some(10)));
        assert_eq!(*reopened.known::<u64>("a").unwrap().1, 14);
    }

    #[test]
    fn a_broken_file_is_no_result_and_a_folder_that_cannot_be_written_costs_only_time() {
        let dir = tempfile::tempdir().unwrap();
        let results = Results::new(dir.path().to_path_buf());
        get(&results, "a", 1, 10);
        let path = dir.path().join("a.bin");
        let whole = fs::read(&path).unwrap();
        for broken in [&b""[..], &whole[..40], &whole[..whole.len() - 1], &[0; 100]] {
            fs::write(&path, broken).unwrap();
            assert_eq!(get(&Results::new(dir.path().to_path_buf()), "a", 1, 20), (20, None));
        }
        let occupied = Results::new(path.join("a file"));
        assert_eq!(get(&occupied, "a", 1, 30), (30, None));
        assert_eq!(get(&occupied, "a", 1, 31), (30, None));
    }

    #[test]
    fn old_files_go() {
        let dir = tempfile::tempdir().unwrap();
        let results = Results::new(dir.path().to_path_buf());
        for number in 0..FILES as u64 + 10 {
            get(&results, &number.to_string(), 1, number);
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), FILES);
    }
}
