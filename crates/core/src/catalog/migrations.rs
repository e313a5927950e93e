//! The database's versions. Migrations are only ever added: a released one is never edited.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::fault::Fault;

/// Marks a database as a catalog of this program: "KNDR".
pub(super) const APPLICATION_ID: i64 = 0x4B4E_4452;

/// Step `n` brings a database of version `n` to version `n + 1`.
const MIGRATIONS: &[&str] =
    &[include_str!("migrations/0001_library.sql"), include_str!("migrations/0002_colour.sql")];

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
