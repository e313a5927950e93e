//! How far a map can be believed.

use rayon::prelude::*;

use super::super::pca::Principal;
use super::super::random::mixed;
use super::Point;

/// Photos that are asked; more hardly change the mean.
const ASKED: usize = 1000;

/// The trustworthiness of a map (Venna and Kaski, 2001), as scikit-learn defines it: 1 when the `k` nearest points of each photo
/// on the map are among the nearest in the space of the components; strangers on the map cost as much as they are far away there.
/// Over at most a thousand photos. `None` for fewer than `2 k` photos, of which nothing can be said.
pub fn trustworthiness(components: &Principal, points: &[Point], k: usize) -> Option<f32> {
    let count = points.len();
    if k == 0 || count <= 2 * k || components.dim == 0 {
        return None;
    }
    let mut asked: Vec<usize> = (0..count).collect();
    asked.sort_by_key(|place| mixed(*place as u64));
    asked.truncate(ASKED);
    let dim = components.dim;
    let row = |place: usize| &components.rows[place * dim..(place + 1) * dim];
    let cost = |place: &usize| -> f64 {
        let far =
            |other: usize| row(*place).iter().zip(row(other)).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        let shown = |other: usize| {
            let [x, y] = [points[*place][0] - points[other][0], points[*place][1] - points[other][1]];
            x * x + y * y
        };
        let others: Vec<usize> = (0..count).filter(|other| other != place).collect();
        let mut ranked: Vec<(f32, usize)> = others.iter().map(|other| (far(*other), *other)).collect();
        ranked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut rank = vec![0usize; count];
        ranked.iter().zip(1..).for_each(|((_, other), place)| rank[*other] = place);
        let mut near: Vec<(f32, usize)> = others.iter().map(|other| (shown(*other), *other)).collect();
        let (near, _, _) = near.select_nth_unstable_by(k, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        near.iter().map(|(_, other)| rank[*other].saturating_sub(k) as f64).sum()
    };
    let costs: Vec<f64> = asked.par_iter().map(cost).collect();
    let (n, k) = (count as f64, k as f64);
    let worst = k * (2.0 * n - 3.0 * k - 1.0) / 2.0;
    Some((1.0 - costs.iter().sum::<f64>() / (asked.len() as f64 * worst)) as f32)
}

#[cfg(test)]
mod tests {
    use super::super::super::random::Random;
    use super::*;

    #[test]
    fn a_map_that_shows_the_components_is_trusted_and_a_shuffled_one_is_not() {
        let mut random = Random::new(8);
        let points: Vec<Point> = (0..400).map(|_| [random.signed(), random.signed()]).collect();
        let components = Principal { dim: 2, rows: points.iter().flatten().copied().collect() };
        assert_eq!(trustworthiness(&components, &points, 12), Some(1.0));
        let mut shuffled = points.clone();
        random.shuffle(&mut shuffled);
        let trust = trustworthiness(&components, &shuffled, 12).unwrap();
        assert!((trust - 0.5).abs() < 0.05, "{trust}");
        assert_eq!(trustworthiness(&components, &points[..20], 12), None);
    }
}
