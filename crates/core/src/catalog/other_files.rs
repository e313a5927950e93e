//! Files that are no photos, though only a look at their first bytes could tell. A scan looks once.

use std::collections::HashMap;

use rusqlite::{Row, params};

use super::{Catalog, FileStamp};
use crate::error::Result;
use crate::ids::FolderId;

/// Size and time of each such file, by its place below the folder in stored form.
pub(crate) type OtherFiles = HashMap<Box<[u8]>, FileStamp>;

impl Catalog {
    /// The other files that the last scan of the folder met.
    pub(crate) fn other_files(&self, folder: FolderId) -> Result<OtherFiles> {
        let sql = "SELECT rel_path, size, mtime_ns FROM other_files WHERE folder_id = ?1";
        let entry = |row: &Row<'_>| {
            let stamp = FileStamp { size: row.get::<_, i64>(1)? as u64, mtime_ns: row.get(2)? };
            Ok((row.get_ref(0)?.as_blob()?.into(), stamp))
        };
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            Ok(statement.query_map([folder.0], entry)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Records the other files of the folder, in place of what was recorded before.
    pub(crate) fn replace_other_files(&self, folder: FolderId, files: &OtherFiles) -> Result<()> {
        let sql = "INSERT INTO other_files (folder_id, rel_path, size, mtime_ns) VALUES (?1, ?2, ?3, ?4)";
        self.write(|conn| {
            conn.execute("DELETE FROM other_files WHERE folder_id = ?1", [folder.0])?;
            let mut insert = conn.prepare_cached(sql)?;
            for (rel, stamp) in files {
                insert.execute(params![folder.0, rel, stamp.size as i64, stamp.mtime_ns])?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::TestCatalog;

    #[test]
    fn other_files_are_replaced_by_folder_and_go_with_it() {
        let test = TestCatalog::new();
        let [one, two] = ["/one", "/two"].map(|path| test.with_photos(path, &[]).0);
        let file = |name: &[u8], size| (name.into(), FileStamp { size, mtime_ns: -1 });
        test.replace_other_files(one, &[file(b"a", 1), file(b"\xFF", u64::MAX)].into()).unwrap();
        test.replace_other_files(two, &[file(b"a", 2)].into()).unwrap();
        let now = [file(b"a", 3), file(b"c", 4)].into();
        test.replace_other_files(one, &now).unwrap();
        assert_eq!(test.other_files(one).unwrap(), now);
        assert_eq!(test.other_files(two).unwrap(), [file(b"a", 2)].into());
        test.remove_folder(two).unwrap();
        assert_eq!(test.other_files(two).unwrap(), OtherFiles::default());
    }
}
