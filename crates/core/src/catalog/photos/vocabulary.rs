//! What photos can be asked for by name: directories, cameras, months.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::matching::moment;
use crate::catalog::Catalog;
use crate::error::Result;
use crate::ids::FolderId;
use crate::search::Month;

/// A directory in a folder of the library that holds photos itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Directory {
    pub folder: FolderId,
    /// Stored form, below the folder; empty for the folder itself.
    pub rel: Vec<u8>,
    /// Visible photos that lie in it, those in directories inside it not counted.
    pub photos: u64,
}

/// With what and when photos were taken.
pub(crate) struct Taken {
    /// In order of name, each with its number of photos.
    pub cameras: Vec<(String, u64)>,
    /// The latest first.
    pub months: Vec<Month>,
}

impl Catalog {
    /// The directories that hold visible photos, those of one folder together.
    pub(crate) fn directories(&self) -> Result<Vec<Directory>> {
        // In the order of an index that has both columns: neighbours mostly lie in one directory.
        let sql = "SELECT folder_id, rel_path FROM photos INDEXED BY photos_place WHERE missing_since IS NULL
                   ORDER BY folder_id, rel_path";
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            let mut directories: Vec<Directory> = Vec::new();
            let mut places: HashMap<(FolderId, Vec<u8>), usize> = HashMap::new();
            let mut current = 0;
            while let Some(row) = rows.next()? {
                let folder = FolderId(row.get(0)?);
                let path = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
                let rel = &path[..path.iter().rposition(|byte| *byte == b'/').unwrap_or(0)];
                let is_current = |known: &Directory| known.folder == folder && known.rel == rel;
                if !directories.get(current).is_some_and(is_current) {
                    current = *places.entry((folder, rel.to_vec())).or_insert(directories.len());
                    if current == directories.len() {
                        directories.push(Directory { folder, rel: rel.to_vec(), photos: 0 });
                    }
                }
                directories[current].photos += 1;
            }
            Ok(directories)
        })
    }

    /// The cameras of visible photos, and the months in which the photos were taken. As in a filter, a photo without a date counts as taken when its file was last modified.
    pub(crate) fn cameras_and_months(&self) -> Result<Taken> {
        let zone = TimeZone::system();
        let sql = "SELECT camera, taken_at, mtime_ns FROM photos WHERE missing_since IS NULL";
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            let mut cameras: BTreeMap<String, u64> = BTreeMap::new();
            let mut days = Vec::new();
            while let Some(row) = rows.next()? {
                let camera = row.get_ref(0)?.as_str_or_null().map_err(rusqlite::Error::from)?;
                if let Some(camera) = camera {
                    match cameras.get_mut(camera) {
                        Some(photos) => *photos += 1,
                        None => {
                            cameras.insert(camera.to_owned(), 1);
                        }
                    }
                }
                days.push(moment(row, 1, 2, &zone)?.div_euclid(DAY));
            }
            days.sort_unstable_by(|a, b| b.cmp(a));
            Ok(Taken { cameras: cameras.into_iter().collect(), months: months(&days) })
        })
    }
}

/// Milliseconds.
const DAY: i64 = 86_400_000;

/// The months of days since 1970, which come in order, the latest first. A day that no calendar knows is in none.
fn months(days: &[i64]) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    for day in days.chunk_by(|a, b| a == b) {
        let Ok(time) = Timestamp::from_millisecond(day[0].saturating_mul(DAY)) else { continue };
        let date = TimeZone::UTC.to_datetime(time).date();
        let photos = day.len() as u64;
        match months.last_mut() {
            Some(last) if (last.year, last.month) == (date.year(), date.month()) => last.photos += photos,
            _ => months.push(Month { year: date.year(), month: date.month(), photos }),
        }
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::TestCatalog;
    use crate::catalog::{IndexOutcome, ScanWrite};
    use crate::ids::PhotoId;
    use crate::media::Metadata;

    fn dated(test: &TestCatalog, photo: PhotoId, camera: Option<&str>, taken_at: Option<i64>) {
        let metadata = Metadata { camera: camera.map(str::to_owned), taken_at, ..Metadata::default() };
        let outcome = IndexOutcome::Ready { hash: [1; 32], metadata, colour: None, vectors: vec![] };
        test.outcome(&[], photo, outcome);
    }

    #[test]
    fn directories_are_counted_once_however_their_photos_and_subdirectories_are_mixed() {
        let test = TestCatalog::new();
        let (p, ids) =
            test.with_photos("/p", &["a.jpg", "b/c.jpg", "b/d/e.jpg", "b/f.jpg", "g.jpg", "h/gone"]);
        let (q, _) = test.with_photos("/q", &["b/i.jpg"]);
        test.apply_scan(&[ScanWrite::Missing { photo: ids[5] }], 1).unwrap();
        let found = test.directories().unwrap();
        let mut found: Vec<_> = found.iter().map(|d| (d.folder, d.rel.as_slice(), d.photos)).collect();
        found.sort();
        assert_eq!(found, [(p, &b""[..], 2), (p, b"b", 2), (p, b"b/d", 1), (q, b"b", 1)]);
    }

    #[test]
    fn cameras_and_months_are_those_of_visible_photos() {
        let test = TestCatalog::new();
        let (_, p) = test.with_photos("/p", &["a", "b", "c", "d", "gone"]);
        dated(&test, p[0], Some("Leica Q2"), Some(0));
        dated(&test, p[1], Some("Apple iPhone 15"), Some(31 * DAY - 1));
        dated(&test, p[2], Some("Leica Q2"), Some(31 * DAY));
        dated(&test, p[3], None, Some(-1));
        dated(&test, p[4], Some("Gone"), Some(400 * DAY));
        test.apply_scan(&[ScanWrite::Missing { photo: p[4] }], 1).unwrap();
        let Taken { cameras, months } = test.cameras_and_months().unwrap();
        assert_eq!(cameras, [("Apple iPhone 15".to_owned(), 1), ("Leica Q2".to_owned(), 2)]);
        let month = |year, month, photos| Month { year, month, photos };
        assert_eq!(months, [month(1970, 2, 1), month(1970, 1, 2), month(1969, 12, 1)]);
    }
}
