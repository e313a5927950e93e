//! Forces between all points, those far away together: Barnes and Hut's tree (1986).

/// A square that holds points, or a point.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// Mean of the points.
    centre: [f32; 2],
    count: f32,
    /// Side of the square, squared.
    side_squared: f32,
    /// The cell behind all that lie in this one.
    next: u32,
    is_leaf: bool,
}

/// The points sorted into squares of squares.
pub(super) struct Quadtree {
    cells: Vec<Cell>,
}

/// Squares smaller than the extent by so many halvings hold their points as one.
const DEPTH: u32 = 20;

/// A square seen under a smaller angle than this counts as one point.
const ANGLE_SQUARED: f32 = 0.25;

impl Quadtree {
    pub(super) fn of(points: &[[f32; 2]]) -> Self {
        let bound = |fold: fn(f32, f32) -> f32, start: f32, at: usize| {
            points.iter().fold(start, |all, point| fold(all, point[at]))
        };
        let low = [bound(f32::min, f32::INFINITY, 0), bound(f32::min, f32::INFINITY, 1)];
        let high = [bound(f32::max, f32::NEG_INFINITY, 0), bound(f32::max, f32::NEG_INFINITY, 1)];
        let side = (high[0] - low[0]).max(high[1] - low[1]).max(f32::MIN_POSITIVE);
        let cells_a_side = f64::from(1u32 << DEPTH) - 1.0;
        let step = |point: &[f32; 2], at: usize| {
            (f64::from(point[at] - low[at]) / f64::from(side) * cells_a_side) as u64
        };
        let mut sorted: Vec<(u64, u32)> = points
            .iter()
            .zip(0..)
            .map(|(point, number)| (interleaved(step(point, 0)) << 1 | interleaved(step(point, 1)), number))
            .collect();
        sorted.sort_unstable();
        let mut tree = Self { cells: Vec::with_capacity(2 * points.len()) };
        if !sorted.is_empty() {
            tree.add(points, &sorted, DEPTH, side);
        }
        tree
    }

    /// Adds the cell of points whose codes agree above `level`, and what lies in it.
    fn add(&mut self, points: &[[f32; 2]], sorted: &[(u64, u32)], level: u32, side: f32) -> ([f64; 2], f64) {
        let at = self.cells.len();
        let is_leaf = sorted.len() == 1 || level == 0;
        self.cells.push(Cell { centre: [0.0; 2], count: 0.0, side_squared: side * side, next: 0, is_leaf });
        let (mut sum, mut count) = ([0.0f64; 2], 0.0f64);
        if is_leaf {
            for (_, number) in sorted {
                let point = points[*number as usize];
                sum[0] += f64::from(point[0]);
                sum[1] += f64::from(point[1]);
            }
            count = sorted.len() as f64;
        } else {
            let shift = 2 * (level - 1);
            let mut rest = sorted;
            while let Some(first) = rest.first() {
                let quarter = first.0 >> shift;
                let end = rest.partition_point(|point| point.0 >> shift <= quarter);
                let (here, behind) = rest.split_at(end);
                let (part, number) = self.add(points, here, level - 1, side / 2.0);
                sum[0] += part[0];
                sum[1] += part[1];
                count += number;
                rest = behind;
            }
        }
        let next = self.cells.len() as u32;
        let cell = &mut self.cells[at];
        cell.centre = [(sum[0] / count) as f32, (sum[1] / count) as f32];
        cell.count = count as f32;
        cell.next = next;
        (sum, count)
    }

    /// How strongly all other points push one away, and the sum of its likenesses `1 / (1 + d²)` with them.
    pub(super) fn push(&self, point: [f32; 2]) -> ([f32; 2], f64) {
        let (mut force, mut likeness) = ([0.0f32; 2], 0.0f64);
        let mut at = 0;
        while let Some(cell) = self.cells.get(at) {
            let apart = [point[0] - cell.centre[0], point[1] - cell.centre[1]];
            let squared = apart[0] * apart[0] + apart[1] * apart[1];
            if !cell.is_leaf && cell.side_squared > ANGLE_SQUARED * squared {
                at += 1;
                continue;
            }
            let like = 1.0 / (1.0 + squared);
            likeness += f64::from(cell.count * like);
            let strength = cell.count * like * like;
            force[0] += strength * apart[0];
            force[1] += strength * apart[1];
            at = cell.next as usize;
        }
        // The point itself was met, at no distance.
        (force, likeness - 1.0)
    }
}

/// The bits of a number with a 0 before each.
fn interleaved(number: u64) -> u64 {
    let mut x = number & 0xFFFF_FFFF;
    for (shift, mask) in [
        (16, 0x0000_FFFF_0000_FFFF),
        (8, 0x00FF_00FF_00FF_00FF),
        (4, 0x0F0F_0F0F_0F0F_0F0F),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        x = (x | x << shift) & mask;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::super::super::random::Random;
    use super::*;

    #[test]
    fn forces_are_near_those_between_all_pairs() {
        let mut random = Random::new(3);
        let points: Vec<[f32; 2]> =
            (0..600).map(|_| [random.signed() * 40.0, random.signed() * 25.0]).collect();
        let tree = Quadtree::of(&points);
        let mut errors = Vec::new();
        for point in points.iter().step_by(7) {
            let (mut exact, mut sum) = ([0.0f64; 2], 0.0);
            for other in &points {
                let apart = [f64::from(point[0] - other[0]), f64::from(point[1] - other[1])];
                let like = 1.0 / (1.0 + apart[0] * apart[0] + apart[1] * apart[1]);
                sum += like;
                exact[0] += like * like * apart[0];
                exact[1] += like * like * apart[1];
            }
            let (force, likeness) = tree.push(*point);
            assert!((likeness - (sum - 1.0)).abs() < 0.03 * sum, "{likeness} {sum}");
            let size = exact[0].hypot(exact[1]).max(0.2);
            errors.push((f64::from(force[0]) - exact[0]).hypot(f64::from(force[1]) - exact[1]) / size);
        }
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        assert!(mean < 0.03 && errors.iter().all(|error| *error < 0.25), "{mean} {errors:?}");
    }

    #[test]
    fn points_on_one_place_and_no_points_are_fine() {
        let tree = Quadtree::of(&[[1.0, 2.0]; 5]);
        let (force, likeness) = tree.push([1.0, 2.0]);
        assert_eq!((force, likeness), ([0.0; 2], 4.0));
        assert_eq!(Quadtree::of(&[]).push([0.0, 0.0]).0, [0.0; 2]);
    }
}
