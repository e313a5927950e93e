//! Which photos pass a filter.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Row;

use crate::catalog::Catalog;
use crate::catalog::people::PeopleDemands;
use crate::catalog::stored_path::{below, from_bytes, to_bytes};
use crate::error::Result;
use crate::ids::{FolderId, PhotoId};
use crate::search::{Filter, comparable};

impl Catalog {
    /// The visible photos that pass `filter`, in order of id.
    ///
    /// A photo without a date counts as taken when its file was last modified, in the clock of this machine.
    ///
    /// # Errors
    /// Those of the database.
    pub fn photos_matching(&self, filter: &Filter) -> Result<Vec<PhotoId>> {
        let mut matching = Vec::new();
        self.visit_matching(filter, |photo, _| matching.push(photo))?;
        Ok(matching)
    }

    /// The visible photos that pass `filter`, the one taken last first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn photos_newest_first(&self, filter: &Filter) -> Result<Vec<PhotoId>> {
        let mut dated = Vec::new();
        self.visit_matching(filter, |photo, moment| dated.push((moment, photo)))?;
        dated.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        Ok(dated.into_iter().map(|(_, photo)| photo).collect())
    }

    /// Calls `visit` with each photo that passes, in order of id, and when it was taken.
    fn visit_matching(&self, filter: &Filter, mut visit: impl FnMut(PhotoId, i64)) -> Result<()> {
        let roots = self.folders()?.into_iter().map(|folder| (folder.id, to_bytes(&folder.path)));
        let mut demands = Demands::new(filter, roots.collect());
        let people = match filter.asks_for_people() {
            true => Some(self.ask(|conn| PeopleDemands::new(conn, filter))?),
            false => None,
        };
        let sql = "SELECT id, folder_id, rel_path, offline, camera, taken_at, mtime_ns, hash FROM photos
                   WHERE missing_since IS NULL ORDER BY id";
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let is_met = match &people {
                    Some(people) => people.met_by(row.get(7)?) && demands.met_by(row)?,
                    None => demands.met_by(row)?,
                };
                if is_met {
                    visit(PhotoId(row.get(0)?), demands.moment(row)?);
                }
            }
            Ok(())
        })
    }
}

/// A filter made ready to be asked many times: few folders and cameras make up many photos.
struct Demands<'a> {
    filter: &'a Filter,
    folders: Needles,
    cameras: Needles,
    roots: HashMap<FolderId, Vec<u8>>,
    seen_dirs: HashMap<(i64, Vec<u8>), bool>,
    seen_cameras: HashMap<String, bool>,
    zone: TimeZone,
}

/// Texts of which one must occur and others must not, in lower case.
struct Needles {
    any: Vec<Needle>,
    none: Vec<Needle>,
}

/// What is looked for in a text.
struct Needle {
    text: String,
    /// Only at its beginning.
    at_start: bool,
}

impl Needles {
    fn new(any: &[String], none: &[String], form: fn(&str) -> Needle) -> Self {
        let form = |texts: &[String]| texts.iter().map(|text| form(text)).collect();
        Self { any: form(any), none: form(none) }
    }

    fn is_empty(&self) -> bool {
        self.any.is_empty() && self.none.is_empty()
    }

    fn fit(&self, text: &str) -> bool {
        let holds = |needle: &Needle| match needle.at_start {
            true => text.starts_with(&needle.text),
            false => text.contains(&needle.text),
        };
        (self.any.is_empty() || self.any.iter().any(holds)) && !self.none.iter().any(holds)
    }
}

impl<'a> Demands<'a> {
    fn new(filter: &'a Filter, roots: HashMap<FolderId, Vec<u8>>) -> Self {
        Self {
            filter,
            folders: Needles::new(&filter.folders, &filter.not_folders, folder_needle),
            cameras: Needles::new(&filter.cameras, &filter.not_cameras, |camera| Needle {
                text: camera.trim().to_lowercase(),
                at_start: false,
            }),
            roots,
            seen_dirs: HashMap::new(),
            seen_cameras: HashMap::new(),
            zone: TimeZone::system(),
        }
    }

    /// The row holds `id, folder_id, rel_path, offline, camera, taken_at, mtime_ns`.
    fn met_by(&mut self, row: &Row<'_>) -> rusqlite::Result<bool> {
        if self.filter.offline.is_some_and(|wanted| row.get(3) != Ok(wanted)) {
            return Ok(false);
        }
        Ok(self.camera_fits(row.get_ref(4)?.as_str_or_null()?)
            && self.date_fits(self.moment(row)?)
            && self.folder_fits(row.get(1)?, row.get_ref(2)?.as_blob()?))
    }

    fn camera_fits(&mut self, camera: Option<&str>) -> bool {
        if self.cameras.is_empty() {
            return true;
        }
        let camera = camera.unwrap_or_default();
        if let Some(fits) = self.seen_cameras.get(camera) {
            return *fits;
        }
        let fits = self.cameras.fit(&camera.to_lowercase());
        self.seen_cameras.insert(camera.to_owned(), fits);
        fits
    }

    fn moment(&self, row: &Row<'_>) -> rusqlite::Result<i64> {
        moment(row, 5, 6, &self.zone)
    }

    fn date_fits(&self, moment: i64) -> bool {
        let Filter { from, until, not_dates, .. } = self.filter;
        from.is_none_or(|from| from <= moment)
            && until.is_none_or(|until| moment < until)
            && !not_dates.iter().any(|span| span.contains(moment))
    }

    fn folder_fits(&mut self, folder: i64, rel: &[u8]) -> bool {
        if self.folders.is_empty() {
            return true;
        }
        let end = rel.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
        let key = (folder, rel[..end].to_vec());
        if let Some(fits) = self.seen_dirs.get(&key) {
            return *fits;
        }
        let root = self.roots.get(&FolderId(folder)).map(Vec::as_slice).unwrap_or_default();
        let path = below(&from_bytes(root), &key.1);
        let fits = self.folders.fit(&folder_text(&path.to_string_lossy()));
        self.seen_dirs.insert(key, fits);
        fits
    }
}

/// A folder's path with `/` before and after every name, in lower case and composed: macOS decomposes names.
fn folder_text(path: &str) -> String {
    let text = comparable(path);
    if text.ends_with('/') { text } else { text + "/" }
}

/// A part of a folder's path as it is looked for: anything may surround it, unless it has a slash at that end. An
/// absolute path means that very folder and what lies in it.
fn folder_needle(part: &str) -> Needle {
    let text = comparable(part.trim());
    let at_start = text.starts_with('/') || text.as_bytes().get(1..3) == Some(b":/");
    Needle { text: if at_start && !text.ends_with('/') { text + "/" } else { text }, at_start }
}

/// When a photo counts as taken, by the columns of its date and its file's time.
pub(super) fn moment(
    row: &Row<'_>,
    taken_at: usize,
    mtime_ns: usize,
    zone: &TimeZone,
) -> rusqlite::Result<i64> {
    match row.get(taken_at)? {
        Some(taken_at) => Ok(taken_at),
        None => Ok(local_ms(row.get(mtime_ns)?, zone)),
    }
}

/// A file's time as the date of a photo is kept: local time as if it were UTC, in milliseconds.
pub(in crate::catalog) fn local_ms(mtime_ns: i64, zone: &TimeZone) -> i64 {
    let ms = mtime_ns.div_euclid(1_000_000);
    let offset = Timestamp::from_millisecond(ms).map(|time| zone.to_offset(time).seconds());
    ms + i64::from(offset.unwrap_or(0)) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::TestCatalog;
    use crate::catalog::{IndexOutcome, ScanWrite};
    use crate::media::Metadata;
    use crate::search::DateSpan;

    const DAY: i64 = 86_400_000;

    /// The names of the photos that pass.
    fn check(test: &TestCatalog, filter: &Filter, expected: &[&str]) {
        let rows = test.rows(&test.photos_matching(filter).unwrap()).unwrap();
        let names: Vec<_> = rows.iter().map(|row| row.path.file_stem().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, expected, "{filter:?}");
    }

    fn library() -> TestCatalog {
        let test = TestCatalog::new();
        let (_, p) = test.with_photos("/Photos", &["a.jpg", "Italy 2024/Rome/b.jpg", "Österreich/rom/c.jpg"]);
        let (_, q) = test.with_photos("/photos2/rome", &["d.jpg", "gone.jpg"]);
        for (id, camera, taken) in [
            (p[0], Some("Canon EOS R5"), Some(10 * DAY)),
            (p[1], Some("Leica Q2"), Some(20 * DAY)),
            (p[2], None, Some(30 * DAY)),
            (q[0], Some("Apple iPhone 15"), None),
        ] {
            let camera = camera.map(str::to_owned);
            let metadata = Metadata { camera, taken_at: taken, ..Metadata::default() };
            let outcome = IndexOutcome::Ready { hash: [1; 32], metadata, colour: None, vectors: vec![] };
            test.outcome(&[], id, outcome);
        }
        test.apply_scan(&[ScanWrite::Missing { photo: q[1] }, ScanWrite::Offline { photo: q[0] }], 1)
            .unwrap();
        test
    }

    #[test]
    fn folders_match_by_part_without_case_and_by_absolute_path() {
        let test = library();
        for (any, none, expected) in [
            (vec![], vec![], vec!["a", "b", "c", "d"]),
            (vec!["rom"], vec![], vec!["b", "c", "d"]),
            (vec!["ROME"], vec![], vec!["b", "d"]),
            (vec!["rom/"], vec![], vec!["c"]),
            (vec!["italy 2024/rome"], vec![], vec!["b"]),
            (vec!["österreich", "italy"], vec![], vec!["b", "c"]),
            (vec!["/photos"], vec![], vec!["a", "b", "c"]),
            (vec!["/rome"], vec![], vec![]),
            (vec!["photos2/rome"], vec![], vec!["d"]),
            (vec!["/photos2/rome/"], vec![], vec!["d"]),
            (vec!["o\u{308}sterreich"], vec![], vec!["c"]),
            (vec!["photos"], vec!["rom"], vec!["a"]),
            (vec!["b.jpg"], vec![], vec![]),
        ] {
            let texts = |parts: Vec<&str>| parts.into_iter().map(str::to_owned).collect();
            let filter = Filter { folders: texts(any), not_folders: texts(none), ..Filter::default() };
            check(&test, &filter, &expected);
        }
    }

    #[test]
    fn a_folder_is_found_whichever_way_its_letters_are_composed() {
        let test = TestCatalog::new();
        let decomposed = "\u{1109}\u{1161}\u{110c}\u{1175}\u{11ab}";
        test.with_photos("/p", &[&format!("{decomposed}/a.jpg"), "사진/b.jpg", "Caf\u{e9}/c.jpg"]);
        for (folder, expected) in [
            ("사진", &["a", "b"][..]),
            (decomposed, &["a", "b"]),
            ("CAFE\u{301}", &["c"]),
            ("/p/사진", &["a", "b"]),
        ] {
            check(&test, &Filter { folders: vec![folder.to_owned()], ..Filter::default() }, expected);
        }
    }

    #[test]
    fn cameras_dates_and_reach_are_looked_at() {
        let test = library();
        let text = |text: &str| vec![text.to_owned()];
        let span = DateSpan { from: Some(15 * DAY), until: Some(25 * DAY) };
        for (filter, expected) in [
            (Filter { cameras: text("LEICA"), ..Filter::default() }, vec!["b"]),
            (Filter { not_cameras: text("leica"), ..Filter::default() }, vec!["a", "c", "d"]),
            (Filter { from: Some(20 * DAY), ..Filter::default() }, vec!["b", "c", "d"]),
            (Filter { until: Some(20 * DAY), ..Filter::default() }, vec!["a"]),
            (Filter { from: Some(1), until: Some(21 * DAY), ..Filter::default() }, vec!["a", "b"]),
            (Filter { not_dates: vec![span], ..Filter::default() }, vec!["a", "c", "d"]),
            (Filter { offline: Some(true), ..Filter::default() }, vec!["d"]),
            (Filter { offline: Some(false), ..Filter::default() }, vec!["a", "b", "c"]),
            (Filter { folders: text("rom"), cameras: text("q2"), ..Filter::default() }, vec!["b"]),
        ] {
            check(&test, &filter, &expected);
        }
    }

    #[test]
    fn the_newest_photo_comes_first() {
        let test = library();
        let rows = test.rows(&test.photos_newest_first(&Filter::default()).unwrap()).unwrap();
        let names: Vec<_> = rows.iter().map(|row| row.path.file_name().unwrap()).collect();
        assert_eq!(names, ["d.jpg", "c.jpg", "b.jpg", "a.jpg"], "d by its file's time");
    }

    #[test]
    fn a_file_time_is_read_in_the_local_clock() {
        let zone = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(local_ms(1_500_000, &zone), 9 * 3_600_000 + 1);
        assert_eq!(local_ms(-1, &TimeZone::UTC), -1);
        assert_eq!(local_ms(i64::MAX, &TimeZone::UTC), i64::MAX / 1_000_000);
    }
}
