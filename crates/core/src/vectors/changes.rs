//! From the source to the matrix: catching up with what changed, writing a matrix anew.

use std::collections::HashMap;
use std::path::Path;

use half::f16;

use super::matrix::{DEAD, Matrix, Provenance, Rejected};
use super::matrix_writer::{MatrixWriter, candidates};
use super::rows::{Rows, is_live};
use super::source::{VectorChange, VectorSource};
use crate::error::{Error, Result};
use crate::ids::PhotoId;

/// Rows, and the sequence number up to which they know everything.
pub(super) struct Known {
    pub rows: Rows,
    pub seq: i64,
}

/// The newest matrix in `dir` that is sound; nothing when there is none.
pub(super) fn load(dir: &Path, provenance: &Provenance) -> Option<Known> {
    for path in candidates(dir, &provenance.key) {
        match Matrix::open(&path, provenance) {
            Ok(matrix) => return Some(Known { seq: matrix.last_seq(), rows: Rows::from_matrix(matrix) }),
            Err(reason) => tracing::info!("{} is rebuilt: {reason}", path.display()),
        }
    }
    None
}

/// Takes in what changed in the source. `false` when the source knows less than we do: then it is another one,
/// or an older copy of it, and everything must be read again.
pub(super) fn catch_up(known: &mut Known, source: &dyn VectorSource) -> Result<bool> {
    let Known { rows, seq } = known;
    let mut intake = Intake::new(rows.dim());
    let latest = source.changes_since(*seq, &mut |change| {
        match change {
            VectorChange::Put { photo, vector } if intake.accepts(photo, vector) => rows.put(photo, vector),
            VectorChange::Put { photo, .. } | VectorChange::Removed { photo } => rows.remove(photo),
        }
        Ok(())
    })?;
    let is_ahead = latest >= *seq;
    *seq = latest;
    Ok(is_ahead)
}

/// Everything, read from the source: into a new matrix, or into memory where none can be written.
pub(super) fn read_all(dir: &Path, provenance: &Provenance, source: &dyn VectorSource) -> Result<Known> {
    match stream(dir, provenance, source) {
        Ok(known) => return Ok(known),
        Err(Streaming::Source(error)) => return Err(error),
        Err(Streaming::Cache(reason)) => {
            tracing::warn!("no cache of vectors can be kept in {}: {reason}", dir.display());
        }
    }
    let mut known = Known { rows: Rows::empty(provenance.key.dim), seq: 0 };
    catch_up(&mut known, source)?;
    Ok(known)
}

/// Writes `known` as a new matrix without tombstones and goes on with that.
pub(super) fn fold(known: &mut Known, dir: &Path, provenance: &Provenance) -> Result<(), Rejected> {
    let mut writer = MatrixWriter::create(dir, provenance)?;
    let mut ids = Vec::with_capacity(known.rows.len());
    for block in known.rows.blocks() {
        for (id, row) in block.ids.iter().zip(block.rows.chunks_exact(block.dim)) {
            if is_live(*id) {
                ids.push(*id);
                writer.push(row)?;
            }
        }
    }
    known.rows = Rows::from_matrix(writer.finish(&ids, known.seq)?);
    Ok(())
}

enum Streaming {
    Source(Error),
    Cache(Rejected),
}

/// Writes a matrix while reading, so that the vectors are never all in memory.
fn stream(dir: &Path, provenance: &Provenance, source: &dyn VectorSource) -> Result<Known, Streaming> {
    let dim = provenance.key.dim;
    let mut writer = MatrixWriter::create(dir, provenance).map_err(|error| Streaming::Cache(error.into()))?;
    let mut ids: Vec<i64> = Vec::new();
    let mut places: HashMap<i64, usize> = HashMap::new();
    let mut failed = None;
    let mut intake = Intake::new(dim);
    let walked = source.changes_since(0, &mut |change| {
        let (VectorChange::Put { photo, .. } | VectorChange::Removed { photo }) = change;
        if let Some(row) = places.remove(&photo.0) {
            ids[row] = DEAD;
        }
        if let VectorChange::Put { photo, vector } = change
            && intake.accepts(photo, vector)
        {
            if let Err(error) = writer.push(vector) {
                failed = Some(error);
                return Err(Error::Cancelled);
            }
            places.insert(photo.0, ids.len());
            ids.push(photo.0);
        }
        Ok(())
    });
    if let Some(error) = failed {
        return Err(Streaming::Cache(error.into()));
    }
    let seq = walked.map_err(Streaming::Source)?;
    if ids.is_empty() {
        return Ok(Known { rows: Rows::empty(dim), seq });
    }
    let matrix = writer.finish(&ids, seq).map_err(Streaming::Cache)?;
    Ok(Known { rows: Rows::from_matrix(matrix), seq })
}

/// Keeps vectors out that would spoil every comparison. They are there only if the database was damaged.
struct Intake {
    dim: usize,
    has_warned: bool,
}

impl Intake {
    fn new(dim: usize) -> Self {
        Self { dim, has_warned: false }
    }

    fn accepts(&mut self, photo: PhotoId, vector: &[f16]) -> bool {
        let is_sound = vector.len() == self.dim && vector.iter().all(|component| component.is_finite());
        if !is_sound && !self.has_warned {
            self.has_warned = true;
            tracing::warn!(
                "photo {} and maybe others: the stored vector has {} components instead of {}, or is not finite",
                photo.0,
                vector.len(),
                self.dim
            );
        }
        is_sound
    }
}
