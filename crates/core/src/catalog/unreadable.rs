//! What the last scan of each folder met and could not read: folders it may not list, broken links.

use rusqlite::{Connection, params};

use super::FailureRow;
use super::fault::Fault;
use super::stored_path::{below, from_bytes};
use crate::ids::FolderId;

/// An entry that a scan could not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Where it is below the folder, in stored form; empty for the folder itself.
    pub rel: Vec<u8>,
    /// A word for the kind of failure.
    pub code: &'static str,
    /// Why, in words.
    pub reason: String,
}

/// Records what the latest scan of the folder could not read, in place of what was recorded before.
pub(super) fn replace(conn: &Connection, folder: FolderId, entries: &[Unreadable]) -> Result<(), Fault> {
    conn.prepare_cached("DELETE FROM unreadable WHERE folder_id = ?1")?.execute([folder.0])?;
    let sql = "INSERT OR REPLACE INTO unreadable (folder_id, rel_path, code, reason) VALUES (?1, ?2, ?3, ?4)";
    for entry in entries {
        conn.prepare_cached(sql)?.execute(params![folder.0, entry.rel, entry.code, entry.reason])?;
    }
    Ok(())
}

/// All of them.
pub(super) fn all(conn: &Connection) -> Result<Vec<FailureRow>, Fault> {
    let sql = "SELECT f.path, u.rel_path, u.code, u.reason, f.online, f.id FROM unreadable u
               JOIN folders f ON f.id = u.folder_id";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let root = from_bytes(row.get_ref(0)?.as_blob()?);
        Ok(FailureRow {
            photo: None,
            folder: FolderId(row.get(5)?),
            path: below(&root, row.get_ref(1)?.as_blob()?),
            code: row.get(2)?,
            reason: row.get(3)?,
            offline: !row.get::<_, bool>(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
