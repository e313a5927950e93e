//! Walks a folder: several threads list directories and look at files, the caller takes what they find.
//!
//! Names come from the directory, sizes and times from one `stat` a file. A file is opened only if its name does not
//! tell what it is, and nothing else does. Links to directories are not followed, so there are no loops.

use std::collections::HashSet;
use std::fs::{DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::UNIX_EPOCH;

use crossbeam_channel::{Sender, bounded};

use super::familiar::Familiar;
use super::volume::{device, volume};
use super::{FileAccess, rules};
use crate::catalog::stored_path::{below, to_bytes};
use crate::catalog::{FileStamp, Unreadable};
use crate::media::NamedAs;

/// Threads that wait for the disk or the network; more than cores, because they mostly wait.
const THREADS: usize = 8;

/// Files told at once, so that photos of a huge directory appear before its end.
const PIECE: usize = 512;

/// A file, taken for a photo unless it is said to be another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundFile {
    /// Stored form, below the root.
    pub rel: Box<[u8]>,
    pub stamp: FileStamp,
    /// See [`super::volume`].
    pub volume: i64,
}

/// A link to a file, named like a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundLink {
    /// The link, with the size and time of its target.
    pub file: FoundFile,
    /// Where it leads.
    pub target: PathBuf,
}

/// A directory with which a file system begins: the root of the walk, or what is mounted in it.
#[derive(Debug)]
pub(super) struct Boundary {
    pub rel: Vec<u8>,
    /// See [`super::volume`].
    pub volume: i64,
}

/// Part of a directory.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// Comes once for each, before or with the first of its files.
    pub boundary: Option<Boundary>,
    pub files: Vec<FoundFile>,
    /// Files that are no photos; only their content told.
    pub others: Vec<FoundFile>,
    pub links: Vec<FoundLink>,
    /// What is there but cannot be read; everything below it is unknown, not gone.
    pub unreadable: Vec<Unreadable>,
}

/// Walks the tree below `root` until its end or until `take` returns false. `skip` holds directories that belong
/// to someone else; the root itself cannot be among them.
///
/// # Panics
/// When `files` or `take` does, once all threads have ended.
pub(super) fn walk(
    root: &Path,
    skip: &HashSet<PathBuf>,
    files: &FileAccess<'_>,
    familiar: &Familiar,
    take: &mut dyn FnMut(Piece) -> bool,
) {
    let tasks = Tasks::new(Directory { rel: Vec::new(), parent: None });
    thread::scope(|scope| {
        let (sender, receiver) = bounded(64);
        for _ in 0..THREADS {
            let worker = Worker { root, skip, files, familiar, tasks: &tasks, sender: sender.clone() };
            scope.spawn(move || worker.run());
        }
        drop(sender);
        while let Ok(piece) = receiver.recv() {
            if !take(piece) {
                tasks.stop();
                break;
            }
        }
    });
}

/// A directory to list.
struct Directory {
    rel: Vec<u8>,
    /// Device and volume of the directory above.
    parent: Option<(u64, i64)>,
}

/// The directories that wait, and how many are being listed.
struct Tasks {
    state: Mutex<(Vec<Directory>, usize)>,
    changed: Condvar,
}

impl Tasks {
    fn new(first: Directory) -> Self {
        Self { state: Mutex::new((vec![first], 0)), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, (Vec<Directory>, usize)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next directory; `None` when none waits and none is being listed.
    fn next(&self) -> Option<Task<'_>> {
        let mut state = self.state();
        loop {
            if let Some(directory) = state.0.pop() {
                state.1 += 1;
                return Some(Task { directory, found: Vec::new(), tasks: self });
            }
            if state.1 == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn stop(&self) {
        self.state().0.clear();
    }
}

/// A directory that is being listed, and those found in it. Its end is told by the drop, so that a worker that
/// panics leaves no other one waiting.
struct Task<'a> {
    directory: Directory,
    found: Vec<Directory>,
    tasks: &'a Tasks,
}

impl Drop for Task<'_> {
    fn drop(&mut self) {
        let mut state = self.tasks.state();
        state.0.append(&mut self.found);
        state.1 -= 1;
        self.tasks.changed.notify_all();
    }
}

struct Worker<'a> {
    root: &'a Path,
    skip: &'a HashSet<PathBuf>,
    files: &'a FileAccess<'a>,
    familiar: &'a Familiar,
    tasks: &'a Tasks,
    sender: Sender<Piece>,
}

impl Worker<'_> {
    fn run(&self) {
        while let Some(mut task) = self.tasks.next() {
            // A caller that takes no more has closed the channel.
            if !self.list(&task.directory, &mut task.found) {
                task.found.clear();
            }
        }
    }

    /// Lists one directory; false when the caller takes no more.
    fn list(&self, directory: &Directory, found: &mut Vec<Directory>) -> bool {
        let path = below(self.root, &directory.rel);
        let mut piece = Piece::default();
        let entries = std::fs::metadata(&path).and_then(|own| Ok((own, std::fs::read_dir(&path)?)));
        let (own, entries) = match entries {
            Ok(listed) => listed,
            Err(error) => {
                // Gone since its name was read: nothing is hidden by that.
                if error.kind() != io::ErrorKind::NotFound || directory.rel.is_empty() {
                    piece.unreadable.push(unreadable_folder(&directory.rel, &error));
                }
                return self.sender.send(piece).is_ok();
            }
        };
        let device = device(&own);
        let volume = match directory.parent {
            Some((parent_device, parent_volume)) if parent_device == device => parent_volume,
            _ => {
                let volume = volume(&path, &own);
                piece.boundary = Some(Boundary { rel: directory.rel.clone(), volume });
                volume
            }
        };
        for entry in entries {
            match entry {
                Ok(entry) => {
                    if let Some(rel) = self.enter(&entry, &directory.rel, volume, &mut piece) {
                        found.push(Directory { rel, parent: Some((device, volume)) });
                    }
                }
                Err(error) => piece.unreadable.push(unreadable_folder(&directory.rel, &error)),
            }
            if piece.files.len() + piece.others.len() >= PIECE
                && self.sender.send(std::mem::take(&mut piece)).is_err()
            {
                return false;
            }
        }
        self.sender.send(piece).is_ok()
    }

    /// Adds an entry to the piece, or gives it back when it is a directory to list.
    fn enter(&self, entry: &DirEntry, dir: &[u8], volume: i64, piece: &mut Piece) -> Option<Vec<u8>> {
        let name = entry.file_name();
        let name_bytes = to_bytes(Path::new(&name));
        if rules::is_junk(&name_bytes) {
            return None;
        }
        let rel = if dir.is_empty() { name_bytes } else { [dir, b"/", &name_bytes].concat() };
        match self.look(entry, Path::new(&name), volume, &rel) {
            Ok(Entry::Directory) => return Some(rel),
            Ok(Entry::Photo(file)) => piece.files.push(file),
            Ok(Entry::NoPhoto(file)) => piece.others.push(file),
            Ok(Entry::Link(link)) => piece.links.push(link),
            Ok(Entry::Nothing) => {}
            Err(Unlooked::Gone) => {}
            Err(Unlooked::Error(code, reason)) => piece.unreadable.push(Unreadable { rel, code, reason }),
        }
        None
    }

    fn look(&self, entry: &DirEntry, name: &Path, volume: i64, rel: &[u8]) -> Result<Entry, Unlooked> {
        let kind = entry.file_type()?;
        if kind.is_dir() {
            let skipped = !self.skip.is_empty() && self.skip.contains(&entry.path());
            return Ok(if skipped { Entry::Nothing } else { Entry::Directory });
        }
        let named = (self.files.named_as)(name);
        let file = |of: &Metadata| FoundFile { rel: rel.into(), stamp: stamp(of), volume };
        if kind.is_file() && named != NamedAs::Other {
            let file = file(&entry.metadata()?);
            let is_photo =
                if named == NamedAs::Photo { Ok(true) } else { self.has_photo_content(entry, &file) };
            return Ok(match is_photo {
                Ok(true) => Entry::Photo(file),
                Ok(false) => Entry::NoPhoto(file),
                // Nothing says that it is a photo, and the next scan asks again.
                Err(_) => Entry::Nothing,
            });
        }
        if !kind.is_symlink() || named != NamedAs::Photo {
            return Ok(Entry::Nothing);
        }
        let resolve = || -> io::Result<_> {
            let target = std::fs::canonicalize(entry.path())?;
            Ok((std::fs::metadata(&target)?, target))
        };
        match resolve() {
            Ok((of, target)) if of.is_file() => Ok(Entry::Link(FoundLink { file: file(&of), target })),
            Ok(_) => Ok(Entry::Nothing),
            Err(error) => Err(Unlooked::Error("broken_link", format!("the link leads nowhere: {error}"))),
        }
    }

    /// What the content of a file tells whose name does not. Known files are not opened.
    fn has_photo_content(&self, entry: &DirEntry, file: &FoundFile) -> io::Result<bool> {
        match self.familiar.is_photo(file) {
            Some(known) => Ok(known),
            None => (self.files.has_photo_content)(&entry.path()),
        }
    }
}

enum Entry {
    Directory,
    Photo(FoundFile),
    /// Its name does not tell that.
    NoPhoto(FoundFile),
    Link(FoundLink),
    /// Named as something else, or not ours.
    Nothing,
}

enum Unlooked {
    /// Deleted since its name was read.
    Gone,
    Error(&'static str, String),
}

impl From<io::Error> for Unlooked {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Gone,
            _ => Self::Error("unreadable_file", error.to_string()),
        }
    }
}

fn unreadable_folder(rel: &[u8], error: &io::Error) -> Unreadable {
    Unreadable { rel: rel.to_vec(), code: "unreadable_folder", reason: format!("cannot be listed: {error}") }
}

/// Size and time of a file, as the catalog keeps them.
pub(crate) fn stamp(of: &Metadata) -> FileStamp {
    let mtime_ns = of.modified().map_or(0, |time| match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    });
    FileStamp { size: of.len(), mtime_ns }
}
