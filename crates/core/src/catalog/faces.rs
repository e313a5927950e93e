//! Faces of contents.

use half::f16;
use half::slice::HalfFloatSliceExt;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::fault::Fault;
use super::{Catalog, decisions};
use crate::error::Result;
use crate::ids::{FaceId, PersonId, PhotoId};
use crate::people::area::{FaceArea, matches};

/// A face as it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFace {
    /// Where it is.
    pub area: FaceArea,
    /// The detector's score, 0 to 1.
    pub score: f32,
    /// How much it tells about whose it is, 0 to 1.
    pub quality: f32,
    /// Eyes, nose and corners of the mouth, in shares of the upright picture.
    pub landmarks: [[f32; 2]; 5],
    /// 128 components, of unit length.
    pub vector: Vec<f32>,
}

/// What the networks found in a content.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundFaces {
    /// The networks and their versions.
    pub pipeline: String,
    /// The faces; there may be none.
    pub faces: Vec<NewFace>,
}

/// A face that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct FaceRow {
    /// Its id.
    pub id: FaceId,
    /// BLAKE3 of the content that it is in.
    pub hash: [u8; 32],
    /// Where it is.
    pub area: FaceArea,
    /// The detector's score, 0 to 1.
    pub score: f32,
    /// How much it tells about whose it is, 0 to 1.
    pub quality: f32,
    /// Who it is, as far as that is known.
    pub person: Option<PersonId>,
    /// The user said so.
    pub confirmed: bool,
}

pub(super) const COLUMNS: &str =
    "f.id, f.hash, f.x, f.y, f.width, f.height, f.score, f.quality, f.person, f.bond = 3";

pub(super) fn row_of(row: &Row<'_>) -> rusqlite::Result<FaceRow> {
    Ok(FaceRow {
        id: FaceId(row.get(0)?),
        hash: row.get(1)?,
        area: area_of(row, 2)?,
        score: row.get(6)?,
        quality: row.get(7)?,
        person: row.get::<_, Option<i64>>(8)?.map(PersonId),
        confirmed: row.get(9)?,
    })
}

/// Reads `x, y, width, height` at a column.
pub(super) fn area_of(row: &Row<'_>, at: usize) -> rusqlite::Result<FaceArea> {
    Ok(FaceArea { x: row.get(at)?, y: row.get(at + 1)?, width: row.get(at + 2)?, height: row.get(at + 3)? })
}

/// A vector as it is stored.
pub(super) fn halves_of(vector: &[f32]) -> Vec<u8> {
    let mut halves = vec![f16::ZERO; vector.len()];
    halves.convert_from_f32_slice(vector);
    halves.iter().flat_map(|half| half.to_le_bytes()).collect()
}

/// A stored vector.
pub(super) fn floats_of(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.as_chunks::<2>().0.iter().map(|pair| f16::from_le_bytes(*pair).to_f32())
}

/// Records what was found in a content in place of what was known of it. A face that is there still keeps its id, and with it what
/// is known of it; what the user said of these faces holds at once.
pub(super) fn put(conn: &Connection, hash: &[u8; 32], found: &FoundFaces) -> Result<(), Fault> {
    let sql = "INSERT INTO face_scans (hash, pipeline) VALUES (?1, ?2)
               ON CONFLICT (hash) DO UPDATE SET pipeline = excluded.pipeline";
    conn.prepare_cached(sql)?.execute(params![hash, found.pipeline])?;
    let known = of_content(conn, hash)?;
    let areas = |faces: &[FaceRow]| faces.iter().map(|face| face.area).collect::<Vec<_>>();
    let new: Vec<FaceArea> = found.faces.iter().map(|face| face.area).collect();
    let mut ids: Vec<Option<FaceId>> = vec![None; new.len()];
    for (before, after) in matches(&areas(&known), &new) {
        ids[after] = Some(known[before].id);
    }
    for gone in known.iter().filter(|face| !ids.contains(&Some(face.id))) {
        conn.prepare_cached("DELETE FROM faces WHERE id = ?1")?.execute([gone.id.0])?;
    }
    for (face, id) in found.faces.iter().zip(ids) {
        let id = write(conn, hash, face, id)?;
        // A number of its own for what is a new vector: it is no neighbour of anybody yet.
        conn.prepare_cached("DELETE FROM face_vectors WHERE face = ?1")?.execute([id])?;
        let sql = "INSERT INTO face_vectors (face, vector) VALUES (?1, ?2)";
        conn.prepare_cached(sql)?.execute(params![id, halves_of(&face.vector)])?;
    }
    decisions::apply_to_content(conn, hash)
}

fn write(conn: &Connection, hash: &[u8; 32], face: &NewFace, id: Option<FaceId>) -> Result<i64, Fault> {
    let NewFace { area, score, quality, landmarks, .. } = face;
    let landmarks: Vec<u8> = landmarks.as_flattened().iter().flat_map(|at| at.to_le_bytes()).collect();
    let sql = match id {
        Some(_) => {
            "UPDATE faces SET hash = ?2, x = ?3, y = ?4, width = ?5, height = ?6, score = ?7, quality = ?8, landmarks = ?9
             WHERE id = ?1"
        }
        None => {
            "INSERT INTO faces (id, hash, x, y, width, height, score, quality, landmarks)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        }
    };
    conn.prepare_cached(sql)?.execute(params![
        id.map(|id| id.0),
        hash,
        area.x,
        area.y,
        area.width,
        area.height,
        score,
        quality,
        landmarks
    ])?;
    Ok(id.map_or_else(|| conn.last_insert_rowid(), |id| id.0))
}

/// All faces of a content, removed ones included.
pub(super) fn of_content(conn: &Connection, hash: &[u8; 32]) -> Result<Vec<FaceRow>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM faces f WHERE f.hash = ?1 ORDER BY f.id");
    let mut statement = conn.prepare_cached(&sql)?;
    Ok(statement.query_map([hash], row_of)?.collect::<rusqlite::Result<_>>()?)
}

impl Catalog {
    /// The networks of `pipeline` have looked for faces in the content.
    ///
    /// # Errors
    /// Those of the database.
    pub fn faces_are_known(&self, hash: &[u8; 32], pipeline: &str) -> Result<bool> {
        let sql = "SELECT 1 FROM face_scans WHERE hash = ?1 AND pipeline = ?2";
        self.ask(|conn| Ok(conn.prepare_cached(sql)?.exists(params![hash, pipeline])?))
    }

    /// The networks that have looked for faces in the content.
    ///
    /// # Errors
    /// Those of the database.
    pub fn face_pipeline_of(&self, hash: &[u8; 32]) -> Result<Option<String>> {
        let sql = "SELECT pipeline FROM face_scans WHERE hash = ?1";
        self.ask(|conn| Ok(conn.prepare_cached(sql)?.query_row([hash], |row| row.get(0)).optional()?))
    }

    /// The faces of a visible photo, from left to right; those that the user removed are left out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn faces_of(&self, photo: PhotoId) -> Result<Vec<FaceRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM photos p JOIN faces f ON f.hash = p.hash
             WHERE p.id = ?1 AND p.missing_since IS NULL AND f.removed = 0 ORDER BY f.x + f.width / 2, f.id"
        );
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(&sql)?;
            Ok(statement.query_map([photo.0], row_of)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// A face, and a visible photo that it is in: the first one. Nothing for a face that was removed or is in no visible photo.
    ///
    /// # Errors
    /// Those of the database.
    pub fn face(&self, face: FaceId) -> Result<Option<(FaceRow, PhotoId)>> {
        let sql = format!(
            "SELECT {COLUMNS}, min(p.id) FROM faces f JOIN photos p ON p.hash = f.hash AND p.missing_since IS NULL
             WHERE f.id = ?1 AND f.removed = 0 GROUP BY f.id"
        );
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(&sql)?;
            let found = statement.query_row([face.0], |row| Ok((row_of(row)?, PhotoId(row.get(10)?))));
            Ok(found.optional()?)
        })
    }

    /// The face's vector.
    ///
    /// # Errors
    /// Those of the database.
    pub fn face_vector(&self, face: FaceId) -> Result<Option<Vec<f32>>> {
        let sql = "SELECT vector FROM face_vectors WHERE face = ?1";
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let found = statement
                .query_row([face.0], |row| Ok(floats_of(row.get_ref(0)?.as_blob()?).collect::<Vec<_>>()));
            Ok(found.optional()?)
        })
    }

    /// Calls `visit` with the vector of every face that these networks found in a visible photo, and each photo that it is in, in
    /// order of photo.
    ///
    /// # Errors
    /// Those of the database.
    pub fn visit_faces(&self, pipeline: &str, visit: &mut dyn FnMut(PhotoId, FaceId, &[f32])) -> Result<()> {
        let sql = "SELECT p.id, f.id, v.vector FROM face_vectors v JOIN faces f ON f.id = v.face
                   JOIN face_scans s ON s.hash = f.hash AND s.pipeline = ?1
                   JOIN photos p ON p.hash = f.hash AND p.missing_since IS NULL
                   WHERE f.removed = 0 ORDER BY p.id, f.id";
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([pipeline])?;
            let mut vector = Vec::new();
            while let Some(row) = rows.next()? {
                vector.clear();
                let bytes = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
                vector.extend(floats_of(bytes));
                visit(PhotoId(row.get(0)?), FaceId(row.get(1)?), &vector);
            }
            Ok(())
        })
    }
}
