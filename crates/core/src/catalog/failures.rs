//! Photos that could not be decoded or embedded, with the reason.

use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, params};

use super::fault::Fault;
use super::photos::{PhotoState, scope};
use super::stored_path::{below, from_bytes};
use super::{Catalog, unreadable};
use crate::error::Result;
use crate::ids::{FolderId, PhotoId};

/// Something in a folder of the library that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureRow {
    /// The photo; `None` for a folder or a link that the scan could not follow.
    pub photo: Option<PhotoId>,
    /// The folder of the library that it lies in.
    pub folder: FolderId,
    /// The file or folder.
    pub path: PathBuf,
    /// A word for the kind of failure.
    pub code: String,
    /// Why, in words.
    pub reason: String,
    /// Its folder cannot be reached now.
    pub offline: bool,
}

/// Records a failure in place of the one before.
pub(super) fn put(conn: &Connection, photo: PhotoId, code: &str, reason: &str) -> Result<(), Fault> {
    let sql = "INSERT INTO failures (photo_id, code, reason) VALUES (?1, ?2, ?3)
               ON CONFLICT (photo_id) DO UPDATE SET code = excluded.code, reason = excluded.reason";
    conn.prepare_cached(sql)?.execute(params![photo.0, code, reason])?;
    Ok(())
}

/// Forgets the photo's failure, if there was one.
pub(super) fn remove(conn: &Connection, photo: PhotoId) -> Result<(), Fault> {
    conn.prepare_cached("DELETE FROM failures WHERE photo_id = ?1")?.execute([photo.0])?;
    Ok(())
}

impl Catalog {
    /// Everything that cannot be read, in order of path: photos that failed, and what the last scan of each
    /// folder could not enter.
    ///
    /// # Errors
    /// Those of the database.
    pub fn failures(&self) -> Result<Vec<FailureRow>> {
        let mut failures = self.ask(|conn| {
            let mut failures = of_photos(conn)?;
            failures.extend(unreadable::all(conn)?);
            Ok(failures)
        })?;
        failures.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(failures)
    }

    /// Why the photo failed; `None` if it did not.
    ///
    /// # Errors
    /// Those of the database.
    pub fn failure_of(&self, photo: PhotoId) -> Result<Option<String>> {
        self.ask(|conn| {
            let mut statement = conn.prepare_cached("SELECT reason FROM failures WHERE photo_id = ?1")?;
            Ok(statement.query_row([photo.0], |row| row.get(0)).optional()?)
        })
    }

    /// Makes failed photos pending again and gives their number; only those of `folders`, if given.
    ///
    /// # Errors
    /// Those of the database.
    pub fn retry_failures(&self, folders: Option<&[FolderId]>) -> Result<u64> {
        self.retry(&scope("p", folders))
    }

    /// [`Self::retry_failures`] for the photos whose file could not be opened or read: a right or a disk may be in order
    /// again, and the file's size and time tell nothing of that.
    ///
    /// # Errors
    /// Those of the database.
    pub fn retry_unreadable(&self, folders: Option<&[FolderId]>) -> Result<u64> {
        let unreadable = "AND p.id IN (SELECT photo_id FROM failures WHERE code = 'unreadable')";
        self.retry(&format!("{unreadable} {}", scope("p", folders)))
    }

    fn retry(&self, which: &str) -> Result<u64> {
        self.write(|conn| {
            let (failed, pending) = (PhotoState::Failed as i64, PhotoState::Pending as i64);
            let sql = format!("UPDATE photos AS p SET state = ?2 WHERE state = ?1 {which}");
            let retried = conn.execute(&sql, [failed, pending])? as u64;
            if retried > 0 {
                let sql = "DELETE FROM failures WHERE photo_id IN (SELECT id FROM photos WHERE state = ?1)";
                conn.execute(sql, [pending])?;
            }
            Ok(retried)
        })
    }
}

fn of_photos(conn: &Connection) -> Result<Vec<FailureRow>, Fault> {
    let sql = "SELECT p.id, f.path, p.rel_path, x.code, x.reason, p.offline, f.id FROM failures x
               JOIN photos p ON p.id = x.photo_id JOIN folders f ON f.id = p.folder_id
               WHERE p.missing_since IS NULL";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let root = from_bytes(row.get_ref(1)?.as_blob()?);
        Ok(FailureRow {
            photo: Some(PhotoId(row.get(0)?)),
            folder: FolderId(row.get(6)?),
            path: below(&root, row.get_ref(2)?.as_blob()?),
            code: row.get(3)?,
            reason: row.get(4)?,
            offline: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::catalog::testing::{TestCatalog, model};
    use crate::catalog::{IndexOutcome, ScanWrite, Unreadable};

    fn broken() -> IndexOutcome {
        IndexOutcome::Failed { hash: None, code: "decode".to_owned(), reason: "ends too early".to_owned() }
    }

    #[test]
    fn failures_are_listed_with_their_reason_and_tried_again_on_request() {
        let (test, key) = (TestCatalog::new(), [model("clip")]);
        let (folder, ids) = test.with_photos("/p", &["a.jpg", "b.jpg"]);
        let (other, others) = test.with_photos("/q", &["c.jpg"]);
        for photo in [ids[0], others[0]] {
            test.outcome(&key, photo, broken());
        }
        let entry =
            Unreadable { rel: b"locked".to_vec(), code: "unreadable_folder", reason: "no right".into() };
        test.record_folder_scan(folder, true, &[entry], 1).unwrap();
        let listed = test.failures().unwrap();
        let paths: Vec<&Path> = listed.iter().map(|row| row.path.as_path()).collect();
        assert_eq!(paths, [Path::new("/p/a.jpg"), Path::new("/p/locked"), Path::new("/q/c.jpg")]);
        assert_eq!((listed[0].reason.as_str(), listed[1].photo), ("ends too early", None));
        assert_eq!(test.failure_of(ids[0]).unwrap().as_deref(), Some("ends too early"));
        assert_eq!(test.failure_of(ids[1]).unwrap(), None);
        let pending = |folders| test.pending(&key, None, folders, None, 10).unwrap();
        assert_eq!(pending(None).len(), 1, "failed photos wait until they are asked for");

        assert_eq!(test.retry_failures(Some(&[other])).unwrap(), 1);
        assert_eq!(pending(None).iter().map(|p| p.id).collect::<Vec<_>>(), [ids[1], others[0]]);
        assert_eq!(test.retry_failures(None).unwrap(), 1);
        assert_eq!(pending(None).len(), 3);
        assert_eq!(test.failures().unwrap().len(), 1);
    }

    #[test]
    fn only_files_that_could_not_be_read_are_tried_again_unasked() {
        let (test, key) = (TestCatalog::new(), [model("clip")]);
        let (folder, ids) = test.with_photos("/p", &["a.jpg", "b.jpg"]);
        let locked =
            IndexOutcome::Failed { hash: None, code: "unreadable".to_owned(), reason: "no right".to_owned() };
        test.outcome(&key, ids[0], broken());
        test.outcome(&key, ids[1], locked);
        assert_eq!(test.retry_unreadable(Some(&[folder])).unwrap(), 1);
        let pending = test.pending(&key, None, None, None, 10).unwrap();
        assert_eq!(pending.iter().map(|p| p.id).collect::<Vec<_>>(), [ids[1]]);
        assert_eq!(test.failures().unwrap().iter().map(|f| f.photo).collect::<Vec<_>>(), [Some(ids[0])]);
    }

    #[test]
    fn a_failed_photo_whose_file_is_gone_is_not_listed() {
        let test = TestCatalog::new();
        let (folder, ids) = test.with_photos("/p", &["a.jpg"]);
        test.outcome(&[], ids[0], broken());
        test.apply_scan(&[ScanWrite::Missing { photo: ids[0] }], 1).unwrap();
        assert_eq!(test.failures().unwrap(), []);
        test.forget_missing(&[(folder, 1)], 2).unwrap();
        test.apply_scan(&[], 3).unwrap();
    }
}
