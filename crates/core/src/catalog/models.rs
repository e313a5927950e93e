//! The models that the library has, or had, vectors of.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::fault::Fault;
use super::photos::PhotoState;
use super::{Catalog, vectors};
use crate::error::Result;
use crate::ids::{ModelKey, PhotoId};

/// Bits of a vector's id that name the photo; those above name the model.
const PHOTO_BITS: u32 = 40;

/// Photos that were counted, and the state of the database that this is true of.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// A number that changes with every change of another connection, and the changes of this one.
    state: Option<(i64, i64)>,
    photos: HashMap<ModelKey, u64>,
}

/// The number of a model's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ModelNumber(pub(super) i64);

impl ModelNumber {
    /// The id of the row in `vectors` for this model and that photo.
    pub(super) fn vector_id(self, photo: PhotoId) -> i64 {
        self.0 << PHOTO_BITS | photo.0
    }

    /// The first and the last id that a row of this model can have.
    pub(super) fn vector_ids(self) -> (i64, i64) {
        (self.vector_id(PhotoId(0)), self.vector_id(PhotoId((1 << PHOTO_BITS) - 1)))
    }

    /// The photo of a row in `vectors`.
    pub(super) fn photo_of(vector_id: i64) -> PhotoId {
        PhotoId(vector_id & ((1 << PHOTO_BITS) - 1))
    }
}

/// The model's number, if it was ever used here.
pub(super) fn number(conn: &Connection, key: &ModelKey) -> Result<Option<ModelNumber>, Fault> {
    let sql = "SELECT id FROM models WHERE model_id = ?1 AND pipeline_version = ?2 AND dim = ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let found =
        statement.query_row(params![key.model_id, key.pipeline_version, key.dim as i64], |row| row.get(0));
    Ok(found.optional()?.map(ModelNumber))
}

/// The model's number, given to it now if need be.
pub(super) fn number_or_new(conn: &Connection, key: &ModelKey) -> Result<ModelNumber, Fault> {
    if let Some(number) = number(conn, key)? {
        return Ok(number);
    }
    let sql = "INSERT INTO models (model_id, pipeline_version, dim) VALUES (?1, ?2, ?3)";
    conn.execute(sql, params![key.model_id, key.pipeline_version, key.dim as i64])?;
    Ok(ModelNumber(conn.last_insert_rowid()))
}

impl Catalog {
    /// The models that the library has vectors of, and how many photos have one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn model_counts(&self) -> Result<Vec<(ModelKey, u64)>> {
        self.ask(|conn| {
            let mut counts = Vec::new();
            for (number, key) in all(conn)? {
                let photos = count_vectors(conn, number, "")?;
                if photos > 0 {
                    counts.push((key, photos));
                }
            }
            Ok(counts)
        })
    }

    /// How many photos have a vector of the model, of those that can be given one now: not the failed ones, nor those out of reach or
    /// gone. Every question asks this, so it is counted once for each state of the database.
    ///
    /// # Errors
    /// Those of the database.
    pub fn in_reach_with_vector(&self, key: &ModelKey) -> Result<u64> {
        self.ask(|conn| {
            let sql = "SELECT data_version, total_changes() FROM pragma_data_version";
            let state = conn.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let mut counted = self.counted.borrow_mut();
            if counted.state != Some(state) {
                *counted = Counted { state: Some(state), photos: HashMap::new() };
            }
            if let Some(photos) = counted.photos.get(key) {
                return Ok(*photos);
            }
            let condition = format!("AND p.offline = 0 AND p.state <> {}", PhotoState::Failed as i64);
            let photos = match number(conn, key)? {
                Some(number) => count_vectors(conn, number, &condition)?,
                None => 0,
            };
            counted.photos.insert(key.clone(), photos);
            Ok(photos)
        })
    }

    /// The models that have seen the photo: of which it has a vector.
    ///
    /// # Errors
    /// Those of the database.
    pub fn models_that_saw(&self, photo: PhotoId) -> Result<Vec<ModelKey>> {
        self.ask(|conn| {
            let sql = "SELECT 1 FROM vector_changes WHERE vector_id = ?1 AND present = 1";
            let mut statement = conn.prepare_cached(sql)?;
            let mut models = Vec::new();
            for (number, key) in all(conn)? {
                if statement.exists([number.vector_id(photo)])? {
                    models.push(key);
                }
            }
            Ok(models)
        })
    }

    /// The models that the library has any vector of; quicker than to count them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn models_with_vectors(&self) -> Result<Vec<ModelKey>> {
        self.ask(|conn| {
            let mut models = Vec::new();
            for (number, key) in all(conn)? {
                if has_vectors(conn, number)? {
                    models.push(key);
                }
            }
            Ok(models)
        })
    }

    /// Removes the vectors of a model's older versions where the photo has one of this version, and gives the versions
    /// that nothing is left of.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_superseded(&self, key: &ModelKey) -> Result<Vec<ModelKey>> {
        let older = |conn: &Connection| -> Result<_, Fault> {
            let is_older = |other: &ModelKey| {
                other.model_id == key.model_id && other.pipeline_version < key.pipeline_version
            };
            Ok(all(conn)?.into_iter().filter(|(_, other)| is_older(other)).collect::<Vec<_>>())
        };
        if self.ask(older)?.is_empty() {
            return Ok(Vec::new());
        }
        self.write(|conn| {
            let Some(current) = number(conn, key)? else { return Ok(Vec::new()) };
            let mut gone = Vec::new();
            for (old, key) in older(conn)? {
                let sql = "DELETE FROM vectors WHERE id BETWEEN ?1 AND ?2 AND EXISTS (
                               SELECT 1 FROM vector_changes c WHERE c.present = 1 AND c.vector_id = vectors.id - ?1 + ?3)";
                let (first, last) = old.vector_ids();
                conn.execute(sql, [first, last, current.vector_id(PhotoId(0))])?;
                let sql = "DELETE FROM models WHERE id = ?1
                           AND NOT EXISTS (SELECT 1 FROM vectors WHERE id BETWEEN ?2 AND ?3)";
                if conn.execute(sql, [old.0, first, last])? > 0 {
                    gone.push(key);
                }
            }
            vectors::prune_log(conn, vectors::REMOVALS_KEPT)?;
            Ok(gone)
        })
    }
}

fn all(conn: &Connection) -> Result<Vec<(ModelNumber, ModelKey)>, Fault> {
    let sql =
        "SELECT id, model_id, pipeline_version, dim FROM models ORDER BY model_id, pipeline_version, dim";
    let mut statement = conn.prepare_cached(sql)?;
    let models = statement.query_map([], |row| {
        let key = ModelKey {
            model_id: row.get(1)?,
            pipeline_version: row.get(2)?,
            dim: usize::try_from(row.get::<_, i64>(3)?).unwrap_or_default(),
        };
        Ok((ModelNumber(row.get(0)?), key))
    })?;
    Ok(models.collect::<rusqlite::Result<_>>()?)
}

/// Photos `p` that are not missing, meet the condition and have a vector of the model.
fn count_vectors(conn: &Connection, model: ModelNumber, condition: &str) -> Result<u64, Fault> {
    let sql = format!(
        "SELECT count(*) FROM vector_changes c JOIN photos p ON p.id = c.vector_id - ?1
         WHERE c.vector_id BETWEEN ?1 AND ?2 AND c.present = 1 AND p.missing_since IS NULL {condition}"
    );
    let (first, last) = model.vector_ids();
    let count: i64 = conn.prepare_cached(&sql)?.query_row([first, last], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

fn has_vectors(conn: &Connection, model: ModelNumber) -> Result<bool, Fault> {
    let (first, last) = model.vector_ids();
    Ok(conn.prepare_cached("SELECT 1 FROM vectors WHERE id BETWEEN ?1 AND ?2")?.exists([first, last])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ScanWrite;
    use crate::catalog::testing::{TestCatalog, model};

    #[test]
    fn photos_are_counted_anew_after_any_change_of_this_or_another_connection() {
        let (test, clip) = (TestCatalog::new(), model("clip"));
        let (_, ids) = test.with_photos("/p", &["a.jpg", "b.jpg", "c.jpg"]);
        let other = test.reopened();
        let counts = || [&*test, &other].map(|catalog| catalog.in_reach_with_vector(&clip).unwrap());
        assert_eq!(counts(), [0, 0]);
        for (id, hash) in ids.iter().zip(1..) {
            test.indexed(*id, hash, &[(&clip, vec![1.0, 0.0, 0.0, 0.0])]);
        }
        assert_eq!((counts(), counts()), ([3, 3], [3, 3]));
        assert_eq!(test.models_that_saw(ids[0]).unwrap(), std::slice::from_ref(&clip));
        assert_eq!(test.models_that_saw(PhotoId(99)).unwrap(), []);
        other.apply_scan(&[ScanWrite::Offline { photo: ids[0] }], 1).unwrap();
        assert_eq!(counts(), [2, 2]);
        test.apply_scan(&[ScanWrite::Missing { photo: ids[1] }], 2).unwrap();
        assert_eq!(counts(), [1, 1]);
    }

    #[test]
    fn vectors_of_an_older_version_go_where_the_new_version_has_one() {
        let test = TestCatalog::new();
        let old = model("clip");
        let new = ModelKey { pipeline_version: 2, ..old.clone() };
        let (_, ids) = test.with_photos("/p", &["a.jpg", "b.jpg"]);
        let vector = vec![1.0, 0.0, 0.0, 0.0];
        for (id, hash) in ids.iter().zip(1..) {
            test.indexed(*id, hash, &[(&old, vector.clone()), (&model("look"), vector.clone())]);
        }
        test.indexed(ids[0], 1, &[(&new, vector.clone())]);
        assert_eq!(test.remove_superseded(&old).unwrap(), []);
        assert!(test.vector(&new, ids[0]).unwrap().is_some(), "an older program takes nothing away");
        assert_eq!(test.remove_superseded(&new).unwrap(), []);
        assert_eq!(test.vector(&old, ids[0]).unwrap(), None);
        assert!(test.vector(&old, ids[1]).unwrap().is_some(), "nothing has taken its place yet");

        test.indexed(ids[1], 2, &[(&new, vector)]);
        assert_eq!(test.remove_superseded(&new).unwrap(), [old]);
        assert_eq!(test.models_with_vectors().unwrap(), [new, model("look")]);
        assert_eq!(test.integrity().unwrap(), Vec::<String>::new());
    }
}
