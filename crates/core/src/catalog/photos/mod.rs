//! The photos: what is known of each file and its content.
//!
//! A photo is *visible* while its file is there or out of reach; when the file is gone it is *missing*: hidden from
//! every list and search, and forgotten after a grace period unless the file turns up again.

mod colours;
mod indexed;
mod matching;
mod scanned;
mod timeline;
mod vocabulary;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, params};

pub use indexed::{IndexOutcome, IndexedPhoto, KnownContent, PendingPhoto, WrittenBatch};
pub(super) use matching::local_ms;
pub use scanned::Forgotten;
pub(crate) use scanned::{KnownPhoto, ScanWrite};
pub use timeline::TimelinePhoto;

use super::fault::Fault;
use super::stored_path::{below, from_bytes};
use super::{Catalog, folders};
use crate::error::Result;
use crate::ids::{FolderId, PhotoId};
use crate::media::Metadata;

/// What tells, without opening it, that a file is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileStamp {
    /// Bytes.
    pub size: u64,
    /// Last modification in nanoseconds since 1970.
    pub mtime_ns: i64,
}

/// How far a photo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhotoState {
    /// Found, or changed since it was read.
    Pending = 0,
    /// Read: metadata and content hash are known.
    Ready = 1,
    /// Could not be read; not tried again until it changes or is asked for.
    Failed = 2,
}

/// A photo as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoRow {
    /// Its id.
    pub id: PhotoId,
    /// The folder of the library that it lies in.
    pub folder: FolderId,
    /// Where the file is, or was when it was last in reach.
    pub path: PathBuf,
    /// How far it is.
    pub state: PhotoState,
    /// Its file cannot be reached now.
    pub offline: bool,
    /// Size and time of the file.
    pub stamp: FileStamp,
    /// BLAKE3 of the content that was last decoded.
    pub hash: Option<[u8; 32]>,
    /// What was read from it; empty until it is [`PhotoState::Ready`].
    pub metadata: Metadata,
    /// When it was found, in Unix milliseconds.
    pub added_at: i64,
}

/// Which photos to list. None lists missing ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// All.
    All,
    /// Those out of reach.
    Offline,
}

/// Visible photos by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateCounts {
    /// All visible photos.
    pub total: u64,
    /// Found, not yet read.
    pub pending: u64,
    /// Read.
    pub ready: u64,
    /// Could not be read.
    pub failed: u64,
    /// Out of reach, whatever their state.
    pub offline: u64,
    /// Hidden because their file is gone; not part of `total`.
    pub missing: u64,
}

impl PhotoState {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    fn read(number: i64) -> Self {
        match number {
            1 => Self::Ready,
            2 => Self::Failed,
            _ => Self::Pending,
        }
    }
}

const COLUMNS: &str = "p.id, p.folder_id, f.path, p.rel_path, p.state, p.offline, p.size, p.mtime_ns, p.hash,
    p.width, p.height, p.taken_at, p.camera, p.lens, p.latitude, p.longitude, p.added_at";
const VISIBLE: &str = "FROM photos p JOIN folders f ON f.id = p.folder_id WHERE p.missing_since IS NULL";

fn row_of(row: &Row<'_>) -> rusqlite::Result<PhotoRow> {
    let root = from_bytes(row.get_ref(2)?.as_blob()?);
    Ok(PhotoRow {
        id: PhotoId(row.get(0)?),
        folder: FolderId(row.get(1)?),
        path: below(&root, row.get_ref(3)?.as_blob()?),
        state: PhotoState::read(row.get(4)?),
        offline: row.get(5)?,
        stamp: stamp_of(row, 6)?,
        hash: row.get(8)?,
        metadata: metadata_of(row, 9)?,
        added_at: row.get(16)?,
    })
}

/// Reads `size, mtime_ns` at a column.
fn stamp_of(row: &Row<'_>, at: usize) -> rusqlite::Result<FileStamp> {
    Ok(FileStamp { size: row.get::<_, i64>(at)?.unsigned_abs(), mtime_ns: row.get(at + 1)? })
}

/// Reads `width, height, taken_at, camera, lens, latitude, longitude` at a column.
fn metadata_of(row: &Row<'_>, at: usize) -> rusqlite::Result<Metadata> {
    Ok(Metadata {
        width: row.get(at)?,
        height: row.get(at + 1)?,
        taken_at: row.get(at + 2)?,
        camera: row.get(at + 3)?,
        lens: row.get(at + 4)?,
        latitude: row.get(at + 5)?,
        longitude: row.get(at + 6)?,
        // Width and height are those of the upright picture.
        orientation: 1,
    })
}

/// `AND …` that keeps the photos of those folders; nothing for all.
pub(super) fn scope(photos: &str, folders: Option<&[FolderId]>) -> String {
    folders.map_or_else(String::new, |folders| {
        let ids: Vec<String> = folders.iter().map(|folder| folder.0.to_string()).collect();
        format!("AND {photos}.folder_id IN ({})", ids.join(","))
    })
}

/// Those of the contents that no photo has, missing ones included.
pub(super) fn without_photo(conn: &Connection, mut hashes: Vec<[u8; 32]>) -> Result<Vec<[u8; 32]>, Fault> {
    let mut kept = conn.prepare_cached("SELECT 1 FROM photos WHERE hash = ?1")?;
    let mut orphaned = Vec::new();
    hashes.sort_unstable();
    hashes.dedup();
    for hash in hashes {
        if !kept.exists([hash])? {
            orphaned.push(hash);
        }
    }
    Ok(orphaned)
}

impl Catalog {
    /// Those of the contents that no photo has any more, missing ones included.
    ///
    /// # Errors
    /// Those of the database.
    pub fn without_photo(&self, hashes: Vec<[u8; 32]>) -> Result<Vec<[u8; 32]>> {
        self.ask(|conn| without_photo(conn, hashes))
    }

    /// The visible photos among `ids`, in their order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn rows(&self, ids: &[PhotoId]) -> Result<Vec<PhotoRow>> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} {VISIBLE} AND p.id = ?1"))?;
            let mut rows = Vec::with_capacity(ids.len());
            for id in ids {
                rows.extend(statement.query_row([id.0], row_of).optional()?);
            }
            Ok(rows)
        })
    }

    /// The visible photo whose file is at `path`: as it is written, or what it leads to.
    ///
    /// # Errors
    /// Those of the database.
    pub fn photo_at(&self, path: &Path) -> Result<Option<PhotoRow>> {
        let written = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        if let Some(row) = self.photo_exactly_at(&written)? {
            return Ok(Some(row));
        }
        // A link in the folder's path first: the photo itself may be a link, and is known by its own name.
        let through_parent = written
            .parent()
            .zip(written.file_name())
            .and_then(|(parent, name)| Some(crate::scan::folder_path(parent).ok()?.join(name)));
        let resolved = [through_parent, std::fs::canonicalize(&written).ok()];
        for candidate in resolved.into_iter().flatten() {
            if let Some(row) = self.photo_exactly_at(&candidate)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Calls `visit` with each photo of the listing, in the order they were found.
    ///
    /// # Errors
    /// Those of the database, and whatever `visit` returns: it ends the walk.
    pub fn list(&self, listing: Listing, visit: &mut dyn FnMut(PhotoRow) -> Result<()>) -> Result<()> {
        let condition = match listing {
            Listing::All => "",
            Listing::Offline => "AND p.offline = 1",
        };
        let sql = format!("SELECT {COLUMNS} {VISIBLE} {condition} ORDER BY p.id");
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(&sql)?;
            for row in statement.query_map([], row_of)? {
                visit(row?)?;
            }
            Ok(())
        })
    }

    /// Photos by state; only those of `folders`, if given.
    ///
    /// # Errors
    /// Those of the database.
    pub fn counts(&self, folders: Option<&[FolderId]>) -> Result<StateCounts> {
        let sql = format!(
            "SELECT p.state, p.offline, p.missing_since IS NOT NULL, count(*) FROM photos p
             WHERE 1 {} GROUP BY 1, 2, 3",
            scope("p", folders)
        );
        self.ask(|conn| {
            let mut counts = StateCounts::default();
            let mut statement = conn.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (offline, missing): (bool, bool) = (row.get(1)?, row.get(2)?);
                let count = row.get::<_, i64>(3)?.unsigned_abs();
                if missing {
                    counts.missing += count;
                    continue;
                }
                counts.total += count;
                counts.offline += if offline { count } else { 0 };
                *match PhotoState::read(row.get(0)?) {
                    PhotoState::Pending => &mut counts.pending,
                    PhotoState::Ready => &mut counts.ready,
                    PhotoState::Failed => &mut counts.failed,
                } += count;
            }
            Ok(counts)
        })
    }

    fn photo_exactly_at(&self, path: &Path) -> Result<Option<PhotoRow>> {
        self.ask(|conn| {
            let all = folders::all(conn)?;
            let Some((folder, rel)) = folders::owner(&all, path) else { return Ok(None) };
            let sql = format!("SELECT {COLUMNS} {VISIBLE} AND p.folder_id = ?1 AND p.rel_path = ?2");
            let mut statement = conn.prepare_cached(&sql)?;
            Ok(statement.query_row(params![folder.id.0, rel], row_of).optional()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::TestCatalog;

    #[test]
    fn rows_come_in_the_order_asked_for_and_without_missing_photos() {
        let test = TestCatalog::new();
        let (_, ids) = test.with_photos("/p", &["a.jpg", "b.jpg", "c.jpg"]);
        test.apply_scan(&[ScanWrite::Missing { photo: ids[1] }], 1).unwrap();
        let rows = test.rows(&[ids[2], ids[1], PhotoId(999), ids[0]]).unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[2], ids[0]]);
        assert_eq!((rows[0].path.as_path(), rows[0].state), (Path::new("/p/c.jpg"), PhotoState::Pending));
        let mut listed = Vec::new();
        test.list(Listing::All, &mut |row| {
            listed.push(row.id);
            Ok(())
        })
        .unwrap();
        assert_eq!(listed, [ids[0], ids[2]]);
        let counts = test.counts(None).unwrap();
        assert_eq!((counts.total, counts.pending, counts.missing), (2, 2, 1));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8_are_found_again() {
        use std::os::unix::ffi::OsStrExt;
        let test = TestCatalog::new();
        let folder = test.add_folder(Path::new("/p")).unwrap().id;
        let rel = b"f\xFCr/\xFF.jpg";
        let stamp = FileStamp { size: 1, mtime_ns: -5 };
        test.apply_scan(&[ScanWrite::New { folder, rel: rel[..].into(), stamp, volume: -1 }], 1).unwrap();
        let path = Path::new("/p").join(std::ffi::OsStr::from_bytes(rel));
        let row = test.photo_at(&path).unwrap().unwrap();
        assert_eq!((row.path, row.stamp), (path, stamp));
        assert_eq!(test.photo_at(Path::new("/q/x.jpg")).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_photo_is_found_through_a_link_to_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let root = crate::scan::folder_path(dir.path()).unwrap();
        std::fs::create_dir_all(root.join("real/in")).unwrap();
        std::os::unix::fs::symlink(root.join("real"), root.join("link")).unwrap();
        let test = TestCatalog::new();
        test.with_photos(root.join("real").to_str().unwrap(), &["in/a.jpg"]);
        let found = test.photo_at(&root.join("link/in/a.jpg")).unwrap().unwrap();
        assert_eq!(found.path, root.join("real/in/a.jpg"));
        assert!(test.photo_at(&root.join("link/in/../in/a.jpg")).unwrap().is_some());
    }
}
