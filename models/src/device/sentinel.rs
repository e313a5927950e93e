//! A file that tells the next start that this one was brought down by a graphics driver.
//!
//! A driver that crashes takes the whole process with it: no error can be caught. So a file is written before the GPU is
//! started or used for the first time, and removed afterwards. A file that nobody holds any more was left behind by a crash.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::DeviceChoice;

/// The folder of the files below the state folder. Each process, and each thing it tries, has its own.
const FOLDER: &str = "gpu-start";

/// Crashes in a row after which not even a demand starts the GPU again.
const MOST_ATTEMPTS: u32 = 2;

/// The files of this process, for when it ends without dropping them.
static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Present on disk, and locked, for as long as the value lives.
#[derive(Debug)]
pub(crate) struct Sentinel {
    path: PathBuf,
    /// Holds the lock.
    file: File,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Of Kindred: another version brings another wgpu and may get along with the driver.
    version: String,
    /// What was being done.
    what: String,
    /// The first try, or the one that was allowed after a crash.
    attempt: u32,
}

/// A file that a crash left behind.
#[derive(Debug)]
pub(super) struct Crash {
    path: PathBuf,
    /// `None` when the crash left no readable file, which is a crash all the same.
    record: Option<Record>,
}

impl Sentinel {
    /// Writes the file, down to the disk: a driver can take the whole machine with it.
    pub(super) fn set(state_dir: &Path, what: &str, attempt: u32) -> io::Result<Self> {
        let folder = state_dir.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        let mut file = tempfile::Builder::new().prefix("start-").suffix(".new").tempfile_in(folder)?;
        // A lock ends with its process, however that ends, and so tells a crash from a start that is still going on. A file
        // system without locks makes a second program at the same time take the CPU, which is no harm.
        let _ = file.as_file().try_lock();
        let record = Record { version: env!("CARGO_PKG_VERSION").to_owned(), what: what.to_owned(), attempt };
        file.write_all(&serde_json::to_vec(&record)?)?;
        // It gets the name that other programs look for only now that it is whole and locked: none takes it for a crash.
        let path = file.path().with_extension("json");
        let mut live = live();
        let file = file.persist(&path).map_err(|error| error.error)?;
        live.push(path.clone());
        drop(live);
        let sentinel = Self { path, file };
        sentinel.file.sync_all()?;
        Ok(sentinel)
    }

    /// What a crash does: the lock goes, the file stays.
    #[cfg(test)]
    pub(super) fn leave(self) {
        live().retain(|path| *path != self.path);
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let mut live = live();
        // One that is not in the list was removed before.
        if let Some(index) = live.iter().position(|path| *path == self.path) {
            remove(&live.swap_remove(index));
        }
    }
}

/// Removes what tells the next start of a crash of the GPU. To be called by a program that is about to end without returning
/// from what it does, as on Ctrl-C: the user stopped it, not the GPU.
pub fn release_gpu_sentinels() {
    live().drain(..).for_each(|path| remove(&path));
}

fn live() -> MutexGuard<'static, Vec<PathBuf>> {
    // Nothing panics between two changes of the list.
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(path = %path.display(), %error, "the next start will take this for a crash of the GPU");
    }
}

/// The files that crashes left behind. A folder that cannot be read has none.
pub(super) fn left_behind(state_dir: &Path) -> Vec<Crash> {
    let Ok(entries) = std::fs::read_dir(state_dir.join(FOLDER)) else { return vec![] };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|e| e == "json")).filter_map(read).collect()
}

fn read(path: PathBuf) -> Option<Crash> {
    let mut file = File::open(&path).ok()?;
    // Held by a program that is starting, or removed by one that has just started.
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) || !path.exists() {
        return None;
    }
    let mut text = String::new();
    let record = file.read_to_string(&mut text).ok().and_then(|_| serde_json::from_str(&text).ok());
    Some(Crash { path, record })
}

/// Removes the files, because the GPU is tried again.
pub(super) fn forget(crashes: &[Crash]) {
    for crash in crashes {
        if let Err(error) = std::fs::remove_file(&crash.path) {
            tracing::warn!(path = %crash.path.display(), %error, "the record of a crash could not be removed");
        }
    }
}

/// Whether to start the GPU after these crashes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Start it; this is the `attempt`th time in a row, from 1.
    Start { attempt: u32 },
    /// Leave it alone.
    Avoid { reason: String },
}

/// One crash is enough to use the CPU from then on. The GPU gets one more chance when it is demanded, and a new start with
/// another version of Kindred.
pub(super) fn verdict(choice: DeviceChoice, crashes: &[Crash]) -> Verdict {
    let current = |record: &Record| record.version == env!("CARGO_PKG_VERSION");
    let relevant = crashes.iter().filter(|crash| crash.record.as_ref().is_none_or(current));
    let Some(worst) = relevant.max_by_key(|crash| crash.attempts()) else {
        return Verdict::Start { attempt: 1 };
    };
    let what = worst.record.as_ref().map_or("starting the GPU", |record| &record.what);
    if worst.attempts() >= MOST_ATTEMPTS {
        return Verdict::Avoid {
            reason: format!(
                "the GPU stopped the program {} times in a row, last while {what}; remove {} to try it once more",
                worst.attempts(),
                worst.path.display()
            ),
        };
    }
    match choice {
        DeviceChoice::Gpu => Verdict::Start { attempt: worst.attempts() + 1 },
        _ => Verdict::Avoid {
            reason: format!(
                "the program stopped while {what}, at an earlier start; `--device gpu` tries the GPU again"
            ),
        },
    }
}

impl Crash {
    fn attempts(&self) -> u32 {
        self.record.as_ref().map_or(1, |record| record.attempt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crash(version: &str, attempt: u32) -> Crash {
        let record = Record { version: version.into(), what: "testing".into(), attempt };
        Crash { path: "start-x.json".into(), record: Some(record) }
    }

    #[track_caller]
    fn check(choice: DeviceChoice, crashes: &[Crash], expected: Result<u32, &str>) {
        match (verdict(choice, crashes), expected) {
            (Verdict::Start { attempt }, Ok(expected)) => assert_eq!(attempt, expected),
            (Verdict::Avoid { reason }, Err(expected)) => assert!(reason.contains(expected), "{reason}"),
            (verdict, _) => panic!("{choice} after {crashes:?}: {verdict:?}"),
        }
    }

    #[test]
    fn a_crash_leads_to_the_cpu_and_a_demand_to_one_more_attempt() {
        use DeviceChoice::{Auto, Gpu};
        let now = env!("CARGO_PKG_VERSION");
        let unreadable = || Crash { path: "start-y.json".into(), record: None };
        check(Auto, &[], Ok(1));
        check(Gpu, &[], Ok(1));
        check(Auto, &[crash(now, 1)], Err("while testing"));
        check(Gpu, &[crash(now, 1)], Ok(2));
        check(Auto, &[crash(now, 2)], Err("2 times in a row"));
        check(Gpu, &[crash(now, 1), crash(now, 2)], Err("remove start-x.json"));
        check(Auto, &[crash("0.0.0", 2)], Ok(1));
        check(Auto, &[crash("0.0.0", 2), crash(now, 1)], Err("--device gpu"));
        check(Auto, &[unreadable()], Err("while starting the GPU"));
        check(Gpu, &[unreadable()], Ok(2));
    }

    #[test]
    fn a_sentinel_goes_when_all_is_well() {
        let folder = tempfile::tempdir().unwrap();
        drop(Sentinel::set(folder.path(), "testing", 1).unwrap());
        assert_eq!(std::fs::read_dir(folder.path().join(FOLDER)).unwrap().count(), 0);
        assert!(left_behind(&folder.path().join("nowhere")).is_empty());
    }

    #[test]
    fn a_sentinel_that_is_held_is_no_crash_and_one_that_is_left_is() {
        let folder = tempfile::tempdir().unwrap();
        let held = Sentinel::set(folder.path(), "another program", 1).unwrap();
        assert!(left_behind(folder.path()).is_empty());
        held.leave();
        let crashes = left_behind(folder.path());
        assert_eq!(crashes.len(), 1);
        assert_eq!(
            crashes[0].record,
            Some(Record {
                version: env!("CARGO_PKG_VERSION").into(),
                what: "another program".into(),
                attempt: 1
            })
        );
        forget(&crashes);
        assert!(left_behind(folder.path()).is_empty());
    }

    #[test]
    fn a_process_that_dies_leaves_its_sentinel() {
        const FOLDER_OF_CHILD: &str = "KINDRED_TEST_SENTINEL_FOLDER";
        if let Some(folder) = std::env::var_os(FOLDER_OF_CHILD) {
            let _sentinel = Sentinel::set(Path::new(&folder), "dying", 2).unwrap();
            std::process::abort();
        }
        let folder = tempfile::tempdir().unwrap();
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["a_process_that_dies_leaves_its_sentinel", "--nocapture"])
            .env(FOLDER_OF_CHILD, folder.path())
            .output()
            .unwrap();
        assert!(!child.status.success());
        let crashes = left_behind(folder.path());
        assert_eq!(crashes.len(), 1);
        assert_eq!(crashes[0].attempts(), 2);
    }

    #[test]
    fn a_process_that_is_interrupted_leaves_no_sentinel() {
        const FOLDER_OF_CHILD: &str = "KINDRED_TEST_INTERRUPTED_FOLDER";
        if let Some(folder) = std::env::var_os(FOLDER_OF_CHILD) {
            let _starting = Sentinel::set(Path::new(&folder), "starting", 1).unwrap();
            let _computing = Sentinel::set(Path::new(&folder), "computing", 1).unwrap();
            // As a handler of interrupts does, on a thread of its own while the GPU starts on another.
            let handler = std::thread::spawn(|| {
                release_gpu_sentinels();
                std::process::exit(130);
            });
            handler.join().unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["a_process_that_is_interrupted_leaves_no_sentinel", "--nocapture"])
            .env(FOLDER_OF_CHILD, folder.path())
            .output()
            .unwrap();
        assert_eq!(child.status.code(), Some(130));
        assert_eq!(std::fs::read_dir(folder.path().join(FOLDER)).unwrap().count(), 0);
    }

    #[test]
    fn no_program_sees_a_sentinel_before_it_is_whole_and_locked() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            let starts = scope.spawn(|| {
                (0..100).for_each(|_| drop(Sentinel::set(folder.path(), "starting", 1).unwrap()));
            });
            while !starts.is_finished() {
                assert!(left_behind(folder.path()).is_empty());
            }
        });
    }

    #[test]
    fn a_file_cut_short_by_the_crash_is_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join(FOLDER)).unwrap();
        std::fs::write(folder.path().join(FOLDER).join("start-a.json"), "{\"ver").unwrap();
        std::fs::write(folder.path().join(FOLDER).join("notes.txt"), "").unwrap();
        assert_eq!(left_behind(folder.path()).len(), 1);
    }
}
