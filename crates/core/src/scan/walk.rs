//! Walks a folder: several threads list directories and look at files, the caller takes what they find.
//!
//! Nothing is opened here: names come from the directory, sizes and times from one `stat` a file. Links to
//! directories are not followed, so there are no loops.

use std::collections::HashSet;
use std::fs::{DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::UNIX_EPOCH;

use crossbeam_channel::{Sender, bounded};

use super::{FileAccess, root, rules};
use crate::catalog::stored_path::{below, to_bytes};
use crate::catalog::{FileStamp, Unreadable};

/// Threads that wait for the disk or the network; more than cores, because they mostly wait.
const THREADS: usize = 8;

/// Files told at once, so that photos of a huge directory appear before its end.
const PIECE: usize = 512;

/// A file that may be a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundFile {
    /// Stored form, below the root.
    pub rel: Box<[u8]>,
    pub stamp: FileStamp,
    /// See [`root::volume`].
    pub volume: i64,
    /// The name tells nothing: only the first bytes can.
    pub unnamed: bool,
}

/// A link to a file, named like a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundLink {
    /// The link, with the size and time of its target.
    pub file: FoundFile,
    /// Where it leads.
    pub target: PathBuf,
}

/// Part of a directory.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub volume: i64,
    pub files: Vec<FoundFile>,
    pub links: Vec<FoundLink>,
    /// What is there but cannot be read; everything below it is unknown, not gone.
    pub unreadable: Vec<Unreadable>,
}

/// Walks the tree below `root` until its end or until `take` returns false. `skip` holds directories that belong
/// to someone else; the root itself cannot be among them.
pub(super) fn walk(
    root: &Path,
    skip: &HashSet<PathBuf>,
    files: &FileAccess<'_>,
    take: &mut dyn FnMut(Piece) -> bool,
) {
    let tasks = Tasks::new(Directory { rel: Vec::new(), parent: None });
    thread::scope(|scope| {
        let (sender, receiver) = bounded(64);
        for _ in 0..THREADS {
            let worker = Worker { root, skip, files, tasks: &tasks, sender: sender.clone() };
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
    fn next(&self) -> Option<Directory> {
        let mut state = self.state();
        loop {
            if let Some(directory) = state.0.pop() {
                state.1 += 1;
                return Some(directory);
            }
            if state.1 == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self, found: Vec<Directory>) {
        let mut state = self.state();
        state.0.extend(found);
        state.1 -= 1;
        self.changed.notify_all();
    }

    fn stop(&self) {
        self.state().0.clear();
    }
}

struct Worker<'a> {
    root: &'a Path,
    skip: &'a HashSet<PathBuf>,
    files: &'a FileAccess<'a>,
    tasks: &'a Tasks,
    sender: Sender<Piece>,
}

impl Worker<'_> {
    fn run(&self) {
        while let Some(directory) = self.tasks.next() {
            let mut found = Vec::new();
            let told = self.list(&directory, &mut found);
            // A caller that takes no more has closed the channel.
            self.tasks.done(if told { found } else { Vec::new() });
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
        let device = root::device(&own);
        let volume = match directory.parent {
            Some((parent_device, parent_volume)) if parent_device == device => parent_volume,
            _ => root::volume(&own),
        };
        piece.volume = volume;
        for entry in entries {
            match entry {
                Ok(entry) => {
                    if let Some(rel) = self.enter(&entry, &directory.rel, &mut piece) {
                        found.push(Directory { rel, parent: Some((device, volume)) });
                    }
                }
                Err(error) => piece.unreadable.push(unreadable_folder(&directory.rel, &error)),
            }
            if piece.files.len() >= PIECE {
                let full = std::mem::replace(&mut piece, Piece { volume, ..Piece::default() });
                if self.sender.send(full).is_err() {
                    return false;
                }
            }
        }
        self.sender.send(piece).is_ok()
    }

    /// Adds an entry to the piece, or gives it back when it is a directory to list.
    fn enter(&self, entry: &DirEntry, dir: &[u8], piece: &mut Piece) -> Option<Vec<u8>> {
        let name = entry.file_name();
        let name_bytes = to_bytes(Path::new(&name));
        if rules::is_junk(&name_bytes) {
            return None;
        }
        let rel = if dir.is_empty() { name_bytes } else { [dir, b"/", &name_bytes].concat() };
        let looked = self.look(entry, Path::new(&name), piece.volume, &rel);
        match looked {
            Ok(Entry::Directory) => return Some(rel),
            Ok(Entry::File(file)) => piece.files.push(file),
            Ok(Entry::Link(link)) => piece.links.push(link),
            Ok(Entry::Other) => {}
            Err(Unlooked::Gone) => {}
            Err(Unlooked::Error(code, reason)) => piece.unreadable.push(Unreadable { rel, code, reason }),
        }
        None
    }

    fn look(&self, entry: &DirEntry, name: &Path, volume: i64, rel: &[u8]) -> Result<Entry, Unlooked> {
        let kind = entry.file_type()?;
        if kind.is_dir() {
            let skipped = !self.skip.is_empty() && self.skip.contains(&entry.path());
            return Ok(if skipped { Entry::Other } else { Entry::Directory });
        }
        let named = (self.files.is_photo_name)(name);
        let file = |of: &Metadata| FoundFile { rel: rel.into(), stamp: stamp(of), volume, unnamed: !named };
        if kind.is_file() && (named || name.extension().is_none()) {
            return Ok(Entry::File(file(&entry.metadata()?)));
        }
        if !kind.is_symlink() || !named {
            return Ok(Entry::Other);
        }
        let resolve = || -> io::Result<_> {
            let target = std::fs::canonicalize(entry.path())?;
            Ok((std::fs::metadata(&target)?, target))
        };
        match resolve() {
            Ok((of, target)) if of.is_file() => Ok(Entry::Link(FoundLink { file: file(&of), target })),
            Ok(_) => Ok(Entry::Other),
            Err(error) => Err(Unlooked::Error("broken_link", format!("the link leads nowhere: {error}"))),
        }
    }
}

enum Entry {
    Directory,
    File(FoundFile),
    Link(FoundLink),
    /// Not a photo, or not ours.
    Other,
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

fn stamp(of: &Metadata) -> FileStamp {
    let mtime_ns = of.modified().map_or(0, |time| match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    });
    FileStamp { size: of.len(), mtime_ns }
}
