//! What a scan reads from and writes to the table of photos.

use rusqlite::{Connection, params};

use super::{FileStamp, PhotoState, stamp_of, without_photo};
use crate::catalog::fault::Fault;
use crate::catalog::{Catalog, failures, vectors};
use crate::error::Result;
use crate::ids::{FolderId, PhotoId};

/// What a scan compares a file with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownPhoto {
    pub id: PhotoId,
    pub folder: FolderId,
    /// Stored form, below the folder.
    pub rel: Box<[u8]>,
    pub stamp: FileStamp,
    pub volume: i64,
    pub hash: Option<[u8; 32]>,
    pub offline: bool,
    pub missing: bool,
}

/// One consequence of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScanWrite {
    /// A file that was never seen: a pending photo. No visible photo has that place.
    New { folder: FolderId, rel: Box<[u8]>, stamp: FileStamp, volume: i64 },
    /// The photo's file is where it was and unchanged: it is neither missing nor offline.
    Seen { photo: PhotoId, volume: i64 },
    /// The file has a new time and its old content.
    Touched { photo: PhotoId, stamp: FileStamp, volume: i64 },
    /// The file has other content: pending again. The old vectors answer until the new ones are there.
    Changed { photo: PhotoId, stamp: FileStamp, volume: i64 },
    /// The photo's content is at another place now. No other visible photo has that place.
    Moved { photo: PhotoId, folder: FolderId, rel: Box<[u8]>, stamp: FileStamp, volume: i64 },
    /// The file is gone: the photo is hidden.
    Missing { photo: PhotoId },
    /// The file cannot be reached.
    Offline { photo: PhotoId },
    /// The file system has another number: photos of the folder that were last seen on it take that over.
    Renumbered { folder: FolderId, from: i64, to: i64 },
}

/// What was forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// How many photos.
    pub photos: u64,
    /// Content hashes that no photo has any more: what is cached for them can go.
    pub orphaned: Vec<[u8; 32]>,
}

const COLUMNS: &str =
    "id, folder_id, rel_path, size, mtime_ns, volume, hash, offline, missing_since IS NOT NULL";

fn known_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<KnownPhoto> {
    Ok(KnownPhoto {
        id: PhotoId(row.get(0)?),
        folder: FolderId(row.get(1)?),
        rel: row.get_ref(2)?.as_blob()?.into(),
        stamp: stamp_of(row, 3)?,
        volume: row.get(5)?,
        hash: row.get(6)?,
        offline: row.get(7)?,
        missing: row.get(8)?,
    })
}

impl Catalog {
    /// Calls `visit` with every photo of a folder, missing ones included.
    pub(crate) fn known_photos(&self, folder: FolderId, visit: &mut dyn FnMut(KnownPhoto)) -> Result<()> {
        let sql = format!("SELECT {COLUMNS} FROM photos WHERE folder_id = ?1 ORDER BY id");
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(&sql)?;
            for known in statement.query_map([folder.0], known_of)? {
                visit(known?);
            }
            Ok(())
        })
    }

    /// The photos of known content whose file has, or last had, that size.
    pub(crate) fn known_of_size(&self, size: u64) -> Result<Vec<KnownPhoto>> {
        let sql = format!("SELECT {COLUMNS} FROM photos WHERE size = ?1 AND hash IS NOT NULL ORDER BY id");
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(&sql)?;
            Ok(statement.query_map([size as i64], known_of)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The sizes that photos of known content have.
    pub(crate) fn known_sizes(&self) -> Result<Vec<u64>> {
        self.ask(|conn| {
            let sql = "SELECT DISTINCT size FROM photos WHERE hash IS NOT NULL";
            let mut statement = conn.prepare_cached(sql)?;
            let sizes = statement.query_map([], |row| Ok(row.get::<_, i64>(0)?.unsigned_abs()))?;
            Ok(sizes.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Writes consequences of a scan in one transaction, in their order.
    pub(crate) fn apply_scan(&self, writes: &[ScanWrite], now: i64) -> Result<()> {
        if writes.is_empty() {
            return Ok(());
        }
        self.write(|conn| writes.iter().try_for_each(|write| apply(conn, write, now)))
    }

    /// Forgets the photos that went missing before a moment, with their vectors, in these folders and on these volumes
    /// of them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_missing(&self, volumes: &[(FolderId, i64)], before: i64) -> Result<Forgotten> {
        if volumes.is_empty() {
            return Ok(Forgotten::default());
        }
        let pairs: Vec<String> =
            volumes.iter().map(|(folder, volume)| format!("({}, {volume})", folder.0)).collect();
        let condition = format!(
            "p.missing_since IS NOT NULL AND p.missing_since < ?1 AND (p.folder_id, p.volume) IN (VALUES {})",
            pairs.join(", ")
        );
        let any = format!("SELECT 1 FROM photos p WHERE {condition} LIMIT 1");
        if !self.ask(|conn| Ok(conn.prepare(&any)?.exists([before])?))? {
            return Ok(Forgotten::default());
        }
        self.write(|conn| {
            let sql = format!("SELECT DISTINCT hash FROM photos p WHERE {condition} AND hash IS NOT NULL");
            let mut statement = conn.prepare(&sql)?;
            let hashes = statement.query_map([before], |row| row.get(0))?;
            let hashes = hashes.collect::<rusqlite::Result<Vec<[u8; 32]>>>()?;
            let photos =
                conn.execute(&format!("DELETE FROM photos AS p WHERE {condition}"), [before])? as u64;
            vectors::prune_log(conn, vectors::REMOVALS_KEPT)?;
            Ok(Forgotten { photos, orphaned: without_photo(conn, hashes)? })
        })
    }
}

fn apply(conn: &Connection, write: &ScanWrite, now: i64) -> Result<(), Fault> {
    match write {
        ScanWrite::New { folder, rel, stamp, volume } => {
            let sql = "INSERT INTO photos (folder_id, rel_path, size, mtime_ns, volume, added_at)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let size = stamp.size as i64;
            conn.prepare_cached(sql)?.execute(params![folder.0, rel, size, stamp.mtime_ns, volume, now])?;
        }
        ScanWrite::Seen { photo, volume } => {
            let sql = "UPDATE photos SET offline = 0, volume = ?2 WHERE id = ?1";
            conn.prepare_cached(sql)?.execute(params![photo.0, volume])?;
            // By itself, because it costs more: the index of places depends on it.
            let sql = "UPDATE photos SET missing_since = NULL WHERE id = ?1 AND missing_since IS NOT NULL";
            conn.prepare_cached(sql)?.execute([photo.0])?;
        }
        ScanWrite::Touched { photo, stamp, volume } => {
            let sql =
                "UPDATE photos SET size = ?2, mtime_ns = ?3, volume = ?4, offline = 0, missing_since = NULL
                       WHERE id = ?1";
            conn.prepare_cached(sql)?.execute(params![photo.0, stamp.size as i64, stamp.mtime_ns, volume])?;
        }
        ScanWrite::Changed { photo, stamp, volume } => {
            let sql = "UPDATE photos SET size = ?2, mtime_ns = ?3, volume = ?4, state = ?5, offline = 0,
                       missing_since = NULL WHERE id = ?1";
            let pending = PhotoState::Pending as i64;
            let values = params![photo.0, stamp.size as i64, stamp.mtime_ns, volume, pending];
            conn.prepare_cached(sql)?.execute(values)?;
            failures::remove(conn, *photo)?;
        }
        ScanWrite::Moved { photo, folder, rel, stamp, volume } => {
            let sql =
                "UPDATE photos SET folder_id = ?2, rel_path = ?3, size = ?4, mtime_ns = ?5, volume = ?6,
                       offline = 0, missing_since = NULL WHERE id = ?1";
            let values = params![photo.0, folder.0, rel, stamp.size as i64, stamp.mtime_ns, volume];
            conn.prepare_cached(sql)?.execute(values)?;
        }
        ScanWrite::Missing { photo } => {
            let sql =
                "UPDATE photos SET missing_since = ?2, offline = 0 WHERE id = ?1 AND missing_since IS NULL";
            conn.prepare_cached(sql)?.execute(params![photo.0, now])?;
        }
        ScanWrite::Offline { photo } => {
            let sql = "UPDATE photos SET offline = 1 WHERE id = ?1 AND missing_since IS NULL";
            conn.prepare_cached(sql)?.execute([photo.0])?;
        }
        ScanWrite::Renumbered { folder, from, to } => {
            let sql = "UPDATE photos SET volume = ?3 WHERE folder_id = ?1 AND volume = ?2";
            conn.prepare_cached(sql)?.execute([folder.0, *from, *to])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::IndexOutcome;
    use crate::catalog::testing::{TestCatalog, model};

    fn along_x() -> Vec<f32> {
        vec![1.0, 0.0, 0.0, 0.0]
    }

    #[test]
    fn only_photos_missing_for_longer_than_the_grace_are_forgotten() {
        let (test, clip) = (TestCatalog::new(), model("clip"));
        let (folder, ids) = test.with_photos("/p", &["a.jpg", "b.jpg", "c.jpg", "d.jpg"]);
        for (id, hash) in ids.iter().zip([1, 2, 2, 4]) {
            test.indexed(*id, hash, &[(&clip, along_x())]);
        }
        let missing = |photo: PhotoId| [ScanWrite::Missing { photo }];
        test.apply_scan(&missing(ids[0]), 100).unwrap();
        test.apply_scan(&missing(ids[1]), 100).unwrap();
        test.apply_scan(&missing(ids[3]), 200).unwrap();
        test.apply_scan(&missing(ids[0]), 900).unwrap();
        for elsewhere in [&[][..], &[(FolderId(77), 1)], &[(folder, -2)]] {
            assert_eq!(test.forget_missing(elsewhere, 150).unwrap(), Forgotten::default());
        }
        test.apply_scan(&[ScanWrite::Renumbered { folder, from: 1, to: -2 }], 950).unwrap();
        let forgotten = test.forget_missing(&[(folder, -2), (folder, 5)], 150).unwrap();
        let orphaned = vec![[1; 32]];
        assert_eq!(forgotten, Forgotten { photos: 2, orphaned }, "c still has b's content");
        assert_eq!(test.counts(None).unwrap().missing, 1);
        assert_eq!(test.vector(&clip, ids[0]).unwrap(), None);
        assert!(test.vector(&clip, ids[3]).unwrap().is_some());
    }

    #[test]
    fn two_photos_can_swap_their_places_in_one_transaction() {
        let test = TestCatalog::new();
        let (folder, ids) = test.with_photos("/p", &["a.jpg", "b.jpg"]);
        let before = test.rows(&ids).unwrap();
        let moved = |photo, rel: &str, stamp| ScanWrite::Moved {
            photo,
            folder,
            rel: rel.as_bytes().into(),
            stamp,
            volume: 1,
        };
        let swap = [
            ScanWrite::Missing { photo: ids[1] },
            moved(ids[0], "b.jpg", before[0].stamp),
            moved(ids[1], "a.jpg", before[1].stamp),
        ];
        test.apply_scan(&swap, 9).unwrap();
        let after = test.rows(&ids).unwrap();
        assert_eq!((&after[0].path, &after[1].path), (&before[1].path, &before[0].path));
        let taken = moved(ids[0], "a.jpg", before[0].stamp);
        assert!(test.apply_scan(&[taken], 9).is_err(), "two visible photos never have one place");
    }

    #[test]
    fn a_changed_photo_is_pending_and_keeps_its_vectors_until_it_is_read() {
        let (test, clip) = (TestCatalog::new(), model("clip"));
        let (_, ids) = test.with_photos("/p", &["a.jpg"]);
        test.indexed(ids[0], 1, &[(&clip, along_x())]);
        let failed = IndexOutcome::Failed { hash: None, code: "x".into(), reason: "y".into() };
        test.outcome(&[], ids[0], failed);
        let stamp = FileStamp { size: 77, mtime_ns: 1 };
        test.apply_scan(&[ScanWrite::Changed { photo: ids[0], stamp, volume: 1 }], 9).unwrap();
        assert_eq!(test.rows(&ids).unwrap()[0].state, PhotoState::Pending);
        assert_eq!(test.failures().unwrap(), []);
        assert!(test.vector(&clip, ids[0]).unwrap().is_some());
    }
}
