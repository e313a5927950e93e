//! Places for photos that were not laid out: by those that were and are like them.

use super::super::neighbours::Near;
use super::Point;
use super::affinities::neighbourhood;

/// Of the neighbours of a photo, so many decide.
const DECIDING: f64 = 3.0;

/// A start for all from the places of those that are known: each other one is placed by its known neighbours; without any it
/// begins in the middle.
pub(super) fn among_known(known: &[Option<Point>], near: &[Vec<Near>]) -> Vec<Point> {
    let place = |(at, list): (&Option<Point>, &Vec<Near>)| {
        at.unwrap_or_else(|| {
            let anchors: Vec<(Point, f32)> = list
                .iter()
                .filter_map(|(there, square)| Some((known[*there as usize]?, *square)))
                .take(10)
                .collect();
            between(&anchors)
        })
    };
    known.iter().zip(near).map(place).collect()
}

/// A place between anchors with their squared distances, nearest first. Anchors that lie elsewhere on the map than the nearest
/// do not count: a place between two groups would belong to neither.
pub(super) fn between(anchors: &[(Point, f32)]) -> Point {
    let Some((first, _)) = anchors.first() else { return [0.0; 2] };
    let mut apart: Vec<f32> = anchors.iter().map(|(point, _)| distance(*point, *first)).collect();
    apart.sort_unstable_by(f32::total_cmp);
    let reach = apart[apart.len() / 2];
    let near: Vec<&(Point, f32)> =
        anchors.iter().filter(|(point, _)| distance(*point, *first) <= reach).collect();
    let squares: Vec<f64> = near.iter().map(|(_, square)| f64::from(*square)).collect();
    let mut place = [0.0f64; 2];
    for (part, (point, _)) in neighbourhood(&squares, DECIDING).iter().zip(near) {
        place[0] += part * f64::from(point[0]);
        place[1] += part * f64::from(point[1]);
    }
    [place[0] as f32, place[1] as f32]
}

fn distance(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_lies_among_its_neighbours_and_not_between_two_groups() {
        let group = [
            ([1.0, 1.0], 0.1),
            ([1.2, 1.0], 0.11),
            ([1.0, 1.2], 0.12),
            ([50.0, -40.0], 0.13),
            ([60.0, -40.0], 0.14),
        ];
        let [x, y] = between(&group);
        assert!((1.0..1.2).contains(&x) && (1.0..1.2).contains(&y), "{x} {y}");
        assert_eq!(between(&[]), [0.0, 0.0]);
        assert_eq!(between(&[([3.0, 4.0], 0.0)]), [3.0, 4.0]);
    }

    #[test]
    fn those_that_are_known_stay() {
        let near = vec![vec![(1, 0.1)], vec![(0, 0.1)], vec![(0, 0.2), (1, 0.2)], vec![(2, 0.1)]];
        let start = among_known(&[Some([1.0, 2.0]), Some([3.0, 2.0]), None, None], &near);
        assert_eq!((start[0], start[1], start[3]), ([1.0, 2.0], [3.0, 2.0], [0.0, 0.0]));
        assert_eq!(start[2][1], 2.0);
    }
}
