//! Compares what a walk finds in one folder with what the catalog knows of it. Touches neither.

use std::collections::{HashMap, HashSet};

use super::volume::may_be_one;
use super::walk::FoundFile;
use crate::catalog::stored_path::is_within;
use crate::catalog::{KnownPhoto, ScanWrite};
use crate::ids::PhotoId;

/// A folder's photos as they were known, less those that the walk has met.
#[derive(Debug, Default)]
pub(super) struct FolderDiff {
    visible: HashMap<Box<[u8]>, KnownPhoto>,
    missing: HashMap<Box<[u8]>, Vec<KnownPhoto>>,
    /// Volumes that known photos were on.
    known: HashSet<i64>,
    /// Volumes that the walk has listed.
    listed: HashSet<i64>,
    /// Where photos that were found had been and are, as pairs of volumes.
    found: HashSet<(i64, i64)>,
    /// What could not be read: what was known there is out of reach.
    blocked: Vec<Vec<u8>>,
}

/// What a found file is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// Known, and as it was.
    Unchanged,
    /// Known and as it was, but the catalog has to be told that it is here.
    Back(ScanWrite),
    /// Known, with another size or time.
    Differs(KnownPhoto),
    /// No photo is known at this place.
    Unknown,
}

/// What became of a photo that the walk did not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Its file is gone.
    Gone,
    /// Its place could not be looked at.
    OutOfReach,
}

impl FolderDiff {
    pub(super) fn know(&mut self, photo: KnownPhoto) {
        self.known.insert(photo.volume);
        if photo.missing {
            self.missing.entry(photo.rel.clone()).or_default().push(photo);
        } else {
            self.visible.insert(photo.rel.clone(), photo);
        }
    }

    /// The walk has listed a directory on that volume.
    pub(super) fn list_volume(&mut self, volume: i64) {
        self.listed.insert(volume);
    }

    /// The walk could not read what is there.
    pub(super) fn block(&mut self, rel: Vec<u8>) {
        self.blocked.push(rel);
    }

    pub(super) fn meet(&mut self, file: &FoundFile) -> Met {
        if let Some(known) = self.visible.remove(&file.rel) {
            // A file of that name alone does not tell that this is the same file system.
            if known.stamp != file.stamp {
                return Met::Differs(known);
            }
            self.confirm(known.volume, file.volume);
            return match known.offline || known.volume != file.volume {
                true => Met::Back(ScanWrite::Seen { photo: known.id, volume: file.volume }),
                false => Met::Unchanged,
            };
        }
        let here_before = self.missing.get_mut(&file.rel);
        let same = here_before.and_then(|photos| {
            let place = photos.iter().position(|known| known.stamp == file.stamp)?;
            Some(photos.swap_remove(place))
        });
        match same {
            Some(known) => {
                self.confirm(known.volume, file.volume);
                Met::Back(ScanWrite::Seen { photo: known.id, volume: file.volume })
            }
            None => Met::Unknown,
        }
    }

    /// A photo that was known on the volume `before` was found on `now`, in its place or by its content.
    pub(super) fn confirm(&mut self, before: i64, now: i64) {
        self.found.insert((before, now));
    }

    /// The photos that were visible and that the walk has not met, in order of id.
    pub(super) fn unmet(&self) -> Vec<(&KnownPhoto, Fate)> {
        let mut unmet: Vec<_> = self.visible.values().map(|known| (known, self.fate(known))).collect();
        unmet.sort_by_key(|(known, _)| known.id);
        unmet
    }

    /// What is not in a place that was listed, on the file system that it was on, is gone.
    pub(super) fn fate(&self, known: &KnownPhoto) -> Fate {
        let is_here =
            |(before, now): &(i64, i64)| *before == known.volume && self.may_have_become(*before, *now);
        let was_listed = || self.listed.contains(&known.volume) || self.found.iter().any(is_here);
        match !self.is_blocked(known) && was_listed() {
            true => Fate::Gone,
            false => Fate::OutOfReach,
        }
    }

    /// The listed volumes that the photo's file system may have become: if its file is there, at another place, so
    /// is its file system.
    pub(super) fn may_be_on(&self, known: &KnownPhoto) -> Vec<i64> {
        if self.is_blocked(known) {
            return Vec::new();
        }
        self.listed.iter().copied().filter(|now| self.may_have_become(known.volume, *now)).collect()
    }

    /// File systems that have other numbers than before, as photos tell that were found on them.
    pub(super) fn renumbered(&self) -> HashMap<i64, i64> {
        let found = self.found.iter().copied();
        found.filter(|(before, now)| self.may_have_become(*before, *now)).collect()
    }

    /// The volumes that known photos were found on.
    pub(super) fn met(&self) -> HashSet<i64> {
        self.found.iter().map(|(_, now)| *now).collect()
    }

    /// A volume that is still there, or that was known before, is itself.
    fn may_have_become(&self, before: i64, now: i64) -> bool {
        !self.listed.contains(&before) && !self.known.contains(&now) && may_be_one(before, now)
    }

    fn is_blocked(&self, known: &KnownPhoto) -> bool {
        self.blocked.iter().any(|dir| is_within(&known.rel, dir))
    }
}

/// The consequence for a photo that was not met; nothing when the catalog knows already.
pub(super) fn consequence(known: &KnownPhoto, fate: Fate) -> Option<ScanWrite> {
    let photo: PhotoId = known.id;
    match fate {
        Fate::Gone => Some(ScanWrite::Missing { photo }),
        Fate::OutOfReach => (!known.offline).then_some(ScanWrite::Offline { photo }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::FileStamp;
    use crate::ids::FolderId;

    const STAMP: FileStamp = FileStamp { size: 5, mtime_ns: 50 };

    fn known(id: i64, rel: &str, volume: i64) -> KnownPhoto {
        KnownPhoto {
            id: PhotoId(id),
            folder: FolderId(1),
            rel: rel.as_bytes().into(),
            stamp: STAMP,
            volume,
            hash: None,
            offline: false,
            missing: false,
        }
    }

    fn found(rel: &str, stamp: FileStamp, volume: i64) -> FoundFile {
        FoundFile { rel: rel.as_bytes().into(), stamp, volume }
    }

    #[test]
    fn a_found_file_is_unchanged_back_different_or_unknown() {
        let mut diff = FolderDiff::default();
        diff.know(known(1, "same", 7));
        diff.know(KnownPhoto { offline: true, ..known(2, "was offline", 7) });
        diff.know(known(3, "remounted", 6));
        diff.know(known(4, "edited", 7));
        diff.know(KnownPhoto { missing: true, ..known(5, "deleted", 7) });
        diff.know(KnownPhoto { missing: true, ..known(6, "replaced", 7) });
        let other = FileStamp { size: 5, mtime_ns: 51 };
        let back = |id| Met::Back(ScanWrite::Seen { photo: PhotoId(id), volume: 7 });
        for (rel, stamp, expected) in [
            ("same", STAMP, Met::Unchanged),
            ("was offline", STAMP, back(2)),
            ("remounted", STAMP, back(3)),
            ("edited", other, Met::Differs(known(4, "edited", 7))),
            ("deleted", STAMP, back(5)),
            ("deleted", STAMP, Met::Unknown),
            ("replaced", other, Met::Unknown),
            ("new", STAMP, Met::Unknown),
        ] {
            assert_eq!(diff.meet(&found(rel, stamp, 7)), expected, "{rel}");
        }
        assert_eq!(diff.unmet(), []);
    }

    #[test]
    fn an_unmet_photo_is_gone_only_if_its_place_was_looked_at() {
        let photos =
            [known(1, "a", 1), known(2, "locked/b", 1), known(3, "drive/c", 2), known(4, "lockedx", 1)];
        let (gone, out) = (Fate::Gone, Fate::OutOfReach);
        for (listed, met, blocked, expected) in [
            (vec![1], None, None, [gone, gone, out, gone]),
            (vec![1, 2], None, Some("locked"), [gone, out, gone, gone]),
            (vec![9], None, None, [out, out, out, out]),
            // The volume got another number, but a photo of it was met: it is the same.
            (vec![9], Some(("a", STAMP)), None, [gone, gone, out, gone]),
            // A file of the same name tells nothing.
            (vec![9], Some(("a", FileStamp { size: 6, mtime_ns: 50 })), None, [out, out, out, out]),
            (vec![1, 2], None, Some(""), [out, out, out, out]),
        ] {
            let mut diff = FolderDiff::default();
            photos.iter().for_each(|photo| diff.know(photo.clone()));
            listed.iter().for_each(|volume| diff.list_volume(*volume));
            blocked.iter().for_each(|rel: &&str| diff.block(rel.as_bytes().to_vec()));
            met.iter().for_each(|(rel, stamp)| drop(diff.meet(&found(rel, *stamp, 9))));
            let fates: Vec<_> = photos.iter().map(|known| diff.fate(known)).collect();
            assert_eq!(fates, expected, "{listed:?} {met:?} {blocked:?}");
        }
    }

    #[test]
    fn a_copy_on_another_file_system_does_not_make_it_the_first_one() {
        // Negative numbers are those that file systems carry with them.
        let (card, other_card, drawn, drawn_anew) =
            (i64::MIN | 1 << 32, i64::MIN | 2 << 32, 3 << 32, 4 << 32);
        for (before, now, also_known, is_same) in [
            (card, other_card, None, false),
            (card, card | 7, None, true),
            (card, drawn, None, false),
            (drawn, drawn_anew, None, true),
            (drawn, drawn_anew, Some(drawn_anew), false),
        ] {
            let mut diff = FolderDiff::default();
            let unmet = known(2, "b", before);
            diff.know(known(1, "a", before));
            diff.know(unmet.clone());
            also_known.iter().for_each(|volume| diff.know(known(3, "c", *volume)));
            diff.list_volume(now);
            assert_eq!(diff.may_be_on(&unmet), if is_same { vec![now] } else { vec![] });
            diff.meet(&found("a", STAMP, now));
            let fate = if is_same { Fate::Gone } else { Fate::OutOfReach };
            assert_eq!(diff.fate(&unmet), fate, "{before:x} {now:x} {also_known:?}");
            assert_eq!(diff.renumbered().get(&before), is_same.then_some(&now));
            assert_eq!(diff.met(), [now].into());
        }
    }
}
