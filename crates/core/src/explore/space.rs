//! The vectors that a question is about.

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::ids::PhotoId;
use crate::vectors::dot_rows;

/// Unit vectors of photos, in order of photo id. Elsewhere in this folder a photo is its place in this order.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    ids: Vec<PhotoId>,
    dim: usize,
    rows: Vec<f16>,
}

impl Space {
    /// The photos in any order; of one that comes twice the first vector counts. What has not `dim` components, or some that are
    /// no numbers, is left out.
    pub fn new<'a>(dim: usize, vectors: impl IntoIterator<Item = (PhotoId, &'a [f16])>) -> Self {
        let is_vector =
            |row: &[f16]| row.len() == dim && dim > 0 && row.iter().all(|component| component.is_finite());
        let mut vectors: Vec<(PhotoId, &[f16])> =
            vectors.into_iter().filter(|(_, row)| is_vector(row)).collect();
        vectors.sort_by_key(|(photo, _)| *photo);
        vectors.dedup_by_key(|(photo, _)| *photo);
        let mut rows = Vec::with_capacity(vectors.len() * dim);
        vectors.iter().for_each(|(_, row)| rows.extend_from_slice(row));
        Self { ids: vectors.into_iter().map(|(photo, _)| photo).collect(), dim, rows }
    }

    /// Number of photos.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// There is no photo.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Number of components of a vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The photos, in order of id.
    pub fn ids(&self) -> &[PhotoId] {
        &self.ids
    }

    /// Where a photo is in the order.
    pub fn place(&self, photo: PhotoId) -> Option<usize> {
        self.ids.binary_search(&photo).ok()
    }

    /// The vector at a place: `dim` components.
    pub fn row(&self, place: usize) -> &[f16] {
        &self.rows[place * self.dim..(place + 1) * self.dim]
    }

    /// Cosine similarity of two photos, −1 to 1.
    pub fn similarity(&self, a: usize, b: usize) -> f32 {
        dot_rows(self.row(a), self.row(b)).clamp(-1.0, 1.0)
    }

    /// Writes a vector in single precision.
    pub fn load(&self, place: usize, into: &mut [f32]) {
        self.row(place).convert_to_f32_slice(into);
    }

    /// The mean of the vectors at `places`, not of unit length; zeros where there are none.
    pub fn mean(&self, places: impl IntoIterator<Item = usize>) -> Vec<f32> {
        let (mut sums, mut count) = (vec![0.0f64; self.dim], 0usize);
        for place in places {
            count += 1;
            sums.iter_mut().zip(self.row(place)).for_each(|(sum, component)| *sum += component.to_f64());
        }
        sums.into_iter().map(|sum| (sum / count.max(1) as f64) as f32).collect()
    }

    /// Only the photos at `places`, which are in order.
    pub fn part(&self, places: &[usize]) -> Self {
        let mut rows = Vec::with_capacity(places.len() * self.dim);
        places.iter().for_each(|place| rows.extend_from_slice(self.row(*place)));
        Self { ids: places.iter().map(|place| self.ids[*place]).collect(), dim: self.dim, rows }
    }

    /// A number that changes when any photo or vector does.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(self.dim as u64).to_le_bytes());
        self.ids.iter().for_each(|photo| {
            hasher.update(&photo.0.to_le_bytes());
        });
        hasher.update_rayon(bytemuck::cast_slice(&self.rows));
        *hasher.finalize().as_bytes()
    }

    /// A number of one vector, to see whether it is the one of before.
    pub(super) fn stamp(&self, place: usize) -> u64 {
        let hash = blake3::hash(bytemuck::cast_slice(self.row(place)));
        hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A space of vectors that need not have unit length, with the ids 1, 2, 3 …
    pub(crate) fn space(vectors: &[Vec<f32>]) -> Space {
        numbered(vectors.iter().zip(1..).map(|(vector, id)| (PhotoId(id), vector.clone())))
    }

    pub(crate) fn numbered(vectors: impl IntoIterator<Item = (PhotoId, Vec<f32>)>) -> Space {
        let halves: Vec<(PhotoId, Vec<f16>)> = vectors
            .into_iter()
            .map(|(photo, vector)| {
                let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-12);
                (photo, vector.iter().map(|x| f16::from_f32(x / length)).collect())
            })
            .collect();
        let dim = halves.first().map_or(1, |(_, row)| row.len());
        Space::new(dim, halves.iter().map(|(photo, row)| (*photo, row.as_slice())))
    }

    /// `count` vectors around each of `groups` random directions; the smaller `spread`, the closer. In turn: one of each group.
    pub(crate) fn groups(groups: usize, count: usize, dim: usize, spread: f32) -> Vec<Vec<f32>> {
        let mut random = super::super::random::Random::new(11);
        let mut direction = || (0..dim).map(|_| random.signed()).collect::<Vec<f32>>();
        let centres: Vec<Vec<f32>> = (0..groups).map(|_| direction()).collect();
        let mut vectors = Vec::new();
        for _ in 0..count {
            for centre in &centres {
                let noise = direction();
                vectors.push(centre.iter().zip(noise).map(|(c, n)| c + spread * n).collect());
            }
        }
        vectors
    }
}

#[cfg(test)]
mod tests {
    use super::testing::*;
    use super::*;

    #[test]
    fn photos_are_sorted_and_what_is_no_vector_is_left_out() {
        let one = [f16::ONE, f16::ZERO];
        let two = [f16::ZERO, f16::ONE];
        let broken = [f16::NAN, f16::ONE];
        let rows: [(i64, &[f16]); 5] = [(9, &one), (2, &two), (2, &one), (4, &broken), (5, &one[..1])];
        let space = Space::new(2, rows.map(|(id, row)| (PhotoId(id), row)));
        assert_eq!(space.ids(), [PhotoId(2), PhotoId(9)]);
        assert_eq!((space.row(0), space.row(1)), (&two[..], &one[..]));
        assert_eq!((space.place(PhotoId(9)), space.place(PhotoId(4))), (Some(1), None));
    }

    #[test]
    fn the_fingerprint_follows_photos_and_vectors_and_not_their_order() {
        let vectors = groups(2, 3, 5, 0.1);
        let pairs: Vec<_> =
            vectors.iter().zip(1..).map(|(vector, id)| (PhotoId(id), vector.clone())).collect();
        let print = numbered(pairs.clone()).fingerprint();
        assert_eq!(numbered(pairs.iter().rev().cloned()).fingerprint(), print);
        assert_ne!(numbered(pairs[1..].iter().cloned()).fingerprint(), print);
        let mut changed = pairs.clone();
        changed[0].1[0] += 0.5;
        assert_ne!(numbered(changed).fingerprint(), print);
    }
}
