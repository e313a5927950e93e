//! Files that are not where they were known: new, changed, moved or renamed. Their content tells.
//!
//! A file whose size no known photo has is new and is never opened. Otherwise its hash is compared with the content
//! of photos whose file is no longer in its place, and with what lay at its own place before.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::FileAccess;
use crate::catalog::{Catalog, FileStamp, KnownPhoto, ScanWrite};
use crate::error::{Error, Result};
use crate::ids::{FolderId, PhotoId};

/// Files hashed between two transactions.
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

/// Settles arrivals one after the other. What is written before an interruption is right by itself: the next scan
/// finds the rest as this one did.
pub(super) struct Settling<'a> {
    catalog: &'a Catalog,
    now: i64,
    /// Known photos whose file is not in its place any more, by content.
    absent: HashMap<[u8; 32], Vec<KnownPhoto>>,
    /// Occupants that still have their place in the catalog.
    in_place: HashSet<PhotoId>,
    displaced: HashSet<PhotoId>,
    writes: Vec<ScanWrite>,
    settled: Settled,
}

impl<'a> Settling<'a> {
    /// Settles `arrivals`. `is_absent` tells of a known photo that its file is not in its place; `proceed` is asked
    /// before each file that is hashed. Gives the photos that found a new place.
    pub(super) fn run(
        catalog: &'a Catalog,
        files: &FileAccess<'_>,
        arrivals: Vec<Arrival>,
        is_absent: &mut dyn FnMut(&KnownPhoto) -> bool,
        now: i64,
        proceed: &mut dyn FnMut() -> bool,
    ) -> Result<(Settled, HashSet<PhotoId>)> {
        let occupants: HashSet<PhotoId> = arrivals.iter().flat_map(|a| &a.occupant).map(|o| o.id).collect();
        let mut absent: HashMap<[u8; 32], Vec<KnownPhoto>> = HashMap::new();
        let mut sizes = HashSet::new();
        for size in arrivals.iter().map(|arrival| arrival.stamp.size).collect::<HashSet<_>>() {
            for known in catalog.known_of_size(size)? {
                if let Some(hash) = known.hash
                    && (occupants.contains(&known.id) || is_absent(&known))
                {
                    sizes.insert(size);
                    absent.entry(hash).or_default().push(known);
                }
            }
        }
        let mut this = Self {
            catalog,
            now,
            absent,
            in_place: occupants,
            displaced: HashSet::new(),
            writes: Vec::new(),
            settled: Settled::default(),
        };
        let (mut comparable, mut rest): (Vec<_>, Vec<_>) =
            arrivals.into_iter().partition(|arrival| sizes.contains(&arrival.stamp.size));
        // Those that may be what they were come first, so that no copy takes their photo; then in order of path.
        comparable.sort_by(|a, b| (!a.may_be_occupant(), &a.path).cmp(&(!b.may_be_occupant(), &b.path)));
        let mut moved = HashSet::new();
        let mut hashed = 0;
        for arrival in comparable {
            if !proceed() {
                return Err(Error::Cancelled);
            }
            // A file that cannot be read is taken for new or changed: decoding will tell why.
            let hash = (files.hash)(&arrival.path).ok();
            match hash.and_then(|hash| this.take_absent(&arrival, &hash)) {
                Some(photo) => {
                    moved.insert(photo.id);
                    this.place(&arrival, photo);
                }
                None => rest.push(arrival),
            }
            hashed += 1;
            if hashed % HASHED_AT_ONCE == 0 {
                this.flush()?;
            }
        }
        this.flush()?;
        rest.sort_by(|a, b| a.path.cmp(&b.path));
        for arrival in rest {
            this.enter(arrival);
            if this.writes.len() >= WRITTEN_AT_ONCE {
                this.flush()?;
            }
        }
        this.flush()?;
        this.settled.displaced = this.displaced.len() as u64;
        Ok((this.settled, moved))
    }

    /// The photo whose content the arrival has: what lay here before, else the likeliest of the others.
    fn take_absent(&mut self, arrival: &Arrival, hash: &[u8; 32]) -> Option<KnownPhoto> {
        let candidates = self.absent.get_mut(hash)?;
        let own = arrival.occupant.as_ref().map(|occupant| occupant.id);
        let best = candidates.iter().enumerate().min_by_key(|(_, known)| {
            (
                Some(known.id) != own,
                self.in_place.contains(&known.id),
                name_of(&known.rel) != name_of(&arrival.rel),
                known.folder != arrival.folder,
                known.id,
            )
        });
        let place = best?.0;
        Some(candidates.remove(place))
    }

    /// Gives the arrival's place to the photo whose content it has.
    fn place(&mut self, arrival: &Arrival, photo: KnownPhoto) {
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
    fn enter(&mut self, arrival: Arrival) {
        let Arrival { folder, rel, stamp, volume, occupant, .. } = arrival;
        let photo = occupant.map(|occupant| occupant.id).filter(|occupant| self.in_place.contains(occupant));
        self.writes.push(match photo {
            Some(photo) => {
                self.settled.changed += 1;
                ScanWrite::Changed { photo, stamp, volume }
            }
            None => {
                self.settled.new += 1;
                ScanWrite::New { folder, rel, stamp, volume }
            }
        });
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
