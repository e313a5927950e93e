//! A photo with its score, and the best k of many.

use std::cmp::Ordering;

use crate::ids::PhotoId;

/// A photo and how near it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// The photo.
    pub photo: PhotoId,
    /// Cosine similarity, −1 to 1.
    pub score: f32,
}

impl Neighbour {
    /// Rounding to f16 lets a photo score a hair above 1 against itself; NaN sorts behind everything.
    #[inline]
    pub(super) fn new(photo: PhotoId, score: f32) -> Self {
        let score = if score.is_nan() { -1.0 } else { score.clamp(-1.0, 1.0) };
        Self { photo, score }
    }

    /// Nearest first, equal scores by id: a total order, so pages never overlap.
    #[inline]
    pub(super) fn by_rank(a: &Self, b: &Self) -> Ordering {
        b.score.total_cmp(&a.score).then(a.photo.cmp(&b.photo))
    }
}

/// Keeps the best `k` of everything pushed: a buffer of twice the size, halved when full.
pub(super) struct TopK {
    k: usize,
    kept: Vec<Neighbour>,
    /// No worse than this rank is of interest, once `k` are known.
    worst: Option<Neighbour>,
}

impl TopK {
    pub(super) fn new(k: usize) -> Self {
        Self { k, kept: Vec::new(), worst: None }
    }

    #[inline]
    pub(super) fn push(&mut self, neighbour: Neighbour) {
        let passes = |worst: &Neighbour| Neighbour::by_rank(&neighbour, worst) == Ordering::Less;
        if self.worst.as_ref().is_none_or(passes) {
            self.kept.push(neighbour);
            if self.kept.len() >= self.k.saturating_mul(2).max(64) {
                self.halve();
            }
        }
    }

    pub(super) fn merge(mut self, other: Self) -> Self {
        for neighbour in other.kept {
            self.push(neighbour);
        }
        self
    }

    /// The best `k`, nearest first.
    pub(super) fn into_sorted(mut self) -> Vec<Neighbour> {
        self.halve();
        self.kept.sort_unstable_by(Neighbour::by_rank);
        self.kept
    }

    fn halve(&mut self) {
        if self.k == 0 {
            self.kept.clear();
        } else if self.kept.len() >= self.k {
            let (_, worst, _) = self.kept.select_nth_unstable_by(self.k - 1, Neighbour::by_rank);
            self.worst = Some(*worst);
            self.kept.truncate(self.k);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_k_are_those_of_a_full_sort_with_ties_by_id_and_nan_last() {
        let scores = |i: i64| match i % 7 {
            0 => f32::NAN,
            1 => 0.5,
            _ => ((i * 7919) % 1000) as f32 / 1000.0,
        };
        let all: Vec<_> = (0..5000).map(|i| Neighbour::new(PhotoId(i), scores(i))).collect();
        let mut sorted = all.clone();
        sorted.sort_by(Neighbour::by_rank);
        for k in [0, 1, 2, 10, 63, 64, 65, 777, 4999, 5000, 9000] {
            let (mut a, mut b) = (TopK::new(k), TopK::new(k));
            all.iter().rev().for_each(|n| if n.photo.0 % 3 == 0 { a.push(*n) } else { b.push(*n) });
            assert_eq!(a.merge(b).into_sorted(), sorted[..k.min(5000)], "k = {k}");
        }
        assert_eq!(sorted[4999].score, -1.0);
    }
}
