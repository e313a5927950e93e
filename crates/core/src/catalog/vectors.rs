//! Vectors of photos, and the log that keeps an index of them up to date.

use half::f16;
use half::slice::HalfFloatSliceExt;
use rusqlite::{Connection, OptionalExtension, params};

use super::Catalog;
use super::fault::Fault;
use super::models::{self, ModelNumber};
use crate::error::{Error, Result};
use crate::ids::{ModelKey, PhotoId};
use crate::vectors::{VectorChange, VectorSource};

/// Removals are kept in the log until they are this many; then they are dropped together, and an index older than
/// that is told everything anew.
pub(super) const REMOVALS_KEPT: i64 = 50_000;

/// The sequence number up to which removals have been dropped from the log.
const FLOOR: &str = "catalog.changes_floor";

/// The rows of `vectors v` that are no vector of any model.
pub(super) const CUT_VECTORS: &str = "FROM vectors v LEFT JOIN models m ON m.id = v.id >> 40
    WHERE m.id IS NULL OR length(v.vector) <> 2 * m.dim";

/// Stores a vector of unit length in place of the one before.
pub(super) fn put(
    conn: &Connection,
    model: ModelNumber,
    photo: PhotoId,
    vector: &[f32],
) -> Result<(), Fault> {
    let mut halves = vec![f16::ZERO; vector.len()];
    halves.convert_from_f32_slice(vector);
    let bytes: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
    let sql = "INSERT INTO vectors (id, vector) VALUES (?1, ?2)
               ON CONFLICT (id) DO UPDATE SET vector = excluded.vector";
    conn.prepare_cached(sql)?.execute(params![model.vector_id(photo), bytes])?;
    Ok(())
}

/// Removes the photo's vectors of all models.
pub(super) fn remove_all(conn: &Connection, photo: PhotoId) -> Result<(), Fault> {
    let sql = "DELETE FROM vectors WHERE id IN (SELECT id << 40 | ?1 FROM models)";
    conn.prepare_cached(sql)?.execute([photo.0])?;
    Ok(())
}

/// Drops old removals from the log when there are very many.
pub(super) fn prune_log(conn: &Connection, kept: i64) -> Result<(), Fault> {
    let removals: i64 =
        conn.query_row("SELECT count(*) FROM vector_changes WHERE present = 0", [], |row| row.get(0))?;
    if removals <= kept {
        return Ok(());
    }
    let sql = "INSERT INTO settings (key, value)
               SELECT ?1, max(seq) FROM vector_changes WHERE present = 0
               ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    conn.execute(sql, [FLOOR])?;
    conn.execute("DELETE FROM vector_changes WHERE present = 0", [])?;
    Ok(())
}

/// `bytes` are of even length.
fn read_halves(bytes: &[u8], into: &mut Vec<f16>) {
    into.resize(bytes.len() / 2, f16::ZERO);
    bytemuck::cast_slice_mut::<f16, u8>(into).copy_from_slice(bytes);
    if cfg!(target_endian = "big") {
        into.iter_mut().for_each(|half| *half = f16::from_bits(half.to_bits().swap_bytes()));
    }
}

impl Catalog {
    /// The photo's vector of one model, as it is stored: `dim` components.
    ///
    /// # Errors
    /// Those of the database.
    pub fn vector(&self, key: &ModelKey, photo: PhotoId) -> Result<Option<Vec<f32>>> {
        self.ask(|conn| {
            let Some(model) = models::number(conn, key)? else { return Ok(None) };
            vector(conn, model, key.dim, photo)
        })
    }

    /// Removes stored vectors that have not the length of their model, and gives their number: [`Self::pending`]
    /// hands their photos out again. They are there only if the database was damaged.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_cut_vectors(&self) -> Result<u64> {
        let cut = format!("SELECT v.id {CUT_VECTORS}");
        if !self.ask(|conn| Ok(conn.prepare(&cut)?.exists([])?))? {
            return Ok(0);
        }
        let sql = format!("DELETE FROM vectors WHERE id IN ({cut})");
        self.write(|conn| Ok(conn.execute(&sql, [])? as u64))
    }

    /// The vectors of one model as the source of an index. Photos whose file is gone count as removed.
    pub fn vectors<'a>(&'a self, key: &'a ModelKey) -> CatalogVectors<'a> {
        CatalogVectors { catalog: self, key }
    }
}

/// The photo's vector of one model; one that was cut is none.
pub(super) fn vector(
    conn: &Connection,
    model: ModelNumber,
    dim: usize,
    photo: PhotoId,
) -> Result<Option<Vec<f32>>, Fault> {
    let sql = "SELECT vector FROM vectors WHERE id = ?1 AND length(vector) = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let stored = statement.query_row(params![model.vector_id(photo), 2 * dim as i64], |row| {
        let mut halves = Vec::new();
        read_halves(row.get_ref(0)?.as_blob()?, &mut halves);
        Ok(halves.to_f32_vec())
    });
    Ok(stored.optional()?)
}

/// One model's vectors in a catalog: see [`Catalog::vectors`].
#[derive(Debug, Clone, Copy)]
pub struct CatalogVectors<'a> {
    catalog: &'a Catalog,
    key: &'a ModelKey,
}

impl VectorSource for CatalogVectors<'_> {
    fn origin(&self) -> u64 {
        self.catalog.origin().unwrap_or_default()
    }

    fn latest(&self) -> Result<i64> {
        self.catalog.ask(latest)
    }

    fn changes_since(&self, seq: i64, visit: &mut dyn FnMut(VectorChange<'_>) -> Result<()>) -> Result<i64> {
        self.catalog.read(|conn| {
            let latest = latest(conn)?;
            let Some(model) = models::number(conn, self.key)? else { return Ok(latest) };
            let mut walk = Walk { key: self.key, halves: Vec::new(), cut: 0, visit };
            let floor = floor(self.catalog)?;
            if seq > 0 && (seq < floor || seq > latest) {
                // Too old for the log, or from a later state of a catalog that was since restored from a copy.
                walk.removals_of_all_others(conn, model)?;
                walk.changes(conn, model, 0)?;
            } else {
                walk.changes(conn, model, seq)?;
            }
            walk.warn_of_cut();
            Ok(latest)
        })
    }
}

fn latest(conn: &Connection) -> Result<i64, Fault> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'vector_changes'";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
}

fn floor(catalog: &Catalog) -> Result<i64> {
    Ok(catalog.setting(FLOOR)?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

struct Walk<'a> {
    key: &'a ModelKey,
    halves: Vec<f16>,
    /// Vectors of the wrong length, which are left out.
    cut: u64,
    visit: &'a mut dyn FnMut(VectorChange<'_>) -> Result<()>,
}

impl Walk<'_> {
    fn changes(&mut self, conn: &Connection, model: ModelNumber, seq: i64) -> Result<(), Fault> {
        let sql = "SELECT c.vector_id, v.vector FROM vector_changes c
                   LEFT JOIN photos p ON p.id = c.vector_id - ?2 AND p.missing_since IS NULL
                   LEFT JOIN vectors v ON v.id = c.vector_id AND p.id IS NOT NULL
                   WHERE c.seq > ?1 AND +c.vector_id BETWEEN ?2 AND ?3 ORDER BY c.seq";
        let (first, last) = model.vector_ids();
        let mut statement = conn.prepare_cached(sql)?;
        let mut rows = statement.query([seq, first, last])?;
        while let Some(row) = rows.next()? {
            let photo = ModelNumber::photo_of(row.get(0)?);
            match row.get_ref(1)?.as_blob_or_null().map_err(rusqlite::Error::from)? {
                Some(bytes) if bytes.len() == self.key.dim * 2 => {
                    read_halves(bytes, &mut self.halves);
                    (self.visit)(VectorChange::Put { photo, vector: &self.halves })?;
                }
                Some(_) => {
                    self.cut += 1;
                    (self.visit)(VectorChange::Removed { photo })?;
                }
                None if seq > 0 => (self.visit)(VectorChange::Removed { photo })?,
                None => {}
            }
        }
        Ok(())
    }

    /// Tells the removal of every photo number that was ever given and has no vector to show now.
    fn removals_of_all_others(&mut self, conn: &Connection, model: ModelNumber) -> Result<(), Fault> {
        let last_photo: i64 = conn
            .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'photos'", [], |row| row.get(0))
            .optional()?
            .unwrap_or(0);
        let sql = "SELECT c.vector_id FROM vector_changes c JOIN photos p ON p.id = c.vector_id - ?1
                   WHERE c.vector_id BETWEEN ?1 AND ?2 AND c.present = 1 AND p.missing_since IS NULL
                   ORDER BY c.vector_id";
        let (first, last) = model.vector_ids();
        let mut statement = conn.prepare_cached(sql)?;
        let mut rows = statement.query([first, last])?;
        let mut expected = 1;
        while let Some(row) = rows.next()? {
            let live = ModelNumber::photo_of(row.get(0)?).0;
            self.remove_range(expected..live)?;
            expected = live + 1;
        }
        Ok(self.remove_range(expected..last_photo + 1)?)
    }

    fn remove_range(&mut self, photos: std::ops::Range<i64>) -> Result<()> {
        for photo in photos {
            (self.visit)(VectorChange::Removed { photo: PhotoId(photo) })?;
        }
        Ok(())
    }

    fn warn_of_cut(&self) {
        if self.cut > 0 {
            let id = &self.key.model_id;
            tracing::warn!(
                "{} stored vectors of {id} are damaged and left out until the next indexing",
                self.cut
            );
        }
    }
}

/// Refuses a vector that does not fit its model.
pub(super) fn check_dimension(key: &ModelKey, vector: &[f32]) -> Result<()> {
    match vector.len() == key.dim {
        true => Ok(()),
        false => Err(Error::vector(key, &format!("{} components instead of {}", vector.len(), key.dim))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ScanWrite;
    use crate::catalog::testing::{TestCatalog, model};
    use std::collections::BTreeMap;

    /// An index in miniature: what it knows, and up to where.
    #[derive(Default)]
    struct Replica {
        seq: i64,
        vectors: BTreeMap<i64, Vec<f32>>,
    }

    impl Replica {
        fn refresh(&mut self, catalog: &Catalog, key: &ModelKey) -> usize {
            let mut steps = 0;
            let vectors = &mut self.vectors;
            self.seq = catalog
                .vectors(key)
                .changes_since(self.seq, &mut |change| {
                    steps += 1;
                    match change {
                        VectorChange::Put { photo, vector } => {
                            vectors.insert(photo.0, vector.iter().map(|half| half.to_f32()).collect());
                        }
                        VectorChange::Removed { photo } => drop(vectors.remove(&photo.0)),
                    }
                    Ok(())
                })
                .unwrap();
            steps
        }

        fn photos(&self) -> Vec<i64> {
            self.vectors.keys().copied().collect()
        }
    }

    fn along(axis: usize) -> Vec<f32> {
        let mut vector = vec![0.0; 4];
        vector[axis] = 1.0;
        vector
    }

    fn remove_all_of(test: &TestCatalog, key: &ModelKey) {
        let (first, last) = models::number(&test.conn, key).unwrap().unwrap().vector_ids();
        test.conn.execute("DELETE FROM vectors WHERE id BETWEEN ?1 AND ?2", [first, last]).unwrap();
    }

    #[test]
    fn a_vector_of_the_wrong_length_is_left_out_until_its_photo_is_indexed_again() {
        let (test, clip) = (TestCatalog::new(), [model("clip")]);
        let (_, ids) = test.with_photos("/p", &["a.jpg", "b.jpg"]);
        for (id, hash) in ids.iter().zip(1..) {
            test.indexed(*id, hash, &[(&clip[0], along(0))]);
        }
        assert_eq!(test.remove_cut_vectors().unwrap(), 0);
        for length in [0, 1, 7, 9, 10] {
            let mut index = Replica::default();
            index.refresh(&test, &clip[0]);
            test.conn
                .execute("UPDATE vectors SET vector = zeroblob(?1) WHERE id & 1 = ?2 & 1", [length, ids[0].0])
                .unwrap();
            index.refresh(&test, &clip[0]);
            assert_eq!(index.photos(), [ids[1].0], "{length} bytes");
            let mut fresh = Replica::default();
            fresh.refresh(&test, &clip[0]);
            assert_eq!(fresh.vectors, index.vectors);
            assert_eq!(test.vector(&clip[0], ids[0]).unwrap(), None);
            assert_eq!(test.known_content(&[1; 32], &clip, None).unwrap().unwrap().vectors, [None]);

            assert_eq!(test.pending(&clip, None, None, None, 9).unwrap(), []);
            assert_eq!(test.remove_cut_vectors().unwrap(), 1);
            assert_eq!(test.pending(&clip, None, None, None, 9).unwrap()[0].id, ids[0]);
            test.indexed(ids[0], 1, &[(&clip[0], along(0))]);
        }
    }

    #[test]
    fn an_index_follows_puts_replacements_hiding_returns_and_deletion() {
        let (test, clip, look) = (TestCatalog::new(), model("clip"), model("look"));
        let (folder, ids) = test.with_photos("/p", &["a.jpg", "b.jpg", "c.jpg"]);
        let [a, b, c] = [ids[0], ids[1], ids[2]];
        let mut index = Replica::default();
        assert_eq!(index.refresh(&test, &clip), 0);
        for (id, hash) in [(a, 1), (b, 2), (c, 3)] {
            test.indexed(id, hash, &[(&clip, along(0)), (&look, along(1))]);
        }
        assert_eq!(index.refresh(&test, &clip), 3);
        assert_eq!(index.photos(), [a.0, b.0, c.0]);
        assert_eq!(index.refresh(&test, &clip), 0, "nothing new, although the other model's log is mixed in");

        test.indexed(b, 9, &[(&clip, along(2))]);
        test.apply_scan(&[ScanWrite::Missing { photo: a }], 5).unwrap();
        assert_eq!(index.refresh(&test, &clip), 2);
        assert_eq!(index.photos(), [b.0, c.0]);
        assert_eq!(index.vectors[&b.0], along(2));

        test.apply_scan(&[ScanWrite::Missing { photo: c }, ScanWrite::Seen { photo: a, volume: 1 }], 6)
            .unwrap();
        test.forget_missing(&[(folder, 1)], 7).unwrap();
        index.refresh(&test, &clip);
        assert_eq!(index.photos(), [a.0, b.0]);

        let mut fresh = Replica::default();
        assert_eq!(fresh.refresh(&test, &clip), 2, "from 0 only what is live");
        assert_eq!(fresh.vectors, index.vectors);
        assert_eq!(fresh.seq, index.seq);

        remove_all_of(&test, &clip);
        assert_eq!(index.refresh(&test, &clip), 2);
        assert_eq!(index.photos(), [0; 0]);
        let mut other = Replica::default();
        other.refresh(&test, &look);
        assert_eq!(other.photos(), [a.0], "b's content changed, c is gone");
    }

    #[test]
    fn sequence_numbers_never_go_down_even_when_everything_is_removed() {
        let (test, clip) = (TestCatalog::new(), model("clip"));
        let (_, ids) = test.with_photos("/p", &["a.jpg"]);
        let mut last = 0;
        for round in 0..4 {
            test.indexed(ids[0], round, &[(&clip, along(0))]);
            remove_all_of(&test, &clip);
            let mut index = Replica::default();
            index.refresh(&test.reopened(), &clip);
            assert!(index.seq > last);
            last = index.seq;
        }
    }

    #[test]
    fn an_index_older_than_the_log_or_newer_than_a_restored_catalog_is_told_everything() {
        let (test, clip) = (TestCatalog::new(), model("clip"));
        let (_, ids) = test.with_photos("/p", &["a.jpg", "b.jpg", "c.jpg"]);
        for (id, hash) in ids.iter().zip(1..) {
            test.indexed(*id, hash, &[(&clip, along(0))]);
        }
        let mut old = Replica::default();
        old.refresh(&test, &clip);
        test.write(|conn| remove_all(conn, ids[1])).unwrap();
        test.write(|conn| prune_log(conn, 5)).unwrap();
        assert_eq!(floor(&test).unwrap(), 0, "few removals are kept");
        test.write(|conn| prune_log(conn, 0)).unwrap();
        let (before, seq) = (floor(&test).unwrap(), old.seq);
        assert!(before > seq);
        old.refresh(&test, &clip);
        assert_eq!(old.photos(), [ids[0].0, ids[2].0]);

        let mut from_the_future = Replica { seq: old.seq + 1000, vectors: BTreeMap::new() };
        from_the_future.vectors.insert(ids[1].0, along(3));
        from_the_future.refresh(&test, &clip);
        assert_eq!(from_the_future.vectors, old.vectors);
        assert_eq!(from_the_future.seq, old.seq);
    }

    #[test]
    fn vectors_are_stored_to_half_precision() {
        let (test, clip) = (TestCatalog::new(), model("clip"));
        let (_, ids) = test.with_photos("/p", &["a.jpg"]);
        let vector = vec![0.1, -0.7, 0.5, 0.5];
        test.indexed(ids[0], 1, &[(&clip, vector.clone())]);
        let stored = test.vector(&clip, ids[0]).unwrap().unwrap();
        assert!(stored.iter().zip(&vector).all(|(a, b)| (a - b).abs() < 5e-4), "{stored:?}");
        assert_eq!(test.vector(&model("other"), ids[0]).unwrap(), None);
    }
}
