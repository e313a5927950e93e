//! Photos unlike anything else: the local outlier factor (Breunig, Kriegel, Ng and Sander, 2000) over the neighbour graph.

use super::neighbours::{GRAPH_NEIGHBOURS, Neighbours};

/// Neighbours shown beside an outlier.
pub const SHOWN: usize = 3;

/// Distances below this are those of copies: a photo with many copies is not infinitely dense.
const LEAST_DISTANCE: f32 = 0.02;

/// At most so many are called outliers.
const MOST: usize = 500;

/// Robust standard deviations above the median from which on a factor stands out.
const STANDS_OUT: f64 = 3.5;

/// A factor nearer to 1 than this is nothing to show, however alike all others are.
const LEAST_FACTOR: f64 = 1.1;

/// Neighbours that a photo is compared with, among so many photos: enough that a handful of strangers is not at home in itself.
pub fn compared_with(count: usize) -> usize {
    (count / 5).clamp(3, GRAPH_NEIGHBOURS)
}

/// The local outlier factor of each photo, compared with its `k` nearest: about 1 for one that lies as densely as its neighbours do, more for one that lies
/// apart. 1 for everything where there are fewer than three photos. Distances are those of unit vectors, `√(2 − 2 cos)`.
pub fn local_outlier_factors(neighbours: &Neighbours, k: usize) -> Vec<f64> {
    let (count, k) = (neighbours.len(), k.min(neighbours.k()));
    if count < 3 || k == 0 {
        return vec![1.0; count];
    }
    let reach: Vec<f32> = (0..count)
        .map(|place| neighbours.near(place).take(k).map(|near| distance(near.1)).fold(0.0, f32::max))
        .collect();
    let density: Vec<f64> = (0..count)
        .map(|place| {
            let sum: f64 = neighbours
                .near(place)
                .take(k)
                .map(|(there, score)| f64::from(distance(score).max(reach[there as usize])))
                .sum();
            k as f64 / sum
        })
        .collect();
    (0..count)
        .map(|place| {
            let around: f64 = neighbours.near(place).take(k).map(|(there, _)| density[there as usize]).sum();
            around / (k as f64 * density[place])
        })
        .collect()
}

/// Places of the photos whose factor stands out from all others, the most unlike first.
pub fn standing_out(factors: &[f64]) -> Vec<usize> {
    let mut sorted = factors.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let Some(median) = middle(&sorted) else { return Vec::new() };
    let mut deviations: Vec<f64> = factors.iter().map(|factor| (factor - median).abs()).collect();
    deviations.sort_unstable_by(f64::total_cmp);
    let spread = 1.4826 * middle(&deviations).unwrap_or(0.0);
    let least = (median + STANDS_OUT * spread).max(LEAST_FACTOR);
    let mut places: Vec<usize> = (0..factors.len()).filter(|place| factors[*place] > least).collect();
    places.sort_by(|a, b| factors[*b].total_cmp(&factors[*a]).then(a.cmp(b)));
    places.truncate(MOST);
    places
}

fn middle(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len() / 2).copied()
}

fn distance(similarity: f32) -> f32 {
    (2.0 - 2.0 * similarity).max(0.0).sqrt().max(LEAST_DISTANCE)
}

#[cfg(test)]
mod tests {
    use super::super::space::Space;
    use super::super::space::testing::*;
    use super::super::steps::testing::unwatched;
    use super::*;
    use crate::ids::PhotoId;

    fn factors(space: &Space) -> Vec<f64> {
        let neighbours = unwatched(|steps| Neighbours::of(space, GRAPH_NEIGHBOURS, steps).unwrap());
        local_outlier_factors(&neighbours, compared_with(space.len()))
    }

    #[test]
    fn strangers_come_first_and_nothing_else_stands_out() {
        let mut vectors = groups(4, 50, 32, 0.25);
        let strangers = groups(3, 1, 32, 0.0).into_iter().map(|v| v.into_iter().rev().collect::<Vec<f32>>());
        vectors.extend(strangers);
        let factors = factors(&space(&vectors));
        let mut found = standing_out(&factors);
        found.truncate(3);
        found.sort_unstable();
        assert_eq!(found, [200, 201, 202], "{factors:?}");
        assert!(standing_out(&factors).len() <= 6, "{:?}", standing_out(&factors));
    }

    #[test]
    fn the_order_of_the_photos_changes_nothing() {
        let vectors = groups(2, 30, 12, 0.6);
        let pairs: Vec<_> = vectors.into_iter().zip(1..).map(|(vector, id)| (PhotoId(id), vector)).collect();
        assert_eq!(factors(&numbered(pairs.clone())), factors(&numbered(pairs.into_iter().rev())));
    }

    #[test]
    fn few_photos_and_identical_photos_have_no_outliers() {
        for vectors in [vec![], groups(1, 1, 4, 0.1), groups(2, 1, 4, 0.1), vec![vec![0.3, 0.4, 1.0]; 40]] {
            let factors = factors(&space(&vectors));
            assert!(factors.iter().all(|factor| (factor - 1.0).abs() < 1e-9), "{factors:?}");
            assert!(standing_out(&factors).is_empty());
        }
    }

    #[test]
    fn one_photo_among_copies_of_another_stands_out() {
        let mut vectors = vec![vec![1.0, 0.0, 0.0]; 30];
        vectors.push(vec![0.0, 1.0, 0.0]);
        assert_eq!(standing_out(&factors(&space(&vectors))), [30]);
    }
}
