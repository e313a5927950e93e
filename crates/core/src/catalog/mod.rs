//! The truth about the library: folders, photos, failures, vectors and settings, in one SQLite database.
//!
//! *Invariant*: only this module writes SQL. Every change is one transaction, so the database is whole at any
//! moment, also when the program is killed. A database that cannot be read is never written to.
//!
//! One program writes at a time (it holds the [`WriterLock`]); any number read meanwhile, each on its own
//! connection (write-ahead log).

mod clock;
mod failures;
mod folders;
mod health;
mod lock;
mod migrations;
mod models;
mod other_files;
mod photos;
mod settings;
pub(crate) mod stored_path;
#[cfg(test)]
pub(crate) mod testing;
mod unreadable;
mod vectors;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

pub use clock::unix_ms;
pub use failures::FailureRow;
pub use folders::{Folder, FolderCounts};
pub use health::set_aside;
pub use lock::{LockHolder, WriterLock};
pub(crate) use other_files::OtherFiles;
pub use photos::{
    FileStamp, Forgotten, IndexOutcome, IndexedPhoto, KnownContent, Listing, PendingPhoto, PhotoRow,
    PhotoState, StateCounts, WrittenBatch,
};
pub(crate) use photos::{KnownPhoto, ScanWrite};
pub(crate) use unreadable::Unreadable;
pub use vectors::CatalogVectors;

use crate::error::{Error, Result};

/// How long a statement waits for another program before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);

/// An open catalog. It can be sent to another thread; several threads share one behind a mutex, or open their own.
#[derive(Debug)]
pub struct Catalog {
    conn: Connection,
    path: PathBuf,
}

impl Catalog {
    /// Opens the catalog at `path` for reading and writing; creates it, its folder included, where there is none,
    /// and brings an older version up to date. The caller holds the [`WriterLock`].
    ///
    /// # Errors
    /// [`Error::CatalogNewer`], [`Error::CatalogDamaged`] (nothing is written to such a file; see
    /// [`set_aside`]), and those of the file system.
    pub fn open(path: &Path) -> Result<Self> {
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir).map_err(|error| Error::io(dir, error))?;
        }
        let catalog = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        catalog.check_small_tables().map_err(|error| name_damage(path, error))?;
        Ok(catalog)
    }

    /// Opens an existing catalog for reading, also while another program writes. Changing it through this value
    /// fails. Damage inside it shows when it is met; [`Self::integrity`] looks for it. A catalog of an older version
    /// is brought up to date first.
    ///
    /// # Errors
    /// As [`Self::open`]; [`Error::Io`] when there is no catalog.
    pub fn open_read_only(path: &Path) -> Result<Self> {
        std::fs::metadata(path).map_err(|error| Error::io(path, error))?;
        // Read-write at the level of files: after a crash the first to open, reader or not, replays the log.
        let catalog = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        catalog.conn.pragma_update(None, "query_only", true)?;
        Ok(catalog)
    }

    /// The database's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A number that only this catalog has, drawn when it was created and kept for ever. Caches made from it carry
    /// it, so that they are not mistaken for another catalog's.
    ///
    /// # Errors
    /// Those of the database.
    pub fn origin(&self) -> Result<u64> {
        let origin = self.setting("catalog.origin")?.and_then(|text| text.parse().ok());
        origin.ok_or_else(|| damaged(&self.path, "it has lost its origin number"))
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self> {
        check_header(path)?;
        let open = || -> Result<Self> {
            let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
            conn.busy_timeout(BUSY_TIMEOUT)?;
            check_version(&conn, path)?;
            // Nothing before this line has written to the file.
            write_ahead(&conn)?;
            conn.execute_batch(
                "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;
                 PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 67108864;",
            )?;
            conn.set_prepared_statement_cache_capacity(64);
            migrations::migrate(&conn)?;
            Ok(Self { conn, path: path.to_path_buf() })
        };
        open().map_err(|error| name_damage(path, error))
    }

    /// One transaction that takes the write lock at its start: it waits for others there and never fails in the
    /// middle for them.
    fn write<T>(&self, change: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let tx = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
        let value = change(&tx)?;
        tx.commit()?;
        Ok(value)
    }

    /// One transaction in which all reads see the same state.
    fn read<T>(&self, look: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let tx = Transaction::new_unchecked(&self.conn, TransactionBehavior::Deferred)?;
        let value = look(&tx)?;
        tx.commit()?;
        Ok(value)
    }
}

fn damaged(path: &Path, detail: impl Into<String>) -> Error {
    Error::CatalogDamaged { path: path.to_path_buf(), detail: detail.into() }
}

/// SQLite takes some short files for empty databases and would write over them: only a file that is empty or has
/// its header is handed to it.
fn check_header(path: &Path) -> Result<()> {
    let mut start = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(16).read_to_end(&mut start).map_err(|error| Error::io(path, error))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::io(path, error)),
    };
    match start.is_empty() || start == b"SQLite format 3\0" {
        true => Ok(()),
        false => Err(damaged(path, "the file is not a database")),
    }
}

/// All answers are read in one transaction: another program may be creating the tables meanwhile.
fn check_version(conn: &Connection, path: &Path) -> Result<()> {
    let tx = Transaction::new_unchecked(conn, TransactionBehavior::Deferred)?;
    let found = migrations::version(&tx)?;
    let application: i64 = tx.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = tx.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    tx.commit()?;
    if application != migrations::APPLICATION_ID && tables > 0 {
        return Err(damaged(path, "it is the database of another program"));
    }
    let supported = migrations::latest();
    match found > supported {
        true => Err(Error::CatalogNewer { path: path.to_path_buf(), found, supported }),
        false => Ok(()),
    }
}

/// Turns on the write-ahead log. SQLite does not wait for other programs in this one step, so this does.
fn write_ahead(conn: &Connection) -> Result<()> {
    let start = Instant::now();
    loop {
        match conn.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if is_busy(&error) && start.elapsed() < BUSY_TIMEOUT => {
                std::thread::sleep(Duration::from_millis(20));
            }
            done => return Ok(done?),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Gives SQLite's words about damage the path they are about.
fn name_damage(path: &Path, error: Error) -> Error {
    let Error::Sqlite(cause) = &error else { return error };
    match cause.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(path, cause.to_string()),
        Some(ErrorCode::CannotOpen) => match File::open(path) {
            Err(io) => Error::io(path, io),
            Ok(_) => error,
        },
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::testing::TestCatalog;
    use super::*;

    fn bytes_of(path: &Path) -> Vec<u8> {
        std::fs::read(path).unwrap()
    }

    #[test]
    fn a_new_catalog_has_the_latest_version_and_keeps_its_origin() {
        let test = TestCatalog::new();
        assert_eq!(migrations::version(&test.conn).unwrap(), migrations::latest());
        let origin = test.origin().unwrap();
        assert_eq!(test.reopened().origin().unwrap(), origin);
        assert_ne!(TestCatalog::new().origin().unwrap(), origin);
        let mode: String = test.conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }

    #[test]
    fn a_catalog_from_a_newer_program_is_refused_with_words_and_left_alone() {
        let test = TestCatalog::new();
        test.conn.pragma_update(None, "user_version", 99).unwrap();
        let path = test.closed();
        let before = bytes_of(&path);
        for opened in [Catalog::open(&path), Catalog::open_read_only(&path)] {
            let error = opened.unwrap_err();
            assert!(matches!(error, Error::CatalogNewer { found: 99, .. }), "{error}");
            assert!(error.to_string().contains("newer version"), "{error}");
        }
        assert_eq!(bytes_of(&path), before);
    }

    #[test]
    fn what_is_no_catalog_is_reported_and_never_written_to() {
        let dir = tempfile::tempdir().unwrap();
        let foreign = dir.path().join("foreign.db");
        Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
        let mut broken = bytes_of(&foreign);
        broken.truncate(5000);
        broken[100..].fill(0x5A);
        for (name, content) in [
            ("random.db", vec![0xA7; 40_000]),
            ("short.db", b"hello".to_vec()),
            ("foreign2.db", bytes_of(&foreign)),
            ("broken.db", broken),
            ("header_only.db", b"SQLite format 3\0".to_vec()),
        ] {
            let path = dir.path().join(name);
            std::fs::write(&path, &content).unwrap();
            for opened in [Catalog::open(&path), Catalog::open_read_only(&path)] {
                let error = opened.unwrap_err();
                assert!(matches!(error, Error::CatalogDamaged { .. }), "{name}: {error}");
                assert!(error.to_string().contains(name), "{error}");
            }
            assert_eq!(bytes_of(&path), content, "{name}");
        }
    }

    #[test]
    fn a_catalog_cut_short_is_reported() {
        let test = TestCatalog::new();
        let path = test.closed();
        let whole = bytes_of(&path);
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let error = Catalog::open(&path).unwrap_err();
        assert!(matches!(error, Error::CatalogDamaged { .. }), "{error}");
    }

    #[test]
    fn reading_needs_a_catalog_and_cannot_change_it() {
        let test = TestCatalog::new();
        assert!(matches!(Catalog::open_read_only(Path::new("/nowhere/catalog.db")), Err(Error::Io { .. })));
        let reader = Catalog::open_read_only(&test.path).unwrap();
        test.set_setting("a", "1").unwrap();
        assert_eq!(reader.setting("a").unwrap().as_deref(), Some("1"));
        assert!(reader.set_setting("a", "2").is_err());
    }

    #[test]
    fn programs_that_create_one_catalog_at_once_all_succeed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new").join("catalog.db");
        let origins: Vec<u64> = std::thread::scope(|scope| {
            let open = || Catalog::open(&path).unwrap().origin().unwrap();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(origins.windows(2).all(|pair| pair[0] == pair[1]), "{origins:?}");
    }

    #[test]
    fn a_full_disk_undoes_the_whole_change_and_nothing_else() {
        let test = TestCatalog::new();
        test.set_setting("kept", "yes").unwrap();
        let pages: i64 = test.conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        test.conn.pragma_update(None, "max_page_count", pages + 2).unwrap();
        let long = "x".repeat(100_000);
        let result = test.write(|_| {
            test.set_setting("small", "1")?;
            test.set_setting("long", &long)
        });
        let Err(Error::Sqlite(error)) = result else { panic!("{result:?}") };
        assert_eq!(error.sqlite_error_code(), Some(ErrorCode::DiskFull));
        assert_eq!(test.setting("small").unwrap(), None);
        test.conn.pragma_update(None, "max_page_count", 1_000_000).unwrap();
        test.set_setting("long", &long).unwrap();
        assert_eq!(test.setting("kept").unwrap().as_deref(), Some("yes"));
    }
}
