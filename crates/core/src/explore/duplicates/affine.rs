//! The map that lays one picture on another, found among pairs of points of which many are wrong.

use super::super::random::Random;

/// `[x', y'] = [a b; c d] [x, y] + [e, f]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Affine {
    pub turn: [[f64; 2]; 2],
    pub shift: [f64; 2],
}

/// A place, and the place where it comes to lie.
type Pair = ([f32; 2], [f32; 2]);
type Pairs = [Pair];

/// Triples that are tried, and how near a point must come, in pixels.
const TRIES: usize = 400;
const NEAR: f64 = 3.5;
/// No picture is stretched or shrunk more than this on the way to another, and none more in one direction than in the other.
const LARGEST: f64 = 4.0;
const STRETCH: f64 = 2.0;

impl Affine {
    /// The map that most pairs agree with, and how many do; `None` where no three pairs make a map of pictures.
    pub(super) fn agreed(pairs: &Pairs) -> Option<(Self, usize)> {
        if pairs.len() < 3 {
            return None;
        }
        let mut random = Random::new(pairs.len() as u64);
        let mut best: Option<(Self, usize)> = None;
        for _ in 0..TRIES {
            let three = [(); 3].map(|()| pairs[random.below(pairs.len())]);
            let Some(map) = Self::fitted(&three).filter(Self::is_likely) else { continue };
            let count = map.agreeing(pairs).count();
            if best.is_none_or(|(_, most)| count > most) {
                best = Some((map, count));
            }
        }
        let (mut map, mut count) = best?;
        for _ in 0..3 {
            let agreeing: Vec<_> = map.agreeing(pairs).copied().collect();
            let Some(better) = Self::fitted(&agreeing).filter(Self::is_likely) else { break };
            let now = better.agreeing(pairs).count();
            if now < count {
                break;
            }
            (map, count) = (better, now);
        }
        Some((map, count))
    }

    /// Least squares.
    fn fitted(pairs: &Pairs) -> Option<Self> {
        let count = pairs.len() as f64;
        let mean = |part: fn(&Pair) -> [f32; 2]| {
            let sum = pairs
                .iter()
                .map(part)
                .fold([0.0; 2], |sum: [f64; 2], at| [sum[0] + f64::from(at[0]), sum[1] + f64::from(at[1])]);
            sum.map(|sum| sum / count)
        };
        let (from, to) = (mean(|pair| pair.0), mean(|pair| pair.1));
        let (mut own, mut both) = ([[0.0; 2]; 2], [[0.0; 2]; 2]);
        for (a, b) in pairs {
            let a = [f64::from(a[0]) - from[0], f64::from(a[1]) - from[1]];
            let b = [f64::from(b[0]) - to[0], f64::from(b[1]) - to[1]];
            for i in 0..2 {
                for j in 0..2 {
                    own[i][j] += a[i] * a[j];
                    both[i][j] += b[i] * a[j];
                }
            }
        }
        let determinant = own[0][0] * own[1][1] - own[0][1] * own[1][0];
        // Points on one line say nothing of what lies beside it.
        if determinant <= 1e-3 * (own[0][0] + own[1][1]).powi(2) {
            return None;
        }
        let inverse = [
            [own[1][1] / determinant, -own[0][1] / determinant],
            [-own[1][0] / determinant, own[0][0] / determinant],
        ];
        let mut turn = [[0.0; 2]; 2];
        for (i, row) in turn.iter_mut().enumerate() {
            for (j, entry) in row.iter_mut().enumerate() {
                *entry = both[i][0] * inverse[0][j] + both[i][1] * inverse[1][j];
            }
        }
        let shift = [0, 1].map(|i: usize| to[i] - turn[i][0] * from[0] - turn[i][1] * from[1]);
        Some(Self { turn, shift })
    }

    /// Where a place comes to lie.
    pub(super) fn at(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|i: usize| self.turn[i][0] * x + self.turn[i][1] * y + self.shift[i])
    }

    /// How far it turns, in degrees, −180 to 180.
    pub(super) fn degrees(&self) -> f64 {
        (self.turn[1][0] - self.turn[0][1]).atan2(self.turn[0][0] + self.turn[1][1]).to_degrees()
    }

    fn determinant(&self) -> f64 {
        self.turn[0][0] * self.turn[1][1] - self.turn[0][1] * self.turn[1][0]
    }

    /// It could lay one photo on another: no reflection, no wild scale, little stretch.
    fn is_likely(&self) -> bool {
        let determinant = self.determinant();
        let square: f64 = self.turn.iter().flatten().map(|entry| entry * entry).sum();
        // Of the two singular values: the sum of the squares, and the product.
        let root = (square * square - 4.0 * determinant * determinant).max(0.0).sqrt();
        let (large, small) = (((square + root) / 2.0).sqrt(), ((square - root) / 2.0).max(1e-12).sqrt());
        determinant > 0.0 && large <= LARGEST && small >= 1.0 / LARGEST && large <= STRETCH * small
    }

    fn agreeing<'a>(&'a self, pairs: &'a Pairs) -> impl Iterator<Item = &'a ([f32; 2], [f32; 2])> {
        pairs.iter().filter(|(from, to)| {
            let [x, y] = self.at(from.map(f64::from));
            (x - f64::from(to[0])).hypot(y - f64::from(to[1])) <= NEAR
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_is_found_among_as_many_wrong_pairs() {
        let (sin, cos) = 0.6f32.sin_cos();
        let mut random = Random::new(1);
        let mut place = || [random.signed() * 100.0 + 100.0, random.signed() * 100.0 + 100.0];
        let mut pairs = Vec::new();
        for _ in 0..30 {
            let [x, y] = place();
            pairs.push(([x, y], [1.2 * (cos * x - sin * y) + 30.0, 1.2 * (sin * x + cos * y) - 12.0]));
            pairs.push((place(), place()));
        }
        let (map, count) = Affine::agreed(&pairs).unwrap();
        assert!((30..=34).contains(&count), "{count}");
        assert!((map.degrees() - 0.6f64.to_degrees()).abs() < 0.3, "{map:?}");
        assert!((map.determinant().sqrt() - 1.2).abs() < 0.01);
    }

    #[test]
    fn no_map_is_made_of_too_little() {
        assert_eq!(Affine::agreed(&[]), None);
        let line: Vec<([f32; 2], [f32; 2])> =
            (0..9).map(|at| ([at as f32, at as f32], [at as f32, 0.0])).collect();
        assert_eq!(Affine::agreed(&line), None);
    }
}
