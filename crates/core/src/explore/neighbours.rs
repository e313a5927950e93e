//! The nearest neighbours of every photo, exactly: products of blocks on all cores.
//!
//! *Source of the shape*: a brute-force k-NN graph, as in FAISS' `knn`; candidates come from single-precision block products and
//! are scored again by the kernel that answers searches, so that a score here is the score there.

use std::cmp::Ordering;
use std::collections::HashMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::products::products;
use super::space::Space;
use super::steps::{Counter, Stage, Steps};
use crate::error::Result;
use crate::ids::PhotoId;

/// Neighbours of a photo in the graph that themes and outliers are made of.
pub const GRAPH_NEIGHBOURS: usize = 20;

/// Rows of a block of products: two of them and their products stay near the core at 512 components.
const TILE: usize = 256;

/// Candidates beyond `k` that are scored again: single precision and the kernel's half precision may order them differently.
const MARGIN: usize = 8;

/// The nearest photos of each photo of a space, nearest first; equal ones in order of id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    /// Neighbours of each photo: as many as were asked for, or all others.
    k: usize,
    ids: Vec<i64>,
    /// Of each vector, to see which have changed since.
    stamps: Vec<u64>,
    places: Vec<u32>,
    scores: Vec<f32>,
}

/// A place and how near it is.
pub(super) type Near = (u32, f32);

impl Neighbours {
    /// Compares every photo with every other.
    ///
    /// # Errors
    /// [`Error::Cancelled`](crate::Error::Cancelled).
    pub fn of(space: &Space, k: usize, steps: &Steps<'_>) -> Result<Self> {
        let all: Vec<u32> = (0..space.len() as u32).collect();
        let counter = steps.begin(Stage::Comparing, all.len());
        let lists = nearest_of(space, &all, &all, k, &counter)?;
        Ok(Self::new(space, k, lists))
    }

    /// As [`Self::of`], with the help of what was known of an earlier state: only photos that are new, or that lost a neighbour,
    /// are compared with all others. The result is the same.
    ///
    /// # Errors
    /// [`Error::Cancelled`](crate::Error::Cancelled).
    pub fn updated(before: &Self, space: &Space, k: usize, steps: &Steps<'_>) -> Result<Self> {
        let known = known_places(before, space);
        let fresh: Vec<u32> =
            (0..space.len() as u32).filter(|place| known[*place as usize].is_none()).collect();
        if before.k() < k.min(before.len().saturating_sub(1)) || fresh.len() * 2 > space.len() {
            return Self::of(space, k, steps);
        }
        let now: HashMap<u32, u32> =
            known.iter().zip(0..).filter_map(|(old, place)| Some(((*old)?, place))).collect();
        let (mut lists, mut stale) = (vec![Vec::new(); space.len()], fresh.clone());
        for (place, old) in (0u32..).zip(&known) {
            let Some(old) = old else { continue };
            let list: Option<Vec<Near>> =
                before.near(*old as usize).map(|(there, score)| Some((*now.get(&there)?, score))).collect();
            match list {
                Some(list) => lists[place as usize] = list,
                None => stale.push(place),
            }
        }
        stale.sort_unstable();
        let kept: Vec<u32> =
            (0..space.len() as u32).filter(|place| stale.binary_search(place).is_err()).collect();
        let all: Vec<u32> = (0..space.len() as u32).collect();
        let counter = steps.begin(Stage::Comparing, space.len());
        for (place, list) in stale.iter().zip(nearest_of(space, &stale, &all, k, &counter)?) {
            lists[*place as usize] = list;
        }
        for (place, found) in kept.iter().zip(nearest_of(space, &kept, &fresh, k, &counter)?) {
            let list = &mut lists[*place as usize];
            list.extend(found);
            list.sort_unstable_by(by_rank);
            list.truncate(k);
        }
        Ok(Self::new(space, k, lists))
    }

    fn new(space: &Space, k: usize, lists: Vec<Vec<Near>>) -> Self {
        let k = k.min(space.len().saturating_sub(1));
        Self {
            k,
            ids: space.ids().iter().map(|photo| photo.0).collect(),
            stamps: (0..space.len()).into_par_iter().map(|place| space.stamp(place)).collect(),
            places: lists.iter().flatten().map(|near| near.0).collect(),
            scores: lists.iter().flatten().map(|near| near.1).collect(),
        }
    }

    /// Neighbours of each photo.
    pub fn k(&self) -> usize {
        self.k
    }

    /// Number of photos.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// There is no photo.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Places and cosine similarities of the neighbours of the photo at `place`, nearest first.
    pub fn near(&self, place: usize) -> impl ExactSizeIterator<Item = (u32, f32)> + '_ {
        let range = place * self.k..(place + 1) * self.k;
        self.places[range.clone()].iter().copied().zip(self.scores[range].iter().copied())
    }
}

/// Where each photo was before, if it was there and has the same vector.
fn known_places(before: &Neighbours, space: &Space) -> Vec<Option<u32>> {
    let place = |(at, PhotoId(id)): (usize, &PhotoId)| {
        let old = before.ids.binary_search(id).ok()?;
        (before.stamps.get(old) == Some(&space.stamp(at))).then_some(old as u32)
    };
    space.ids().par_iter().enumerate().map(place).collect()
}

/// The `k` nearest of `columns` for each of `queries`, without itself. Both are places of `space` in rising order.
fn nearest_of(
    space: &Space,
    queries: &[u32],
    columns: &[u32],
    k: usize,
    counter: &Counter<'_>,
) -> Result<Vec<Vec<Near>>> {
    let load = |place: u32, into: &mut [f32]| space.load(place as usize, into);
    let vectors = Vectors { dim: space.dim(), load: &load, bias: None };
    let found = nearest(&vectors, queries, columns, k.saturating_add(MARGIN), counter)?;
    let again = |(query, list): (&u32, Vec<Near>)| {
        let score = |(place, _)| (place, space.similarity(*query as usize, place as usize));
        let mut list: Vec<Near> = list.into_iter().map(score).collect();
        list.sort_unstable_by(by_rank);
        list.truncate(k);
        list
    };
    Ok(queries.par_iter().zip(found).map(again).collect())
}

/// Vectors that can be compared by products.
pub(super) struct Vectors<'a> {
    pub dim: usize,
    /// Writes the vector of a place.
    pub load: &'a (dyn Fn(u32, &mut [f32]) + Sync),
    /// What is taken off the product with the vector of each place: half its squared length makes the order that of distances.
    pub bias: Option<&'a [f32]>,
}

/// The `k` largest products, less bias, of each of `queries` with `columns`, without itself; the largest first.
pub(super) fn nearest(
    vectors: &Vectors<'_>,
    queries: &[u32],
    columns: &[u32],
    k: usize,
    counter: &Counter<'_>,
) -> Result<Vec<Vec<Near>>> {
    let dim = vectors.dim;
    let load_all = |places: &[u32], into: &mut Vec<f32>| {
        into.resize(places.len() * dim, 0.0);
        places.iter().zip(into.chunks_exact_mut(dim)).for_each(|(place, row)| (vectors.load)(*place, row));
    };
    let block = |queries: &[u32]| -> Result<Vec<Vec<Near>>> {
        let (mut left, mut right, mut out) = (Vec::new(), Vec::new(), Vec::new());
        load_all(queries, &mut left);
        let mut best: Vec<Best> = queries.iter().map(|_| Best::new(k)).collect();
        for columns in columns.chunks(TILE) {
            counter.go_on()?;
            load_all(columns, &mut right);
            out.resize(queries.len() * columns.len(), 0.0);
            products(&left, &right, dim, &mut out);
            if let Some(bias) = vectors.bias {
                for row in out.chunks_exact_mut(columns.len()) {
                    row.iter_mut().zip(columns).for_each(|(score, place)| *score -= bias[*place as usize]);
                }
            }
            for ((query, best), scores) in queries.iter().zip(&mut best).zip(out.chunks_exact(columns.len()))
            {
                best.take(*query, columns, scores);
            }
        }
        counter.add(queries.len())?;
        Ok(best.into_iter().map(|best| best.kept).collect())
    };
    let blocks: Result<Vec<Vec<Vec<Near>>>> = queries.par_chunks(TILE).map(block).collect();
    Ok(blocks?.into_iter().flatten().collect())
}

/// The best `k` so far, in order.
struct Best {
    k: usize,
    kept: Vec<Near>,
    least: f32,
}

impl Best {
    fn new(k: usize) -> Self {
        Self { k, kept: Vec::with_capacity(k + 1), least: f32::NEG_INFINITY }
    }

    fn take(&mut self, query: u32, places: &[u32], scores: &[f32]) {
        for (places, scores) in places.chunks(16).zip(scores.chunks(16)) {
            // Most blocks hold nothing better: one comparison settles sixteen.
            let most = scores
                .iter()
                .fold(f32::NEG_INFINITY, |most, score| if *score > most { *score } else { most });
            if most <= self.least && self.kept.len() >= self.k {
                continue;
            }
            for (place, score) in places.iter().zip(scores) {
                if *place != query && (self.kept.len() < self.k || *score > self.least) && !score.is_nan() {
                    self.insert((*place, *score));
                }
            }
        }
    }

    /// Places come in rising order, so that an equal score goes behind those that are there.
    fn insert(&mut self, near: Near) {
        if self.k == 0 {
            return;
        }
        let at = self.kept.partition_point(|kept| kept.1 >= near.1);
        self.kept.insert(at, near);
        self.kept.truncate(self.k);
        self.least = self.kept.last().map_or(f32::NEG_INFINITY, |last| last.1);
    }
}

/// Nearest first, equal ones by place.
fn by_rank(a: &Near, b: &Near) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

#[cfg(test)]
mod tests {
    use super::super::space::testing::*;
    use super::super::steps::testing::unwatched;
    use super::*;
    use crate::error::Error;
    use crate::indexing::JobControl;

    fn schoolbook(space: &Space, k: usize) -> Vec<Vec<Near>> {
        let list = |a: usize| {
            let others = (0..space.len()).filter(|b| *b != a);
            let mut list: Vec<Near> = others.map(|b| (b as u32, space.similarity(a, b))).collect();
            list.sort_by(by_rank);
            list.truncate(k);
            list
        };
        (0..space.len()).map(list).collect()
    }

    fn lists(neighbours: &Neighbours) -> Vec<Vec<Near>> {
        (0..neighbours.len()).map(|place| neighbours.near(place).collect()).collect()
    }

    #[test]
    fn neighbours_are_those_of_comparing_all_pairs() {
        for (count, k) in [(0, 5), (1, 5), (2, 5), (3, 1), (40, 5), (700, 12)] {
            let space = space(&groups(1, count, 24, 1.0));
            let found = unwatched(|steps| Neighbours::of(&space, k, steps).unwrap());
            assert_eq!(lists(&found), schoolbook(&space, k), "{count} photos");
        }
    }

    #[test]
    fn identical_photos_are_each_other_s_neighbours_in_order_of_id() {
        let space = space(&vec![vec![1.0, 0.0, 2.0]; 50]);
        let found = unwatched(|steps| Neighbours::of(&space, 3, steps).unwrap());
        let places = |place: usize| found.near(place).map(|near| near.0).collect::<Vec<_>>();
        assert_eq!((places(0), places(2), places(49)), (vec![1, 2, 3], vec![0, 1, 3], vec![0, 1, 2]));
    }

    #[test]
    fn an_update_gives_what_a_new_comparison_gives() {
        let vectors = groups(4, 60, 16, 0.8);
        let pairs: Vec<_> = vectors.into_iter().zip(1..).map(|(vector, id)| (PhotoId(id), vector)).collect();
        let before = numbered(pairs[..200].iter().cloned());
        let mut after: Vec<_> = pairs[20..].to_vec();
        after[5].1[0] += 2.0;
        let after = numbered(after);
        unwatched(|steps| {
            let known = Neighbours::of(&before, 9, steps).unwrap();
            assert_eq!(
                Neighbours::updated(&known, &after, 9, steps).unwrap(),
                Neighbours::of(&after, 9, steps).unwrap()
            );
            assert_eq!(Neighbours::updated(&known, &before, 9, steps).unwrap(), known);
        });
    }

    #[test]
    fn the_number_of_threads_changes_nothing_and_a_cancelled_comparison_ends() {
        let space = space(&groups(3, 300, 32, 0.5));
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| unwatched(|steps| Neighbours::of(&space, 10, steps).unwrap()))
        };
        assert_eq!(with(1), with(5));
        let control = JobControl::default();
        control.cancel();
        let ended = Neighbours::of(&space, 10, &Steps::new(&control, &|_| {}));
        assert!(matches!(ended, Err(Error::Cancelled)));
    }
}
