//! The nearest good faces of each face, found exactly.
//!
//! New faces are compared with all good ones, and enter the lists of those that were there before; nothing else is computed
//! again. So the lists are those that a comparison of all with all would give. Blocks of products keep the memory bounded.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::thresholds::{DIM, FLOOR, NEIGHBOURS};

/// Faces that are compared at once: a block of their products is 256 KB.
const QUERIES: usize = 64;
const TARGETS: usize = 1024;

/// A face that is like another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Its place among the faces.
    pub face: u32,
    /// Cosine similarity.
    pub cosine: f32,
}

/// The neighbours of a face, nearest first. `None` until they are looked for.
pub type List = Option<Vec<Near>>;

/// Nearest first; of equals the one with the lower place.
fn order(a: &Near, b: &Near) -> Ordering {
    b.cosine.total_cmp(&a.cosine).then(a.face.cmp(&b.face))
}

/// Fills the lists that are `None`, and puts the faces that are `new` into those of the others. `vectors` holds [`DIM`] components of
/// each face, of unit length; only `good` faces are neighbours. Gives up, and gives false, when `go_on` says so.
pub fn connect(
    vectors: &[f32],
    good: &[bool],
    new: &[bool],
    lists: &mut [List],
    go_on: &(dyn Fn() -> bool + Sync),
) -> bool {
    let faces = |is_wanted: &dyn Fn(usize) -> bool| -> Vec<u32> {
        (0..lists.len()).filter(|face| is_wanted(*face)).map(|face| face as u32).collect()
    };
    let lacking = faces(&|face| lists[face].is_none());
    let old = faces(&|face| lists[face].is_some());
    let all_good = faces(&|face| good[face]);
    let new_good = faces(&|face| good[face] && new[face]);
    let found = nearest(vectors, &lacking, &all_good, go_on);
    let more = nearest(vectors, &old, &new_good, go_on);
    let (Some(found), Some(more)) = (found, more) else { return false };
    for (face, list) in lacking.iter().zip(found) {
        lists[*face as usize] = Some(list);
    }
    for (face, more) in old.iter().zip(more) {
        if let Some(list) = lists[*face as usize].as_mut().filter(|_| !more.is_empty()) {
            list.extend(more);
            list.sort_unstable_by(order);
            list.dedup_by_key(|near| near.face);
            list.truncate(NEIGHBOURS);
        }
    }
    true
}

/// For each of `queries` the nearest of `targets`, itself left out.
fn nearest(
    vectors: &[f32],
    queries: &[u32],
    targets: &[u32],
    go_on: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Vec<Near>>> {
    if targets.is_empty() {
        return Some(vec![Vec::new(); queries.len()]);
    }
    let gathered = gather(vectors, targets);
    let blocks: Option<Vec<Vec<Vec<Near>>>> = queries
        .par_chunks(QUERIES)
        .map(|queries| go_on().then(|| nearest_of_block(vectors, queries, targets, &gathered)))
        .collect();
    Some(blocks?.into_iter().flatten().collect())
}

fn nearest_of_block(vectors: &[f32], queries: &[u32], targets: &[u32], gathered: &[f32]) -> Vec<Vec<Near>> {
    let rows = gather(vectors, queries);
    let mut products = vec![0.0; queries.len() * TARGETS];
    let mut best = vec![Best::default(); queries.len()];
    for (targets, columns) in targets.chunks(TARGETS).zip(gathered.chunks(TARGETS * DIM)) {
        let products = &mut products[..queries.len() * targets.len()];
        multiply(&rows, columns, products);
        for ((query, row), best) in queries.iter().zip(products.chunks(targets.len())).zip(&mut best) {
            for (target, cosine) in targets.iter().zip(row) {
                if *cosine >= best.least && target != query {
                    best.push(Near { face: *target, cosine: *cosine });
                }
            }
        }
    }
    best.into_iter().map(Best::into_sorted).collect()
}

fn gather(vectors: &[f32], faces: &[u32]) -> Vec<f32> {
    faces.iter().flat_map(|face| &vectors[*face as usize * DIM..][..DIM]).copied().collect()
}

/// All products of the rows of `left` with the rows of `right`. Each is summed in the same order wherever it stands, so that it does
/// not depend on what else is compared.
fn multiply(left: &[f32], right: &[f32], products: &mut [f32]) {
    let (rows, columns) = (left.len() / DIM, right.len() / DIM);
    debug_assert_eq!(products.len(), rows * columns);
    // SAFETY: the strides reach no further than rows × DIM, columns × DIM and rows × columns elements, which the three have.
    unsafe {
        matrixmultiply::sgemm(
            rows,
            DIM,
            columns,
            1.0,
            left.as_ptr(),
            DIM as isize,
            1,
            right.as_ptr(),
            1,
            DIM as isize,
            0.0,
            products.as_mut_ptr(),
            columns as isize,
            1,
        );
    }
}

/// The best so far, in no order until they are asked for.
#[derive(Debug, Clone)]
struct Best {
    near: Vec<Near>,
    /// What is less alike is no use.
    least: f32,
}

impl Default for Best {
    fn default() -> Self {
        Self { near: Vec::new(), least: FLOOR }
    }
}

impl Best {
    fn push(&mut self, near: Near) {
        self.near.push(near);
        // Now and then, so that a list costs little.
        if self.near.len() >= 4 * NEIGHBOURS {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.near.len() > NEIGHBOURS {
            self.near.select_nth_unstable_by(NEIGHBOURS - 1, order);
            self.near.truncate(NEIGHBOURS);
            self.least = self.near[NEIGHBOURS - 1].cosine;
        }
    }

    fn into_sorted(mut self) -> Vec<Near> {
        self.cut();
        self.near.sort_unstable_by(order);
        self.near
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, person, vectors_of};
    use super::*;

    fn connected(vectors: &[f32], good: &[bool]) -> Vec<List> {
        let mut lists = vec![None; good.len()];
        assert!(connect(vectors, good, &vec![true; good.len()], &mut lists, &|| true));
        lists
    }

    fn dot(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn the_lists_hold_the_nearest_good_faces() {
        let mut random = Random(1);
        let vectors = vectors_of((0..700).map(|face| person(&mut random, face % 9, 0.7)));
        let good: Vec<bool> = (0..700).map(|face| face % 5 != 0).collect();
        let lists = connected(&vectors, &good);
        for (face, list) in lists.iter().enumerate().step_by(37) {
            let vector = &vectors[face * DIM..][..DIM];
            let mut expected: Vec<Near> = (0..700)
                .filter(|other| good[*other] && *other != face)
                .map(|other| Near { face: other as u32, cosine: dot(vector, &vectors[other * DIM..][..DIM]) })
                .filter(|near| near.cosine >= FLOOR)
                .collect();
            expected.sort_by(order);
            expected.truncate(NEIGHBOURS);
            let list = list.as_ref().unwrap();
            assert_eq!(list.len(), expected.len());
            for (near, expected) in list.iter().zip(&expected) {
                assert!((near.cosine - expected.cosine).abs() < 1e-5, "{face}");
            }
        }
    }

    #[test]
    fn faces_that_come_later_leave_the_lists_as_if_all_had_come_at_once() {
        let mut random = Random(2);
        let vectors = vectors_of((0..300).map(|face| person(&mut random, face % 4, 0.6)));
        let good: Vec<bool> = (0..300).map(|face| face % 7 != 0).collect();
        let at_once = connected(&vectors, &good);
        let mut lists = vec![None; 300];
        for (from, to) in [(0, 120), (120, 121), (121, 300)] {
            let new: Vec<bool> = (0..to).map(|face| face >= from).collect();
            assert!(connect(&vectors[..to * DIM], &good[..to], &new, &mut lists[..to], &|| true));
        }
        assert_eq!(lists, at_once);
        let mut refilled = at_once.clone();
        refilled[17] = None;
        refilled[250] = None;
        assert!(connect(&vectors, &good, &vec![false; 300], &mut refilled, &|| true));
        assert_eq!(refilled, at_once);
    }

    #[test]
    fn the_comparison_can_be_given_up() {
        let vectors = vectors_of((0..200).map(|face| person(&mut Random(face), face, 0.1)));
        let mut lists = vec![None; 200];
        assert!(!connect(&vectors, &[true; 200], &[true; 200], &mut lists, &|| false));
        assert!(lists.iter().all(Option::is_none));
    }
}
