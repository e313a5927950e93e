//! The vectors as they are now: the mapped matrix, less tombstones, plus the delta.

use std::collections::HashMap;
use std::sync::Arc;

use half::f16;

use super::matrix::{DEAD, Matrix};
use crate::ids::PhotoId;

/// Rows that lie together, with their ids ([`DEAD`] for tombstones).
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    pub ids: &'a [i64],
    pub rows: &'a [f16],
    pub dim: usize,
}

/// The row belongs to a photo.
#[inline]
pub(super) fn is_live(id: i64) -> bool {
    id != DEAD
}

/// All rows of an index. Row numbers run through the matrix first, then through the delta.
pub(super) struct Rows {
    dim: usize,
    base: Option<Arc<Matrix>>,
    base_ids: Vec<i64>,
    delta_ids: Vec<i64>,
    delta_rows: Vec<f16>,
    /// Row of each live photo.
    places: HashMap<i64, u32>,
    /// Rows of the matrix that count for nothing.
    tombstones: usize,
}

impl Rows {
    pub(super) fn empty(dim: usize) -> Self {
        Self {
            dim,
            base: None,
            base_ids: Vec::new(),
            delta_ids: Vec::new(),
            delta_rows: Vec::new(),
            places: HashMap::new(),
            tombstones: 0,
        }
    }

    pub(super) fn from_matrix(matrix: Matrix) -> Self {
        let dim = matrix.dim();
        let base_ids = matrix.ids().to_vec();
        let live = base_ids.iter().zip(0..).filter(|(id, _)| is_live(**id));
        let places: HashMap<i64, u32> = live.map(|(id, row)| (*id, row)).collect();
        let tombstones = base_ids.len() - places.len();
        Self { places, base_ids, tombstones, base: Some(Arc::new(matrix)), ..Self::empty(dim) }
    }

    /// Number of photos.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn dim(&self) -> usize {
        self.dim
    }

    /// Rows that the matrix on disk does not have, or has in vain.
    pub(super) fn changes(&self) -> usize {
        self.delta_ids.len() + self.tombstones
    }

    pub(super) fn base(&self) -> Option<&Arc<Matrix>> {
        self.base.as_ref()
    }

    /// Photo of a row of the matrix, unless it is a tombstone now.
    pub(super) fn base_photo(&self, row: u32) -> Option<PhotoId> {
        self.base_ids.get(row as usize).copied().filter(|id| is_live(*id)).map(PhotoId)
    }

    pub(super) fn row(&self, photo: PhotoId) -> Option<&[f16]> {
        let row = *self.places.get(&photo.0)? as usize;
        let (rows, row) = match row.checked_sub(self.base_ids.len()) {
            Some(row) => (self.delta().rows, row),
            None => (self.base.as_ref()?.rows(), row),
        };
        rows.get(row * self.dim..(row + 1) * self.dim)
    }

    /// Takes a vector in, or replaces the one the photo had.
    pub(super) fn put(&mut self, photo: PhotoId, vector: &[f16]) {
        self.remove(photo);
        let row = (self.base_ids.len() + self.delta_ids.len()) as u32;
        self.places.insert(photo.0, row);
        self.delta_ids.push(photo.0);
        self.delta_rows.extend_from_slice(vector);
    }

    pub(super) fn remove(&mut self, photo: PhotoId) {
        if let Some(row) = self.places.remove(&photo.0) {
            let row = row as usize;
            match row.checked_sub(self.base_ids.len()) {
                Some(row) => self.delta_ids[row] = DEAD,
                None => {
                    self.base_ids[row] = DEAD;
                    self.tombstones += 1;
                }
            }
        }
    }

    pub(super) fn delta(&self) -> Block<'_> {
        Block { ids: &self.delta_ids, rows: &self.delta_rows, dim: self.dim }
    }

    /// Matrix and delta.
    pub(super) fn blocks(&self) -> Vec<Block<'_>> {
        let base =
            self.base.as_ref().map(|base| Block { ids: &self.base_ids, rows: base.rows(), dim: self.dim });
        base.into_iter().chain([self.delta()]).collect()
    }
}
