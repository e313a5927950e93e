//! Files that are not where they were known: new, changed, moved or renamed. Their content tells.
//!
//! A file whose size no known photo has is new and is never opened. Otherwise its hash is compared with the content
//! of photos whose file is no longer in its place, and with what lay at its own place before.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use rayon::prelude::*;

use super::FileAccess;
use crate::catalog::{Catalog, FileStamp, KnownPhoto, ScanWrite};
use crate::error::{Error, Result};
use crate::ids::{FolderId, PhotoId};

/// Files hashed at once, on all cores, and then written in one transaction.
const HASHED_AT_ONCE: usize = 32;

/// Photos written in one transaction.
const WRITTEN_AT_ONCE: usize = 512;

/// A file that has to be told what it is.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub folder: FolderId,
    /// Stored form, below the folder.
    pub rel: Box<[u8]>,
    pub path: PathBuf,
    pub stamp: FileStamp,
    pub volume: i64,
    /// The photo that was known at this place, with another size or time.
    pub occupant: Option<KnownPhoto>,
}

/// What the arrivals were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Settled {
    pub new: u64,
    pub changed: u64,
    pub moved: u64,
    /// Their time changed, their content did not.
    pub touched: u64,
    /// Photos whose place was taken by another one's file.
    pub displaced: u64,
}

/// Why the file of a known photo is not in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Absence {
    /// It was deleted or moved, to wherever.
    Gone,
    /// Its file system is not there, unless it is one of these volumes of the same folder, with another number.
    OutOfReach(Vec<i64>),
}

/// A known photo that has a new place.
#[derive(Debug)]
pub(super) struct Placed {
    /// As it was known.
    pub photo: KnownPhoto,
    pub folder: FolderId,
    pub volume: i64,
}

/// Settles arrivals: first those with known content, then the rest. What is written before an interruption is right
/// by itself: the next scan finds the rest as this one did.
pub(super) struct Settling<'a> {
    catalog: &'a Catalog,
    now: i64,
    /// Known photos whose file is not in its place any more, by content.
    absent: HashMap<[u8; 32], Vec<(KnownPhoto, Absence)>>,
    /// Occupants that still have their place in the catalog.
    in_place: HashSet<PhotoId>,
    displaced: HashSet<PhotoId>,
    writes: Vec<ScanWrite>,
    settled: Settled,
}

impl<'a> Settling<'a> {
    pub(super) fn new(catalog: &'a Catalog, arrivals: &[Arrival], now: i64) -> Self {
        Self {
            catalog,
            now,
            absent: HashMap::new(),
            in_place: arrivals.iter().flat_map(|a| &a.occupant).map(|occupant| occupant.id).collect(),
            displaced: HashSet::new(),
            writes: Vec::new(),
            settled: Settled::default(),
        }
    }

    /// Gives known photos the places of the arrivals that have their content; gives the other arrivals back.
    /// `absence` tells of a known photo whether its file is not in its place; `proceed` is asked for each file that
    /// is hashed.
    pub(super) fn place_known(
        &mut self,
        arrivals: Vec<Arrival>,
        files: &FileAccess<'_>,
        absence: &mut dyn FnMut(&KnownPhoto) -> Option<Absence>,
        proceed: &mut dyn FnMut() -> bool,
    ) -> Result<(Vec<Placed>, Vec<Arrival>)> {
        let sizes = self.gather_absent(&arrivals, absence)?;
        let (mut comparable, mut rest): (Vec<_>, Vec<_>) =
            arrivals.into_iter().partition(|arrival| sizes.contains(&arrival.stamp.size));
        // Those that may be what they were come first, so that no copy takes their photo; then in order of path.
        comparable.sort_by(|a, b| (!a.may_be_occupant(), &a.path).cmp(&(!b.may_be_occupant(), &b.path)));
        let mut placed = Vec::new();
        for block in comparable.chunks(HASHED_AT_ONCE) {
            if !block.iter().all(|_| proceed()) {
                return Err(Error::Cancelled);
            }
            // A file that cannot be read is taken for new or changed: decoding will tell why.
            let hashes: Vec<_> = block.par_iter().map(|arrival| (files.hash)(&arrival.path).ok()).collect();
            for (arrival, hash) in block.iter().zip(hashes) {
                match hash.and_then(|hash| self.take_absent(arrival, &hash)) {
                    Some(photo) => {
                        self.place(arrival, &photo);
                        placed.push(Placed { photo, folder: arrival.folder, volume: arrival.volume });
                    }
                    None => rest.push(arrival.clone()),
                }
            }
            self.flush()?;
        }
        Ok((placed, rest))
    }

    /// Enters arrivals of unknown content. `is_elsewhere` tells of a photo that its file system is not there: a file
    /// in its place is another one's.
    pub(super) fn enter(
        mut self,
        mut arrivals: Vec<Arrival>,
        is_elsewhere: &dyn Fn(&KnownPhoto) -> bool,
    ) -> Result<Settled> {
        arrivals.sort_by(|a, b| a.path.cmp(&b.path));
        for arrival in arrivals {
            self.enter_one(arrival, is_elsewhere);
            if self.writes.len() >= WRITTEN_AT_ONCE {
                self.flush()?;
            }
        }
        self.flush()?;
        Ok(Settled { displaced: self.displaced.len() as u64, ..self.settled })
    }

    /// Lists the photos that an arrival may be. Gives their sizes.
    fn gather_absent(
        &mut self,
        arrivals: &[Arrival],
        absence: &mut dyn FnMut(&KnownPhoto) -> Option<Absence>,
    ) -> Result<HashSet<u64>> {
        let mut sizes = HashSet::new();
        for size in arrivals.iter().map(|arrival| arrival.stamp.size).collect::<HashSet<_>>() {
            for known in self.catalog.known_of_size(size)? {
                if let Some(hash) = known.hash
                    && let Some(absence) = absence(&known)
                {
                    sizes.insert(size);
                    self.absent.entry(hash).or_default().push((known, absence));
                }
            }
        }
        Ok(sizes)
    }

    /// The photo whose content the arrival has: what lay here before, else the likeliest of the others.
    fn take_absent(&mut self, arrival: &Arrival, hash: &[u8; 32]) -> Option<KnownPhoto> {
        let candidates = self.absent.get_mut(hash)?;
        let own = arrival.occupant.as_ref().map(|occupant| occupant.id);
        let fitting = candidates.iter().enumerate().filter(|(_, (known, absence))| match absence {
            Absence::Gone => true,
            Absence::OutOfReach(volumes) => {
                let may_be_here = known.folder == arrival.folder && volumes.contains(&arrival.volume);
                Some(known.id) == own || may_be_here
            }
        });
        let best = fitting.min_by_key(|(_, (known, absence))| {
            (
                Some(known.id) != own,
                self.in_place.contains(&known.id),
                *absence != Absence::Gone,
                name_of(&known.rel) != name_of(&arrival.rel),
                known.folder != arrival.folder,
                known.id,
            )
        });
        let place = best?.0;
        Some(candidates.remove(place).0)
    }

    /// Gives the arrival's place to the photo whose content it has.
    fn place(&mut self, arrival: &Arrival, photo: &KnownPhoto) {
        let Arrival { folder, rel, stamp, volume, .. } = arrival;
        self.displaced.remove(&photo.id);
        let occupant = arrival.occupant.as_ref().map(|occupant| occupant.id);
        if occupant == Some(photo.id) {
            self.in_place.remove(&photo.id);
            self.settled.touched += 1;
            self.writes.push(ScanWrite::Touched { photo: photo.id, stamp: *stamp, volume: *volume });
            return;
        }
        if let Some(occupant) = occupant.filter(|occupant| self.in_place.remove(occupant)) {
            self.displaced.insert(occupant);
            self.writes.push(ScanWrite::Missing { photo: occupant });
        }
        self.in_place.remove(&photo.id);
        self.settled.moved += 1;
        self.writes.push(ScanWrite::Moved {
            photo: photo.id,
            folder: *folder,
            rel: rel.clone(),
            stamp: *stamp,
            volume: *volume,
        });
    }

    /// Enters a file of unknown content: as a change of the photo that is still at its place, or as a new photo.
    fn enter_one(&mut self, arrival: Arrival, is_elsewhere: &dyn Fn(&KnownPhoto) -> bool) {
        let Arrival { folder, rel, stamp, volume, occupant, .. } = arrival;
        match occupant.filter(|occupant| self.in_place.contains(&occupant.id)) {
            Some(occupant) if !is_elsewhere(&occupant) => {
                self.settled.changed += 1;
                self.writes.push(ScanWrite::Changed { photo: occupant.id, stamp, volume });
            }
            occupant => {
                if let Some(occupant) = occupant {
                    self.displaced.insert(occupant.id);
                    self.writes.push(ScanWrite::Missing { photo: occupant.id });
                }
                self.settled.new += 1;
                self.writes.push(ScanWrite::New { folder, rel, stamp, volume });
            }
        }
    }

    fn flush(&mut self) -> Result<()> {
        self.catalog.apply_scan(&self.writes, self.now)?;
        self.writes.clear();
        Ok(())
    }
}

impl Arrival {
    fn may_be_occupant(&self) -> bool {
        self.occupant.as_ref().is_some_and(|known| known.stamp.size == self.stamp.size)
    }
}

fn name_of(rel: &[u8]) -> &[u8] {
    rel.rsplit(|byte| *byte == b'/').next().unwrap_or(rel)
}
