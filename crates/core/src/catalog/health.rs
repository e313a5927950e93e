//! Is the database whole? And what to do with one that is not.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::Catalog;
use super::vectors::CUT_VECTORS;
use crate::error::{Error, Result};

impl Catalog {
    /// Reads the whole database and gives what is wrong with it, one line each; nothing when it is sound. Takes
    /// seconds where there are 100,000 photos.
    ///
    /// # Errors
    /// Those of the database that keep it from being read at all.
    pub fn integrity(&self) -> Result<Vec<String>> {
        let mut wrong = self.lines("PRAGMA quick_check(20)")?;
        wrong.retain(|line| line != "ok");
        if !wrong.is_empty() {
            return Ok(wrong);
        }
        let sql =
            "SELECT 'a row of ' || \"table\" || ' belongs to a row of ' || parent || ' that is not there'
                   FROM pragma_foreign_key_check LIMIT 20";
        wrong.extend(self.lines(sql)?);
        wrong.extend(self.lines(
            "WITH logged AS (SELECT vector_id FROM vector_changes WHERE present = 1),
                  unlogged AS (SELECT id FROM vectors EXCEPT SELECT vector_id FROM logged),
                  vain AS (SELECT vector_id FROM logged EXCEPT SELECT id FROM vectors)
             SELECT 'vectors and their log disagree in ' || count(*) || ' rows'
             FROM (SELECT id FROM unlogged UNION ALL SELECT vector_id FROM vain) HAVING count(*) > 0",
        )?);
        wrong.extend(self.lines(&format!(
            "SELECT 'vectors of the wrong length, made anew by the next indexing: ' || count(*)
             {CUT_VECTORS} HAVING count(*) > 0",
        ))?);
        Ok(wrong)
    }

    /// Bytes on disk of the database and its log.
    pub fn bytes_on_disk(&self) -> u64 {
        let size = |path: PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
        SUFFIXES.iter().map(|suffix| size(with_suffix(&self.path, suffix))).sum()
    }

    /// A quick look at the tables that everything depends on; the large one is left to [`Self::integrity`].
    pub(super) fn check_small_tables(&self) -> Result<()> {
        for table in ["folders", "photos", "models", "settings"] {
            let lines = self.lines(&format!("PRAGMA quick_check({table})"))?;
            if let Some(line) = lines.into_iter().find(|line| line != "ok") {
                return Err(super::damaged(&self.path, line));
            }
        }
        Ok(())
    }

    fn lines(&self, sql: &str) -> Result<Vec<String>> {
        self.ask(|conn| {
            let mut statement = conn.prepare(sql)?;
            let lines = statement.query_map([], |row| row.get(0))?;
            Ok(lines.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// The log first: left behind alone, it would be played into the new database.
const SUFFIXES: [&str; 3] = ["-wal", "-shm", ""];

/// Renames a damaged database, with its log, to `catalog.corrupt-<time>.db` beside it, so that a new one can be
/// made, and gives the new path. Nothing is deleted or overwritten. The caller holds the
/// [`WriterLock`](super::WriterLock), and the catalog is open nowhere.
///
/// # Errors
/// [`Error::Io`] when there is no such file or it cannot be renamed.
pub fn set_aside(path: &Path) -> Result<PathBuf> {
    let time = Timestamp::now().strftime("%Y%m%d-%H%M%S");
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let free = |aside: &PathBuf| SUFFIXES.iter().all(|suffix| !with_suffix(aside, suffix).exists());
    let names = (1..).map(|n| match n {
        1 => format!("{stem}.corrupt-{time}.db"),
        n => format!("{stem}.corrupt-{time}-{n}.db"),
    });
    let aside = names.map(|name| path.with_file_name(name)).find(free).unwrap_or_default();
    let mut renamed = 0;
    for suffix in SUFFIXES {
        let from = with_suffix(path, suffix);
        match std::fs::rename(&from, with_suffix(&aside, suffix)) {
            Ok(()) => renamed += 1,
            // A log may be all that is left.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io(&from, error)),
        }
    }
    match renamed {
        0 => Err(Error::io(path, std::io::ErrorKind::NotFound.into())),
        _ => Ok(aside),
    }
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Listing;
    use crate::catalog::testing::{TestCatalog, model};
    use crate::search::Filter;

    #[test]
    fn a_sound_catalog_has_nothing_wrong() {
        let (test, clip) = (TestCatalog::new(), model("clip"));
        let (_, ids) = test.with_photos("/p", &["a.jpg"]);
        test.indexed(ids[0], 1, &[(&clip, vec![1.0, 0.0, 0.0, 0.0])]);
        assert_eq!(test.integrity().unwrap(), Vec::<String>::new());
        assert!(test.bytes_on_disk() > 4096);
    }

    #[test]
    fn rows_that_contradict_each_other_are_named() {
        for (harm, words) in [
            ("DELETE FROM vector_changes", "disagree"),
            ("UPDATE vectors SET vector = x'0011'", "wrong length"),
            ("PRAGMA foreign_keys = OFF; DELETE FROM folders", "not there"),
        ] {
            let (test, clip) = (TestCatalog::new(), model("clip"));
            let (_, ids) = test.with_photos("/p", &["a.jpg"]);
            test.indexed(ids[0], 1, &[(&clip, vec![1.0, 0.0, 0.0, 0.0])]);
            test.conn.execute_batch(harm).unwrap();
            let wrong = test.integrity().unwrap();
            assert!(wrong.len() == 1 && wrong[0].contains(words), "{harm}: {wrong:?}");
        }
    }

    #[test]
    fn overwritten_pages_are_found() {
        let test = TestCatalog::new();
        let names: Vec<String> = (0..2000).map(|n| format!("folder/photo number {n}.jpg")).collect();
        test.with_photos("/p", &names.iter().map(String::as_str).collect::<Vec<_>>());
        let path = test.closed();
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = (bytes.len() / 2) & !4095;
        bytes[middle..middle + 10 * 4096].fill(0xEE);
        std::fs::write(&path, &bytes).unwrap();
        let error = Catalog::open(&path).unwrap_err();
        assert!(matches!(error, Error::CatalogDamaged { .. }), "{error}");
        let reader = Catalog::open_read_only(&path).unwrap();
        let met = [
            reader.list(Listing::All, &mut |_| Ok(())).unwrap_err(),
            reader.photos_newest_first(&Filter::default()).unwrap_err(),
        ];
        for error in met {
            assert!(matches!(error, Error::CatalogDamaged { .. }), "{error}");
            assert!(error.to_string().contains("catalog.db"), "{error}");
        }
        drop(reader);
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "a damaged file is not written to");
    }

    #[test]
    fn a_damaged_database_is_set_aside_whole_and_a_new_one_can_be_made() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("catalog.db");
        for round in 0..3_u8 {
            std::fs::write(&path, [round; 100]).unwrap();
            std::fs::write(with_suffix(&path, "-wal"), [round; 50]).unwrap();
            assert!(Catalog::open(&path).is_err());
            let aside = set_aside(&path).unwrap();
            assert!(aside.file_name().unwrap().to_str().unwrap().starts_with("catalog.corrupt-"));
            assert_eq!(std::fs::read(&aside).unwrap(), [round; 100]);
            assert_eq!(std::fs::read(with_suffix(&aside, "-wal")).unwrap(), [round; 50]);
            assert!(Catalog::open(&path).is_ok());
        }
        let kept = std::fs::read_dir(dir.path()).unwrap().flatten();
        assert_eq!(kept.filter(|e| e.file_name().to_string_lossy().ends_with(".db")).count(), 4);
        assert!(set_aside(&dir.path().join("none.db")).is_err());
    }
}
