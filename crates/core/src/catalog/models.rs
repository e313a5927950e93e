//! The models that the library has, or had, vectors of.

use rusqlite::{Connection, OptionalExtension, params};

use super::Catalog;
use crate::error::Result;
use crate::ids::{ModelKey, PhotoId};

/// Bits of a vector's id that name the photo; those above name the model.
const PHOTO_BITS: u32 = 40;

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
pub(super) fn number(conn: &Connection, key: &ModelKey) -> Result<Option<ModelNumber>> {
    let sql = "SELECT id FROM models WHERE model_id = ?1 AND pipeline_version = ?2 AND dim = ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let found =
        statement.query_row(params![key.model_id, key.pipeline_version, key.dim as i64], |row| row.get(0));
    Ok(found.optional()?.map(ModelNumber))
}

/// The model's number, given to it now if need be.
pub(super) fn number_or_new(conn: &Connection, key: &ModelKey) -> Result<ModelNumber> {
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
        let sql =
            "SELECT id, model_id, pipeline_version, dim FROM models ORDER BY model_id, pipeline_version, dim";
        let mut statement = self.conn.prepare_cached(sql)?;
        let models = statement.query_map([], |row| {
            let key = ModelKey {
                model_id: row.get(1)?,
                pipeline_version: row.get(2)?,
                dim: usize::try_from(row.get::<_, i64>(3)?).unwrap_or_default(),
            };
            Ok((ModelNumber(row.get(0)?), key))
        })?;
        let mut counts = Vec::new();
        for model in models {
            let (number, key) = model?;
            let photos = self.count_vectors(number)?;
            if photos > 0 {
                counts.push((key, photos));
            }
        }
        Ok(counts)
    }

    /// Photos that are not missing and have a vector of the model.
    ///
    /// # Errors
    /// Those of the database.
    pub fn model_count(&self, key: &ModelKey) -> Result<u64> {
        number(&self.conn, key)?.map_or(Ok(0), |number| self.count_vectors(number))
    }

    fn count_vectors(&self, model: ModelNumber) -> Result<u64> {
        let sql = "SELECT count(*) FROM vector_changes c JOIN photos p ON p.id = c.vector_id - ?1
                   WHERE c.vector_id BETWEEN ?1 AND ?2 AND c.present = 1 AND p.missing_since IS NULL";
        let (first, last) = model.vector_ids();
        let count: i64 = self.conn.prepare_cached(sql)?.query_row([first, last], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}
