//! The truth about the library: folders, photos, failures, vectors and settings, in one SQLite database.
//!
//! *Invariant*: only this module writes SQL. Every change is one transaction, so the database is whole at any
//! moment, also when the program is killed. A database that cannot be read is never written to.
//!
//! One program writes at a time (it holds the [`WriterLock`]); any number read meanwhile, each on its own
//! connection (write-ahead log).

mod clock;
mod decisions;
mod explore;
mod faces;
mod failures;
mod fault;
mod folders;
mod health;
mod lock;
mod migrations;
mod models;
mod other_files;
mod people;
mod photos;
mod settings;
pub(crate) mod stored_path;
#[cfg(test)]
pub(crate) mod testing;
mod unreadable;
mod vectors;

use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

pub use clock::unix_ms;
pub(crate) use decisions::{NewDecision, Who};
pub(crate) use explore::ThemeName;
pub use faces::{FaceRow, FoundFaces, NewFace};
pub use failures::FailureRow;
pub use folders::{Folder, FolderCounts};
pub use health::set_aside;
pub use lock::{LockHolder, WriterLock};
pub(crate) use other_files::OtherFiles;
pub(crate) use people::{FaceToGroup, FacesToGroup, Grouping, Look, StoredNear};
pub use photos::{
    FileStamp, Forgotten, IndexOutcome, IndexedPhoto, KnownContent, Listing, PendingPhoto, PhotoRow,
    PhotoState, StateCounts, TimelinePhoto, WrittenBatch,
};
pub(crate) use photos::{KnownPhoto, ScanWrite};
pub(crate) use unreadable::Unreadable;
pub use vectors::CatalogVectors;

use crate::error::{Error, Result};
use fault::Fault;

/// How long a statement waits for another program before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);

/// An open catalog. It can be sent to another thread; several threads share one behind a mutex, or open their own.
#[derive(Debug)]
pub struct Catalog {
    conn: Connection,
    path: PathBuf,
    counted: RefCell<models::Counted>,
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
        // If not, it is made; but what is neither a database nor nothing is left alone.
        has_database(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let catalog = Self::connect(path, flags, |conn, _| {
            write_ahead(conn)?;
            migrations::migrate(conn)
        })?;
        catalog.check_small_tables()?;
        Ok(catalog)
    }

    /// Opens an existing catalog for reading, also while another program writes. Nothing is changed, neither now nor
    /// through this value. Damage inside it shows when it is met; [`Self::integrity`] looks for it.
    ///
    /// # Errors
    /// As [`Self::open`]; [`Error::NoLibrary`] when there is no catalog, or one that was never finished;
    /// [`Error::CatalogOlder`] when a writer must bring it up to date first.
    pub fn open_read_only(path: &Path) -> Result<Self> {
        let nothing = || Error::NoLibrary { path: path.parent().unwrap_or(path).to_path_buf() };
        if !has_database(path)? {
            return Err(nothing());
        }
        // Read-write at the level of files: after a crash the first to open, reader or not, replays the log.
        Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, |conn, version| {
            match version {
                // Whoever began to make it was killed.
                0 => return Err(nothing().into()),
                found if found < migrations::latest() => {
                    return Err(Error::CatalogOlder { path: path.to_path_buf() }.into());
                }
                _ => {}
            }
            Ok(conn.pragma_update(None, "query_only", true)?)
        })
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

    /// A number that changes when another connection has changed the database, whatever it was. It can only be compared with
    /// what this very connection gave before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn data_version(&self) -> Result<i64> {
        self.ask(|conn| Ok(conn.pragma_query_value(None, "data_version", |row| row.get(0))?))
    }

    /// Connects and calls `prepare` with the version that was found. Nothing is written before.
    fn connect(
        path: &Path,
        flags: OpenFlags,
        prepare: impl FnOnce(&Connection, i64) -> Result<(), Fault>,
    ) -> Result<Self> {
        let open = || -> Result<Self, Fault> {
            let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
            conn.busy_timeout(BUSY_TIMEOUT)?;
            let version = check_version(&conn, path)?;
            conn.execute_batch(
                "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;
                 PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 67108864;",
            )?;
            conn.set_prepared_statement_cache_capacity(64);
            prepare(&conn, version)?;
            Ok(Self { conn, path: path.to_path_buf(), counted: RefCell::default() })
        };
        open().map_err(|fault| fault.at(path))
    }

    /// Asks the database, in one statement or in several that need not see the same state.
    fn ask<T>(&self, look: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T> {
        look(&self.conn).map_err(|fault| fault.at(&self.path))
    }

    /// One transaction that takes the write lock at its start: it waits for others there and never fails in the
    /// middle for them.
    fn write<T>(&self, change: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T> {
        self.within(TransactionBehavior::Immediate, change)
    }

    /// One transaction in which all reads see the same state.
    fn read<T>(&self, look: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T> {
        self.within(TransactionBehavior::Deferred, look)
    }

    fn within<T>(
        &self,
        behaviour: TransactionBehavior,
        work: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T> {
        self.ask(|conn| {
            let tx = Transaction::new_unchecked(conn, behaviour)?;
            let value = work(&tx)?;
            tx.commit()?;
            Ok(value)
        })
    }
}

fn damaged(path: &Path, detail: impl Into<String>) -> Error {
    Error::CatalogDamaged { path: path.to_path_buf(), detail: detail.into() }
}

/// Whether there is a database; false for an empty file as for none. SQLite takes some short files for empty databases
/// and would write over them: only a file that has its header, or one to be made, is handed to it.
fn has_database(path: &Path) -> Result<bool> {
    let mut start = Vec::new();
    match File::open(path) {
        Ok(file) => {
            file.take(16).read_to_end(&mut start).map_err(|error| Error::io(path, error))?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io(path, error)),
    }
    if start == b"SQLite format 3\0" {
        return Ok(true);
    }
    if !start.is_empty() {
        return Err(damaged(path, "the file is not a database"));
    }
    // SQLite would delete it as the log of another database.
    match std::fs::metadata(health::with_suffix(path, "-wal")).is_ok_and(|log| log.len() > 0) {
        true => Err(damaged(path, "the file is empty or gone, and its log is not")),
        false => Ok(false),
    }
}

/// The version, if this program can work with it. All answers are read in one transaction: another program may be
/// creating the tables meanwhile.
fn check_version(conn: &Connection, path: &Path) -> Result<i64, Fault> {
    let tx = Transaction::new_unchecked(conn, TransactionBehavior::Deferred)?;
    let found = migrations::version(&tx)?;
    let application: i64 = tx.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = tx.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    tx.commit()?;
    if application != migrations::APPLICATION_ID && tables > 0 {
        return Err(damaged(path, "it is the database of another program").into());
    }
    let supported = migrations::latest();
    match found > supported {
        true => Err(Error::CatalogNewer { path: path.to_path_buf(), found, supported }.into()),
        false => Ok(found),
    }
}

/// Turns on the write-ahead log. SQLite does not wait for other programs in this one step, so this does.
fn write_ahead(conn: &Connection) -> Result<(), Fault> {
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
    fn an_empty_file_is_no_library_to_a_reader_and_a_new_one_to_a_writer() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("catalog.db");
        std::fs::write(&path, b"").unwrap();
        assert!(matches!(Catalog::open_read_only(&path), Err(Error::NoLibrary { .. })));
        assert_eq!(bytes_of(&path), b"");
        Catalog::open(&path).unwrap();
        Catalog::open_read_only(&path).unwrap();
    }

    #[test]
    fn a_log_whose_database_is_empty_or_gone_is_not_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("catalog.db");
        let log = dir.path().join("catalog.db-wal");
        std::fs::write(&log, [1; 5000]).unwrap();
        for database in [None, Some(b"")] {
            database.iter().for_each(|bytes| std::fs::write(&path, bytes).unwrap());
            for opened in [Catalog::open(&path), Catalog::open_read_only(&path)] {
                let error = opened.unwrap_err();
                assert!(matches!(error, Error::CatalogDamaged { .. }), "{error}");
            }
            assert_eq!(bytes_of(&log), [1; 5000]);
            assert_eq!(bytes_of(&set_aside(&path).unwrap().with_extension("db-wal")), [1; 5000]);
            std::fs::write(&log, [1; 5000]).unwrap();
        }
    }

    #[test]
    fn a_reader_leaves_an_older_or_unfinished_catalog_as_it_is() {
        let test = TestCatalog::new();
        test.conn.pragma_update(None, "user_version", migrations::latest() - 1).unwrap();
        let older = test.closed();
        let unfinished = older.with_file_name("unfinished.db");
        Connection::open(&unfinished).unwrap().execute_batch("CREATE TABLE t (x); DROP TABLE t").unwrap();
        for (path, code) in [(older, "older-database"), (unfinished, "no-library")] {
            let before = bytes_of(&path);
            assert_eq!(Catalog::open_read_only(&path).unwrap_err().code(), code);
            assert_eq!(bytes_of(&path), before, "{code}");
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
        let nowhere = Catalog::open_read_only(Path::new("/nowhere/catalog.db"));
        assert!(matches!(nowhere, Err(Error::NoLibrary { path }) if path == Path::new("/nowhere")));
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
            Ok(test.set_setting("long", &long)?)
        });
        let Err(Error::Database { path, source }) = result else { panic!("{result:?}") };
        assert_eq!((path.as_path(), source.sqlite_error_code()), (test.path(), Some(ErrorCode::DiskFull)));
        assert_eq!(test.setting("small").unwrap(), None);
        test.conn.pragma_update(None, "max_page_count", 1_000_000).unwrap();
        test.set_setting("long", &long).unwrap();
        assert_eq!(test.setting("kept").unwrap().as_deref(), Some("yes"));
    }
}
