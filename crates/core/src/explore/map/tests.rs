//! Maps as a whole.

use super::super::space::testing::*;
use super::super::steps::testing::unwatched;
use super::*;

fn map_of(space: &Space, earlier: &Earlier) -> Vec<Point> {
    unwatched(|steps| {
        let components = components(space, steps).unwrap();
        laid_out(space, &components, earlier, steps).unwrap()
    })
}

/// The part of each photo's nearest point on the map that is of its own group; photos come in turn from `groups` groups.
fn kept_together(points: &[Point], groups: usize) -> f64 {
    let nearest = |a: usize| {
        let far = |b: usize| (points[a][0] - points[b][0]).hypot(points[a][1] - points[b][1]);
        (0..points.len()).filter(|b| *b != a).min_by(|b, c| far(*b).total_cmp(&far(*c))).unwrap()
    };
    let own = (0..points.len()).filter(|a| nearest(*a) % groups == a % groups).count();
    own as f64 / points.len() as f64
}

#[test]
fn groups_lie_together_on_the_map_and_it_is_the_same_every_time() {
    let vectors = groups(6, 40, 40, 0.5);
    let space = space(&vectors);
    let points = map_of(&space, &Earlier::new());
    assert!(kept_together(&points, 6) > 0.98, "{}", kept_together(&points, 6));
    let trust = unwatched(|steps| trustworthiness(&components(&space, steps).unwrap(), &points, 12).unwrap());
    assert!(trust > 0.85, "{trust}");
    assert_eq!(map_of(&space, &Earlier::new()), points);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(pool.install(|| map_of(&space, &Earlier::new())), points);
    let pairs: Vec<_> = vectors.into_iter().zip(1..).map(|(vector, id)| (PhotoId(id), vector)).collect();
    let turned = numbered(pairs.into_iter().rev());
    assert_eq!(map_of(&turned, &Earlier::new()), points);
}

#[test]
fn photos_that_are_added_move_the_old_ones_little() {
    let vectors = groups(5, 50, 30, 0.5);
    let pairs: Vec<_> = vectors.into_iter().zip(1..).map(|(vector, id)| (PhotoId(id), vector)).collect();
    let (before, after) = (numbered(pairs[..225].iter().cloned()), numbered(pairs));
    let old = map_of(&before, &Earlier::new());
    let earlier: Earlier = before.ids().iter().copied().zip(old.iter().copied()).collect();
    let new = map_of(&after, &earlier);
    let extent = old.iter().flatten().fold(0.0f32, |most, part| most.max(part.abs())) * 2.0;
    let moved = |(old, new): (&Point, &Point)| (old[0] - new[0]).hypot(old[1] - new[1]) / extent;
    let mut moves: Vec<f32> = old.iter().zip(&new).map(moved).collect();
    moves.sort_by(f32::total_cmp);
    assert!(
        moves[moves.len() / 2] < 0.03 && moves[moves.len() * 9 / 10] < 0.1,
        "{:?}",
        &moves[moves.len() - 30..]
    );
    assert!(kept_together(&new, 5) > 0.95);
}

#[test]
fn few_photos_identical_photos_and_a_constant_dimension_have_maps() {
    for vectors in [
        vec![],
        groups(1, 1, 4, 0.1),
        groups(1, 2, 4, 0.1),
        groups(1, 3, 4, 0.1),
        groups(1, 4, 4, 0.1),
        groups(1, 5, 4, 0.1),
        vec![vec![0.5, 0.5, 1.0]; 30],
        (0..30).map(|at| vec![1.0, if at % 2 == 0 { 0.3 } else { 0.9 }, 0.0]).collect(),
    ] {
        let space = space(&vectors);
        let points = in_unit_square(&map_of(&space, &Earlier::new()));
        assert_eq!(points.len(), vectors.len());
        assert!(points.iter().flatten().all(|part| (-1.0..=1.0).contains(part)), "{points:?}");
    }
}

#[test]
fn the_unit_square_keeps_proportions() {
    assert_eq!(
        in_unit_square(&[[2.0, 5.0], [6.0, 5.0], [4.0, 6.0]]),
        [[-1.0, -0.25], [1.0, -0.25], [0.0, 0.25]]
    );
    assert_eq!(in_unit_square(&[[7.0, 7.0]; 2]), [[0.0; 2]; 2]);
    assert_eq!(in_unit_square(&[]), [[0.0; 2]; 0]);
}
