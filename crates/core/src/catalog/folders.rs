//! The folders that the user added.
//!
//! *Invariant*: a photo belongs to the innermost added folder that holds it. Adding a folder inside another hands
//! its photos over, and removing it hands them back: no file is listed twice and none is read again.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::fault::Fault;
use super::stored_path::{from_bytes, is_within, relative, to_bytes};
use super::unreadable::{self, Unreadable};
use super::{Catalog, Forgotten, photos, unix_ms, vectors};
use crate::error::{Error, Result};
use crate::ids::{FolderId, PhotoId};
use crate::scan::seen_from;

/// A folder of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// Where it is: absolute.
    pub path: PathBuf,
    /// When it was added, in Unix milliseconds.
    pub added_at: i64,
    /// When it was last scanned to the end.
    pub scanned_at: Option<i64>,
    /// It could be reached when it was last scanned.
    pub online: bool,
}

/// A folder's photos, missing ones not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FolderCounts {
    /// All of them.
    pub photos: u64,
    /// Those that could not be reached at the last scan.
    pub offline: u64,
}

const COLUMNS: &str = "id, path, added_at, scanned_at, online";

fn folder_of(row: &Row<'_>) -> rusqlite::Result<Folder> {
    Ok(Folder {
        id: FolderId(row.get(0)?),
        path: from_bytes(row.get_ref(1)?.as_blob()?),
        added_at: row.get(2)?,
        scanned_at: row.get(3)?,
        online: row.get(4)?,
    })
}

pub(super) fn all(conn: &Connection) -> Result<Vec<Folder>, Fault> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM folders ORDER BY id"))?;
    Ok(statement.query_map([], folder_of)?.collect::<rusqlite::Result<_>>()?)
}

/// The innermost of `folders` that holds `path`, and the stored form of the path below it.
pub(super) fn owner<'a>(folders: &'a [Folder], path: &Path) -> Option<(&'a Folder, Vec<u8>)> {
    let holders = folders.iter().filter_map(|folder| Some((folder, relative(path, &folder.path)?)));
    holders.min_by_key(|(_, rel)| rel.len())
}

impl Catalog {
    /// Adds a folder, or gives the one that is there. Links in the path are resolved if it can be reached, so that
    /// one folder has one name.
    ///
    /// # Errors
    /// Those of the database; [`Error::Io`] when a relative path cannot be made absolute.
    pub fn add_folder(&self, path: &Path) -> Result<Folder> {
        let resolved = crate::scan::folder_path(path).ok();
        let path = match resolved {
            Some(resolved) => resolved,
            None => std::path::absolute(path).map_err(|error| Error::io(path, error))?,
        };
        self.write(|conn| {
            let folders = all(conn)?;
            if let Some(known) = folders.iter().find(|folder| folder.path == path) {
                return Ok(known.clone());
            }
            let sql = "INSERT INTO folders (path, added_at) VALUES (?1, ?2)";
            conn.execute(sql, params![to_bytes(&path), unix_ms()])?;
            let id = FolderId(conn.last_insert_rowid());
            if let Some((outer, rel)) = owner(&folders, &path) {
                hand_over_inner(conn, outer.id, &rel, id, crate::scan::volume_at(&path))?;
            }
            Ok(Folder { id, path, added_at: unix_ms(), scanned_at: None, online: true })
        })
    }

    /// All folders, in the order they were added.
    ///
    /// # Errors
    /// Those of the database.
    pub fn folders(&self) -> Result<Vec<Folder>> {
        self.ask(all)
    }

    /// The folder of that id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn folder(&self, id: FolderId) -> Result<Option<Folder>> {
        let sql = format!("SELECT {COLUMNS} FROM folders WHERE id = ?1");
        self.ask(|conn| Ok(conn.prepare_cached(&sql)?.query_row([id.0], folder_of).optional()?))
    }

    /// The folder at `path`: as it is written, or what it leads to. An unreachable folder is found too.
    ///
    /// # Errors
    /// [`Error::UnknownFolder`] when it is not one of the library's, and those of the database.
    pub fn folder_at(&self, path: &Path) -> Result<Folder> {
        let written = std::path::absolute(path).map_err(|error| Error::io(path, error))?;
        let resolved = crate::scan::folder_path(path).ok();
        let found =
            self.folders()?.into_iter().find(|f| f.path == written || Some(&f.path) == resolved.as_ref());
        found.ok_or_else(|| Error::UnknownFolder { path: path.to_path_buf() })
    }

    /// Takes a folder out of the library and gives what the library forgot with it; photos whose file was gone are
    /// not counted. Photos that also lie in an outer folder of the library stay, as that folder's.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_folder(&self, id: FolderId) -> Result<Forgotten> {
        self.write(|conn| {
            let folders = all(conn)?;
            let Some(folder) = folders.iter().find(|folder| folder.id == id) else {
                return Ok(Forgotten::default());
            };
            if let Some((outer, rel)) = owner(&folders, &folder.path) {
                hand_back_to_outer(conn, id, outer.id, &rel, crate::scan::volume_at(&outer.path))?;
            }
            let sql = "SELECT count(*) FROM photos WHERE folder_id = ?1 AND missing_since IS NULL";
            let forgotten: i64 = conn.query_row(sql, [id.0], |row| row.get(0))?;
            let sql = "SELECT DISTINCT hash FROM photos WHERE folder_id = ?1 AND hash IS NOT NULL";
            let mut statement = conn.prepare_cached(sql)?;
            let hashes = statement.query_map([id.0], |row| row.get(0))?;
            let hashes = hashes.collect::<rusqlite::Result<Vec<[u8; 32]>>>()?;
            conn.execute("DELETE FROM folders WHERE id = ?1", [id.0])?;
            vectors::prune_log(conn, vectors::REMOVALS_KEPT)?;
            Ok(Forgotten { photos: forgotten.unsigned_abs(), orphaned: photos::without_photo(conn, hashes)? })
        })
    }

    /// Photos of a folder.
    ///
    /// # Errors
    /// Those of the database.
    pub fn folder_counts(&self, id: FolderId) -> Result<FolderCounts> {
        let sql = "SELECT count(*), coalesce(sum(offline), 0) FROM photos
                   WHERE folder_id = ?1 AND missing_since IS NULL";
        let count =
            |row: &Row<'_>, column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.unsigned_abs());
        let counts = |row: &Row<'_>| Ok(FolderCounts { photos: count(row, 0)?, offline: count(row, 1)? });
        self.ask(|conn| Ok(conn.prepare_cached(sql)?.query_row([id.0], counts)?))
    }

    /// Records the end of a folder's scan. When the folder could not be reached, all its photos become offline.
    pub(crate) fn record_folder_scan(
        &self,
        id: FolderId,
        online: bool,
        unreadable: &[Unreadable],
        now: i64,
    ) -> Result<()> {
        self.write(|conn| {
            let sql = "UPDATE folders SET online = ?2, scanned_at = iif(?2, ?3, scanned_at) WHERE id = ?1";
            conn.execute(sql, params![id.0, online, now])?;
            if online {
                return unreadable::replace(conn, id, unreadable);
            }
            let sql = "UPDATE photos SET offline = 1 WHERE folder_id = ?1 AND missing_since IS NULL AND NOT offline";
            conn.execute(sql, [id.0])?;
            Ok(())
        })
    }
}

/// Gives the photos of `outer` below `rel` to the new folder `inner` that lies there, on the volume `root`.
fn hand_over_inner(
    conn: &Connection,
    outer: FolderId,
    rel: &[u8],
    inner: FolderId,
    root: Option<i64>,
) -> Result<(), Fault> {
    for Place { photo, rel: path, volume } in places(conn, outer)? {
        if path.len() > rel.len() && is_within(&path, rel) {
            let rel = path[rel.len() + 1..].to_vec();
            move_photo(conn, inner, &Place { photo, rel, volume: seen_from(volume, root) })?;
        }
    }
    Ok(())
}

/// Gives the photos of `inner`, which lies at `rel` in `outer`, to `outer`, which is on the volume `root`.
fn hand_back_to_outer(
    conn: &Connection,
    inner: FolderId,
    outer: FolderId,
    rel: &[u8],
    root: Option<i64>,
) -> Result<(), Fault> {
    for Place { photo, rel: path, volume } in places(conn, inner)? {
        let rel = [rel, b"/", &path].concat();
        move_photo(conn, outer, &Place { photo, rel, volume: seen_from(volume, root) })?;
    }
    Ok(())
}

/// Where a photo is, in a folder.
struct Place {
    photo: PhotoId,
    rel: Vec<u8>,
    volume: i64,
}

fn places(conn: &Connection, folder: FolderId) -> Result<Vec<Place>, Fault> {
    let mut statement =
        conn.prepare_cached("SELECT id, rel_path, volume FROM photos WHERE folder_id = ?1")?;
    let rows = statement.query_map([folder.0], |row| {
        Ok(Place { photo: PhotoId(row.get(0)?), rel: row.get(1)?, volume: row.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn move_photo(conn: &Connection, folder: FolderId, place: &Place) -> Result<(), Fault> {
    let sql = "UPDATE photos SET folder_id = ?2, rel_path = ?3, volume = ?4 WHERE id = ?1";
    conn.prepare_cached(sql)?.execute(params![place.photo.0, folder.0, place.rel, place.volume])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{TestCatalog, model};

    #[test]
    fn a_folder_is_added_once_found_and_removed_with_its_photos() {
        let (test, clip) = (TestCatalog::new(), model("clip"));
        let (folder, ids) = test.with_photos("/photos", &["a.jpg", "b/c.jpg"]);
        let (_, others) = test.with_photos("/elsewhere", &["copy.jpg"]);
        for (photo, hash) in [(ids[0], 1), (ids[1], 2), (others[0], 2)] {
            test.indexed(photo, hash, &[(&clip, vec![1.0, 0.0, 0.0, 0.0])]);
        }
        assert_eq!(test.add_folder(Path::new("/photos")).unwrap().id, folder);
        assert_eq!(test.folder_at(Path::new("/photos")).unwrap().id, folder);
        assert_eq!(test.folder_counts(folder).unwrap(), FolderCounts { photos: 2, offline: 0 });
        assert!(matches!(test.folder_at(Path::new("/other")), Err(Error::UnknownFolder { .. })));
        let forgotten = test.remove_folder(folder).unwrap();
        assert_eq!(
            forgotten,
            Forgotten { photos: 2, orphaned: vec![[1; 32]] },
            "the copy has the other content"
        );
        assert_eq!(test.folders().unwrap().len(), 1);
        let vectors =
            |conn: &Connection| conn.query_row("SELECT count(*) FROM vectors", [], |row| row.get(0));
        assert_eq!(vectors(&test.conn), Ok(1));
        assert_eq!(test.remove_folder(folder).unwrap(), Forgotten::default());
    }

    #[test]
    fn a_folder_inside_another_takes_over_its_photos_and_hands_them_back() {
        let test = TestCatalog::new();
        let (outer, ids) = test.with_photos("/p", &["2024/rome/a.jpg", "2024/b.jpg", "2024x/c.jpg"]);
        let path_of = |index: usize| test.rows(&ids).unwrap()[index].path.clone();
        let before: Vec<_> = (0..3).map(path_of).collect();
        let count = |folder| test.folder_counts(folder).unwrap().photos;

        let middle = test.add_folder(Path::new("/p/2024")).unwrap().id;
        let inner = test.add_folder(Path::new("/p/2024/rome")).unwrap().id;
        assert_eq!((count(outer), count(middle), count(inner)), (1, 1, 1));
        assert_eq!((0..3).map(path_of).collect::<Vec<_>>(), before);

        assert_eq!(test.remove_folder(middle).unwrap().photos, 0, "they still lie in the outer folder");
        assert_eq!((count(outer), count(inner)), (2, 1));
        assert_eq!(test.remove_folder(inner).unwrap().photos, 0);
        assert_eq!(count(outer), 3);
        assert_eq!((0..3).map(path_of).collect::<Vec<_>>(), before);
        assert_eq!(test.remove_folder(outer).unwrap().photos, 3);
    }

    #[test]
    fn an_unreachable_folder_makes_its_photos_offline_and_keeps_them() {
        let test = TestCatalog::new();
        let (folder, _) = test.with_photos("/p", &["a.jpg", "b.jpg"]);
        test.record_folder_scan(folder, true, &[], 10).unwrap();
        test.record_folder_scan(folder, false, &[], 20).unwrap();
        let seen = test.folder(folder).unwrap().unwrap();
        assert_eq!((seen.online, seen.scanned_at), (false, Some(10)));
        assert_eq!(test.folder_counts(folder).unwrap(), FolderCounts { photos: 2, offline: 2 });
    }
}
