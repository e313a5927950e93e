//! One program writes to a library at a time.
//!
//! The lock is the operating system's own on `library.lock`: it ends with the program that holds it, however that
//! program ends, so a dead holder never blocks. Who holds it is written beside it, in `library.lock.json`: Windows
//! lets nobody read a locked file.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::unix_ms;
use crate::error::{Error, Result};

const LOCK_FILE: &str = "library.lock";
const HOLDER_FILE: &str = "library.lock.json";
const POLL: Duration = Duration::from_millis(100);

/// The right to write to a library, until it is dropped.
#[derive(Debug)]
pub struct WriterLock {
    // Unlocked by the system when it is closed.
    _file: File,
    holder_file: PathBuf,
}

/// Who writes to a library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// Process id.
    pub pid: u32,
    /// What the program calls itself.
    pub program: String,
    /// Since when, in Unix milliseconds.
    pub since: i64,
}

impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = jiff::Timestamp::from_millisecond(self.since).unwrap_or_default();
        let local = since.to_zoned_datetime(jiff::tz::TimeZone::system());
        write!(f, "{} (process {}) since {}", self.program, self.pid, local.strftime("%Y-%m-%d %H:%M:%S"))
    }
}

impl WriterLock {
    /// Takes the lock of the library in `dir`, which is created if need be; `program` is told to whoever waits.
    ///
    /// While another program holds it, `wait` is asked ten times a second whether to go on waiting, with the
    /// holder as far as it is known.
    ///
    /// # Errors
    /// [`Error::LibraryBusy`] when `wait` said no, [`Error::Io`] when the lock's file cannot be made or locked.
    pub fn acquire(
        dir: &Path,
        program: &str,
        wait: &mut dyn FnMut(Option<&LockHolder>) -> bool,
    ) -> Result<Self> {
        std::fs::create_dir_all(dir).map_err(|error| Error::io(dir, error))?;
        let path = dir.join(LOCK_FILE);
        let holder_file = dir.join(HOLDER_FILE);
        let file = OpenOptions::new().create(true).truncate(false).write(true).read(true).open(&path);
        let file = file.map_err(|error| Error::io(&path, error))?;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(Error::io(&path, error)),
                Err(TryLockError::WouldBlock) => {
                    let holder = read_holder(&holder_file);
                    if !wait(holder.as_ref()) {
                        return Err(Error::LibraryBusy { path: dir.to_path_buf(), holder });
                    }
                    std::thread::sleep(POLL);
                }
            }
        }
        let holder = LockHolder { pid: std::process::id(), program: program.to_owned(), since: unix_ms() };
        write_holder(&holder_file, &holder).map_err(|error| Error::io(&holder_file, error))?;
        Ok(Self { _file: file, holder_file })
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // Only words for others: should they stay, the next holder replaces them.
        let _ = std::fs::remove_file(&self.holder_file);
    }
}

fn read_holder(path: &Path) -> Option<LockHolder> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

fn write_holder(path: &Path, holder: &LockHolder) -> std::io::Result<()> {
    let unfinished = path.with_extension("json.new");
    std::fs::write(&unfinished, serde_json::to_vec(holder)?)?;
    std::fs::rename(unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    fn refuse(_: Option<&LockHolder>) -> bool {
        false
    }

    #[test]
    fn the_second_writer_is_told_who_holds_the_library() {
        let dir = tempfile::tempdir().unwrap();
        let library = dir.path().join("library");
        let held = WriterLock::acquire(&library, "kindred index", &mut refuse).unwrap();
        let error = WriterLock::acquire(&library, "kindred add", &mut refuse).unwrap_err();
        let Error::LibraryBusy { path, holder: Some(holder) } = &error else { panic!("{error}") };
        assert_eq!((holder.pid, holder.program.as_str()), (std::process::id(), "kindred index"));
        assert_eq!(path, &library);
        assert!(error.to_string().contains("kindred index (process "), "{error}");
        drop(held);
        WriterLock::acquire(&library, "kindred add", &mut refuse).unwrap();
    }

    #[test]
    fn the_second_writer_can_wait_its_turn() {
        let dir = tempfile::tempdir().unwrap();
        let held = WriterLock::acquire(dir.path(), "first", &mut refuse).unwrap();
        let mut held = Some(held);
        let mut asked = 0;
        let lock = WriterLock::acquire(dir.path(), "second", &mut |holder| {
            asked += 1;
            assert_eq!(holder.unwrap().program, "first");
            drop(held.take());
            true
        });
        assert!(lock.is_ok());
        assert_eq!(asked, 1);
    }

    /// Run by the next test as a program of its own: holds the lock until it is killed.
    #[test]
    fn another_program_holds_the_lock() {
        if let Some(dir) = std::env::var_os("KINDRED_TEST_HOLD_LOCK") {
            let _lock = WriterLock::acquire(Path::new(&dir), "another program", &mut refuse).unwrap();
            std::thread::sleep(Duration::from_secs(60));
        }
    }

    #[test]
    fn a_holder_that_was_killed_does_not_block() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "catalog::lock::tests::another_program_holds_the_lock"])
            .env("KINDRED_TEST_HOLD_LOCK", dir.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let holder_file = dir.path().join(HOLDER_FILE);
        while read_holder(&holder_file).is_none() {
            assert!(child.try_wait().unwrap().is_none(), "the other program ended");
            std::thread::sleep(Duration::from_millis(10));
        }
        let error = WriterLock::acquire(dir.path(), "me", &mut refuse).unwrap_err();
        assert!(error.to_string().contains("another program"), "{error}");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(read_holder(&holder_file).is_some(), "it had no time to tidy up");
        WriterLock::acquire(dir.path(), "me", &mut refuse).unwrap();
    }
}
