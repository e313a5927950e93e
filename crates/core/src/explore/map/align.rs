//! Turns a new map so that it lies on the earlier one.

use super::Point;

/// Where a point is, and where it was.
type Pair = ([f64; 2], [f64; 2]);

/// Turns, mirrors and moves `points`, without a change of scale, so that those that were known lie as near as can be to where they
/// were (Kabsch, 1976).
pub(super) fn onto(points: &mut [Point], known: &[Option<Point>]) {
    let pairs: Vec<Pair> = points
        .iter()
        .zip(known)
        .filter_map(|(now, before)| Some((now.map(f64::from), (*before)?.map(f64::from))))
        .collect();
    if pairs.is_empty() {
        return;
    }
    let mean = |part: fn(&Pair) -> [f64; 2]| {
        let sum = pairs.iter().map(part).fold([0.0; 2], |sum, point| [sum[0] + point[0], sum[1] + point[1]]);
        sum.map(|sum| sum / pairs.len() as f64)
    };
    let (from, to) = (mean(|pair| pair.0), mean(|pair| pair.1));
    // Sums of products of now with before.
    let mut sums = [[0.0; 2]; 2];
    for (now, before) in &pairs {
        for (i, row) in sums.iter_mut().enumerate() {
            for (j, sum) in row.iter_mut().enumerate() {
                *sum += (now[i] - from[i]) * (before[j] - to[j]);
            }
        }
    }
    let turned = ((sums[0][0] + sums[1][1]), (sums[0][1] - sums[1][0]));
    let mirrored = ((sums[0][0] - sums[1][1]), (sums[0][1] + sums[1][0]));
    let is_mirrored = mirrored.0.hypot(mirrored.1) > turned.0.hypot(turned.1);
    let (c, s) = if is_mirrored { mirrored } else { turned };
    let size = c.hypot(s);
    let (c, s) = if size > 0.0 { (c / size, s / size) } else { (1.0, 0.0) };
    for point in points {
        let [x, y] = [f64::from(point[0]) - from[0], f64::from(point[1]) - from[1]];
        let y = if is_mirrored { -y } else { y };
        *point = [(c * x - s * y + to[0]) as f32, (s * x + c * y + to[1]) as f32];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_mirrored_and_moved_map_is_brought_back() {
        let before: Vec<Point> = vec![[0.0, 0.0], [4.0, 1.0], [2.0, 7.0], [-3.0, 2.0]];
        for (angle, mirror) in [(0.0f32, 1.0), (1.1, 1.0), (3.0, -1.0), (-2.0, -1.0)] {
            let moved = before.iter().map(|[x, y]| {
                let y = y * mirror;
                [angle.cos() * x - angle.sin() * y + 9.0, angle.sin() * x + angle.cos() * y - 5.0]
            });
            let mut points: Vec<Point> = moved.collect();
            let known: Vec<Option<Point>> =
                before.iter().take(3).map(|point| Some(*point)).chain([None]).collect();
            onto(&mut points, &known);
            for (point, expected) in points.iter().zip(&before) {
                assert!(
                    (point[0] - expected[0]).hypot(point[1] - expected[1]) < 1e-4,
                    "{angle} {mirror}: {points:?}"
                );
            }
        }
    }
}
