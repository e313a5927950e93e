//! Finds the photos of the added folders and tells the catalog what is new, changed, moved, gone or out of reach.
//!
//! *Invariant*: a scan never opens a file that it knows with the same size and time, photo or not. It opens others only
//! to hash those of a known size, and to look once at the first bytes of those whose name does not tell what they are.
//! It writes to nothing but the catalog, and never enters the library's own folder.
//!
//! *Invariant*: what could not be looked at is out of reach, not gone. Only the absence of a file from a directory
//! that was listed, on the same mounted file system as before, makes a photo missing.

mod arrivals;
mod diff;
mod familiar;
mod links;
mod root;
mod rules;
#[cfg(test)]
mod tests;
mod volume;
mod walk;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use root::{folder_path, is_reachable};
pub(crate) use volume::{seen_from, volume_at};
pub(crate) use walk::stamp;

use crate::catalog::{Catalog, Folder, KnownPhoto, OtherFiles, ScanWrite, Unreadable, stored_path, unix_ms};
use crate::error::{Error, Result};
use crate::ids::{FolderId, PhotoId};
use crate::media::{self, NamedAs};
use arrivals::{Absence, Arrival, Placed, Settling};
use diff::{Fate, FolderDiff, Met, consequence};
use familiar::Familiar;
use walk::{Boundary, FoundFile, FoundLink, Piece, walk};

/// How long a photo whose file is gone is remembered.
pub const GRACE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Photos written in one transaction.
const BATCH: usize = 1024;

/// What to scan.
#[derive(Debug, Clone, Copy)]
pub struct ScanRequest<'a> {
    /// Only these folders; all of the library when absent.
    pub folders: Option<&'a [FolderId]>,
    /// The time to write for what is found now, in Unix milliseconds.
    pub now: i64,
    /// How long a photo whose file is gone is remembered.
    pub grace: Duration,
}

impl Default for ScanRequest<'_> {
    fn default() -> Self {
        Self { folders: None, now: unix_ms(), grace: GRACE }
    }
}

/// What a scan needs to know of files.
#[derive(Clone, Copy)]
pub struct FileAccess<'a> {
    /// What the file's name tells.
    pub named_as: &'a (dyn Fn(&Path) -> NamedAs + Sync),
    /// By its first bytes the file is a photo; asked where the name does not tell.
    pub has_photo_content: &'a (dyn Fn(&Path) -> io::Result<bool> + Sync),
    /// The content's BLAKE3.
    pub hash: &'a (dyn Fn(&Path) -> io::Result<[u8; 32]> + Sync),
}

impl Default for FileAccess<'static> {
    fn default() -> Self {
        Self {
            named_as: &media::named_as,
            has_photo_content: &media::has_photo_content,
            hash: &media::hash_file,
        }
    }
}

/// How far a scan is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanProgress {
    /// Photo files found.
    pub found: u64,
    /// Files compared by content.
    pub compared: u64,
    /// Files to compare by content, once that is known.
    pub to_compare: u64,
}

/// What a scan found. Every found file is counted once: `found = unchanged + new + changed + moved`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanReport {
    /// Photo files in the folders that could be reached.
    pub found: u64,
    /// Those that have the content that was known at their place.
    pub unchanged: u64,
    /// Those that were never seen: pending now.
    pub new: u64,
    /// Those with other content than before: pending again.
    pub changed: u64,
    /// Known photos at a new place; they keep everything.
    pub moved: u64,
    /// Photos whose file has gone since the last scan.
    pub missing: u64,
    /// Photos out of reach, in the scanned folders.
    pub offline: u64,
    /// Photos that were forgotten because their file has been gone for longer than the grace.
    pub forgotten: u64,
    /// Contents that no photo has any more: what is cached for them can go.
    pub orphaned: Vec<[u8; 32]>,
    /// Folders and links that could not be followed; [`Catalog::failures`] lists them.
    pub unreadable: u64,
    /// The scanned folders that could not be reached.
    pub unreachable: Vec<PathBuf>,
}

/// Scans. `proceed` is called with each batch and for each file that is hashed; it may wait, and ends the scan by
/// returning false.
///
/// # Errors
/// [`Error::Cancelled`], and those of the database. What was found before stays; nothing is marked as gone.
pub fn scan(
    catalog: &Catalog,
    request: &ScanRequest<'_>,
    files: &FileAccess<'_>,
    proceed: &mut dyn FnMut(&ScanProgress) -> bool,
) -> Result<ScanReport> {
    let all = catalog.folders()?;
    let mut scan = Scan {
        catalog,
        files,
        own: library_folder(catalog),
        now: request.now,
        sizes: catalog.known_sizes()?.into_iter().collect(),
        writes: Vec::new(),
        arrivals: Vec::new(),
        progress: ScanProgress::default(),
        report: ScanReport::default(),
        proceed,
    };
    let chosen = all.iter().filter(|folder| request.folders.is_none_or(|ids| ids.contains(&folder.id)));
    let mut scanned = Vec::new();
    for folder in chosen {
        scanned.push(scan.walk_folder(folder, &all)?);
    }
    scan.meet_links(&mut scanned, &all)?;
    scan.flush()?;
    let moved = scan.settle(&mut scanned, &all)?;
    scan.conclude(&scanned, &moved, request.grace)?;
    let ScanReport { unchanged, new, changed, moved, .. } = scan.report;
    Ok(ScanReport { found: unchanged + new + changed + moved, ..scan.report })
}

struct Scan<'a> {
    catalog: &'a Catalog,
    files: &'a FileAccess<'a>,
    /// The library's own folder, which holds pictures too: thumbnails.
    own: Option<PathBuf>,
    now: i64,
    /// Sizes that known content has: only a file of such a size can be known content.
    sizes: HashSet<u64>,
    writes: Vec<ScanWrite>,
    arrivals: Vec<Arrival>,
    progress: ScanProgress,
    report: ScanReport,
    proceed: &'a mut dyn FnMut(&ScanProgress) -> bool,
}

/// A folder after its walk.
struct Scanned {
    folder: Folder,
    reachable: bool,
    found: u64,
    diff: FolderDiff,
    unreadable: Vec<Unreadable>,
    links: Vec<FoundLink>,
    boundaries: Vec<Boundary>,
    /// Files that are no photos, as they were known and as the walk has met them.
    familiar: Familiar,
    others: OtherFiles,
}

impl Scan<'_> {
    fn walk_folder(&mut self, folder: &Folder, all: &[Folder]) -> Result<Scanned> {
        let mut scanned = Scanned {
            folder: folder.clone(),
            reachable: false,
            found: 0,
            diff: FolderDiff::default(),
            unreadable: Vec::new(),
            links: Vec::new(),
            boundaries: Vec::new(),
            familiar: Familiar::default(),
            others: OtherFiles::new(),
        };
        let Some(volume) = volume_at(&folder.path) else { return Ok(scanned) };
        let mut familiar = Familiar::new(self.catalog.other_files(folder.id)?);
        self.catalog.known_photos(folder.id, &mut |photo| {
            familiar.know(&photo, self.files);
            scanned.diff.know(photo);
        })?;
        let others = all.iter().filter(|other| other.id != folder.id).map(|other| &other.path);
        let skip = others.chain(&self.own).cloned().collect();
        let mut outcome = Ok(());
        walk(&folder.path, &skip, self.files, &familiar, &mut |piece| {
            outcome = self.take_piece(&mut scanned, piece);
            outcome.is_ok()
        });
        outcome?;
        scanned.familiar = familiar;
        // A drive that was pulled during the walk leaves directories that seem empty or were never there.
        for Boundary { rel, volume } in std::mem::take(&mut scanned.boundaries) {
            if volume_at(&stored_path::below(&folder.path, &rel)) != Some(volume) {
                scanned.diff.block(rel);
            }
        }
        scanned.reachable = volume_at(&folder.path) == Some(volume);
        Ok(scanned)
    }

    fn take_piece(&mut self, scanned: &mut Scanned, piece: Piece) -> Result<()> {
        if !(self.proceed)(&self.progress) {
            return Err(Error::Cancelled);
        }
        if let Some(boundary) = piece.boundary {
            scanned.diff.list_volume(boundary.volume);
            scanned.boundaries.push(boundary);
        }
        for entry in piece.unreadable {
            scanned.diff.block(entry.rel.clone());
            scanned.unreadable.push(entry);
        }
        scanned.links.extend(piece.links);
        scanned.others.extend(piece.others.into_iter().map(|file| (file.rel, file.stamp)));
        for file in piece.files {
            self.meet(scanned, file);
        }
        if self.writes.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn meet(&mut self, scanned: &mut Scanned, file: FoundFile) {
        scanned.found += 1;
        self.progress.found += 1;
        let occupant = match scanned.diff.meet(&file) {
            Met::Unchanged => return self.report.unchanged += 1,
            Met::Back(write) => {
                self.report.unchanged += 1;
                return self.writes.push(write);
            }
            Met::Differs(known) => Some(known),
            Met::Unknown => None,
        };
        let path = stored_path::below(&scanned.folder.path, &file.rel);
        let FoundFile { rel, stamp, volume } = file;
        let folder = scanned.folder.id;
        if occupant.is_none() && !self.sizes.contains(&stamp.size) {
            self.report.new += 1;
            self.writes.push(ScanWrite::New { folder, rel, stamp, volume });
        } else {
            self.arrivals.push(Arrival { folder, rel, path, stamp, volume, occupant });
        }
    }

    fn meet_links(&mut self, scanned: &mut [Scanned], all: &[Folder]) -> Result<()> {
        let mut links: Vec<(usize, FoundLink)> = Vec::new();
        for (index, folder) in scanned.iter_mut().enumerate() {
            folder.links.sort_by(|a, b| a.file.rel.cmp(&b.file.rel));
            links.extend(folder.links.drain(..).map(|link| (index, link)));
        }
        for (index, link) in links::that_add_a_photo(links, all, self.own.as_deref(), self.files) {
            self.meet(&mut scanned[index], link.file);
        }
        Ok(())
    }

    /// Tells what the files are that are not where they were known. Gives the photos that found a place.
    fn settle(&mut self, scanned: &mut [Scanned], all: &[Folder]) -> Result<HashSet<PhotoId>> {
        let arrivals = std::mem::take(&mut self.arrivals);
        self.progress.to_compare = arrivals.len() as u64;
        let absences = absences(scanned, &arrivals);
        let others: HashMap<FolderId, &Folder> = all
            .iter()
            .filter(|folder| scanned.iter().all(|scanned| scanned.folder.id != folder.id))
            .map(|folder| (folder.id, folder))
            .collect();
        let mut absence = |known: &KnownPhoto| {
            let is_gone = || others.get(&known.folder).is_some_and(|folder| is_gone_from(folder, known));
            match absences.get(&known.id) {
                Some(absence) => Some(absence.clone()),
                None => (known.missing || is_gone()).then_some(Absence::Gone),
            }
        };
        let (progress, proceed) = (&mut self.progress, &mut self.proceed);
        let mut ask = || {
            progress.compared += 1;
            proceed(progress)
        };
        let mut settling = Settling::new(self.catalog, &arrivals, self.now);
        let (placed, rest) = settling.place_known(arrivals, self.files, &mut absence, &mut ask)?;
        for Placed { photo, folder, volume } in &placed {
            let own =
                scanned.iter_mut().find(|scanned| scanned.folder.id == *folder && photo.folder == *folder);
            if let Some(own) = own {
                own.diff.confirm(photo.volume, *volume);
            }
        }
        let settled = settling.enter(rest, &|occupant| {
            let own = scanned.iter().find(|scanned| scanned.folder.id == occupant.folder);
            own.is_some_and(|own| own.diff.fate(occupant) == Fate::OutOfReach)
        })?;
        self.report.new += settled.new;
        self.report.changed += settled.changed;
        self.report.moved += settled.moved;
        self.report.unchanged += settled.touched;
        self.report.missing += settled.displaced;
        Ok(placed.into_iter().map(|placed| placed.photo.id).collect())
    }

    /// Writes what became of the photos that were not met, and forgets those that were gone long enough from a file
    /// system of which another photo was met: an emptied folder, or one that holds other photos now, forgets nothing.
    fn conclude(&mut self, scanned: &[Scanned], moved: &HashSet<PhotoId>, grace: Duration) -> Result<()> {
        let mut may_forget = Vec::new();
        for Scanned { folder, reachable, found, diff, unreadable, familiar, others, .. } in scanned {
            let unmet: Vec<_> =
                diff.unmet().into_iter().filter(|(known, _)| !moved.contains(&known.id)).collect();
            // There, but nothing of what it held: a mount point without its drive.
            let out_of_reach = unmet.iter().all(|(_, fate)| *fate == Fate::OutOfReach);
            let emptied = *found == 0 && !unmet.is_empty() && out_of_reach;
            let online = *reachable && !emptied;
            if online {
                self.report.unreadable += unreadable.len() as u64;
                self.report.missing += unmet.iter().filter(|(_, fate)| *fate == Fate::Gone).count() as u64;
                self.writes.extend(unmet.iter().filter_map(|(known, fate)| consequence(known, *fate)));
                if others != familiar.others() {
                    self.catalog.replace_other_files(folder.id, others)?;
                }
                let renumbered = diff.renumbered().into_iter();
                self.writes.extend(renumbered.map(|(from, to)| ScanWrite::Renumbered {
                    folder: folder.id,
                    from,
                    to,
                }));
                self.flush()?;
                may_forget.extend(diff.met().into_iter().map(|volume| (folder.id, volume)));
            } else {
                self.report.unreachable.push(folder.path.clone());
            }
            self.catalog.record_folder_scan(folder.id, online, unreadable, self.now)?;
        }
        let grace = i64::try_from(grace.as_millis()).unwrap_or(i64::MAX);
        let forgotten = self.catalog.forget_missing(&may_forget, self.now.saturating_sub(grace))?;
        self.report.forgotten = forgotten.photos;
        self.report.orphaned = forgotten.orphaned;
        let ids: Vec<FolderId> = scanned.iter().map(|scanned| scanned.folder.id).collect();
        self.report.offline = self.catalog.counts(Some(&ids))?.offline;
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.catalog.apply_scan(&self.writes, self.now)?;
        self.writes.clear();
        Ok(())
    }
}

/// The folder that the catalog lies in, with all that belongs to the library.
fn library_folder(catalog: &Catalog) -> Option<PathBuf> {
    folder_path(catalog.path().parent()?).ok()
}

/// The photos that lost their place, as far as the walks tell: those that were not met, and those with another file
/// in their place.
fn absences(scanned: &[Scanned], arrivals: &[Arrival]) -> HashMap<PhotoId, Absence> {
    let mut absences = HashMap::new();
    for Scanned { folder, diff, reachable, .. } in scanned {
        let occupants = arrivals.iter().flat_map(|arrival| &arrival.occupant);
        let replaced = occupants.filter(|known| known.folder == folder.id);
        let unmet = diff.unmet().into_iter().filter(|_| *reachable).map(|(known, _)| known);
        for known in replaced.chain(unmet) {
            let absence = match diff.fate(known) {
                Fate::Gone => Absence::Gone,
                Fate::OutOfReach => Absence::OutOfReach(diff.may_be_on(known)),
            };
            absences.insert(known.id, absence);
        }
    }
    absences
}

/// The photo of a folder that is not scanned now has lost its file, as far as one look at its place can tell.
fn is_gone_from(folder: &Folder, known: &KnownPhoto) -> bool {
    let path = stored_path::below(&folder.path, &known.rel);
    let not_found =
        std::fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    not_found && !known.offline && volume_at(&folder.path) == Some(known.volume)
}
