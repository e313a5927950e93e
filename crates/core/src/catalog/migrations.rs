//! The database's versions. Migrations are only ever added: a released one is never edited.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::fault::Fault;

/// Marks a database as a catalog of this program: "KNDR".
pub(super) const APPLICATION_ID: i64 = 0x4B4E_4452;

/// Step `n` brings a database of version `n` to version `n + 1`.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_library.sql"),
    include_str!("migrations/0002_colour.sql"),
    include_str!("migrations/0003_people.sql"),
    include_str!("migrations/0004_explore.sql"),
];

/// The version that this program reads and writes.
pub(super) const fn latest() -> i64 {
    MIGRATIONS.len() as i64
}

/// The version of an open database; 0 when it is empty.
pub(super) fn version(conn: &Connection) -> rusqlite::Result<i64> {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings the database to the latest version, in one transaction: a program killed in the middle leaves the old
/// one. Of two programs that start at once the second waits and finds nothing to do.
pub(super) fn migrate(conn: &Connection) -> Result<(), Fault> {
    if version(conn)? == latest() {
        return Ok(());
    }
    let tx = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    let steps = usize::try_from(version(&tx)?).unwrap_or(0);
    for step in MIGRATIONS.iter().skip(steps) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", latest())?;
    Ok(tx.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::ids::PhotoId;

    #[test]
    fn a_library_of_any_version_before_keeps_what_it_has() {
        for version in 1..latest() {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("catalog.db");
            {
                let conn = Connection::open(&path).unwrap();
                MIGRATIONS.iter().take(version as usize).for_each(|step| conn.execute_batch(step).unwrap());
                conn.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
                conn.pragma_update(None, "user_version", version).unwrap();
                conn.execute_batch(
                    "INSERT INTO folders (path, added_at) VALUES (CAST('/p' AS BLOB), 0);
                     INSERT INTO photos (folder_id, rel_path, size, mtime_ns, volume, hash, state, width, height, added_at)
                     VALUES (1, CAST('a.jpg' AS BLOB), 5, 0, 1, zeroblob(32), 1, 30, 20, 0);",
                )
                .unwrap();
            }
            assert_eq!(Catalog::open_read_only(&path).unwrap_err().code(), "older-database");
            let catalog = Catalog::open(&path).unwrap();
            let photos = catalog.timeline().unwrap();
            assert_eq!((photos.len(), photos[0].aspect, photos[0].colour), (1, Some(1.5), None), "{version}");
            assert_eq!(catalog.without_colour(None, 9).unwrap(), [(PhotoId(1), [0; 32])]);
            assert_eq!(catalog.integrity().unwrap(), Vec::<String>::new());
            assert_eq!(Catalog::open_read_only(&path).unwrap().timeline().unwrap(), photos);
        }
    }
}
