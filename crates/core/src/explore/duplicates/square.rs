//! Squares of grey, and the eight ways to lay one on another.

/// A square of grey values, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Square {
    pub side: usize,
    pub values: Vec<f32>,
}

/// One of the eight ways in which a square can lie: first transposed, then mirrored, then upside down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lie {
    pub transposed: bool,
    pub mirrored: bool,
    pub upside_down: bool,
}

impl Lie {
    pub(super) const ALL: [Self; 8] = {
        let mut all = [Self { transposed: false, mirrored: false, upside_down: false }; 8];
        let mut at = 0;
        while at < 8 {
            all[at] = Self { transposed: at & 4 != 0, mirrored: at & 2 != 0, upside_down: at & 1 != 0 };
            at += 1;
        }
        all
    };

    /// As it is.
    pub(super) fn is_upright(self) -> bool {
        self == Self::ALL[0]
    }

    /// Where a place of the square that lies in this way is in the square itself; both sides are 1 long.
    pub(super) fn place(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let x = if self.mirrored { 1.0 - x } else { x };
        let y = if self.upside_down { 1.0 - y } else { y };
        if self.transposed { [y, x] } else { [x, y] }
    }

    /// An odd number of reflections: what was written cannot be read any more.
    pub(super) fn is_reflected(self) -> bool {
        self.transposed ^ self.mirrored ^ self.upside_down
    }
}

impl Square {
    /// A plane of any shape drawn into a square by the means of its areas.
    pub(super) fn of(values: &[f32], width: usize, height: usize, side: usize) -> Self {
        let spans = |length: usize| -> Vec<Vec<(usize, f32)>> {
            let step = length as f64 / side as f64;
            let span = |at: usize| {
                let (from, to) = (at as f64 * step, (at + 1) as f64 * step);
                let part = |pixel: usize| (to.min((pixel + 1) as f64) - from.max(pixel as f64)).max(0.0);
                let pixels = from as usize..(to.ceil() as usize).min(length);
                pixels.map(|pixel| (pixel, (part(pixel) / step) as f32)).collect()
            };
            (0..side).map(span).collect()
        };
        let (columns, rows) = (spans(width), spans(height));
        let mut narrow = vec![0.0; side * height];
        for (row, out) in values.chunks(width).zip(narrow.chunks_mut(side)) {
            for (out, span) in out.iter_mut().zip(&columns) {
                *out = span.iter().map(|(at, part)| row[*at] * part).sum();
            }
        }
        let mut square = vec![0.0; side * side];
        for (out, span) in square.chunks_mut(side).zip(&rows) {
            for (at, part) in span {
                out.iter_mut().zip(&narrow[at * side..]).for_each(|(out, value)| *out += value * part);
            }
        }
        Self { side, values: square }
    }

    /// The same square lying in another way.
    pub(super) fn laid(&self, lie: Lie) -> Self {
        let side = self.side;
        let at = |x: usize, y: usize| {
            let x = if lie.mirrored { side - 1 - x } else { x };
            let y = if lie.upside_down { side - 1 - y } else { y };
            let (x, y) = if lie.transposed { (y, x) } else { (x, y) };
            self.values[y * side + x]
        };
        let values = (0..side * side).map(|place| at(place % side, place / side)).collect();
        Self { side, values }
    }

    /// Only what changes from one value to the next: the square less its blurred self.
    pub(super) fn details(&self) -> Self {
        let blurred = blurred(&blurred(&self.values, self.side, self.side), self.side, self.side);
        let values = self.values.iter().zip(blurred).map(|(value, blurred)| value - blurred).collect();
        Self { side: self.side, values }
    }
}

/// Each value becomes the mean of the three by three around it.
pub(super) fn blurred(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let mean = |before: f32, here: f32, after: f32| (before + here + after) / 3.0;
    let mut across = vec![0.0; values.len()];
    for (row, out) in values.chunks(width).zip(across.chunks_mut(width)) {
        for x in 0..width {
            out[x] = mean(row[x.saturating_sub(1)], row[x], row[(x + 1).min(width - 1)]);
        }
    }
    let mut down = vec![0.0; values.len()];
    for y in 0..height {
        let row = |y: usize| &across[y * width..(y + 1) * width];
        let (above, here, below) = (row(y.saturating_sub(1)), row(y), row((y + 1).min(height - 1)));
        for (x, out) in down[y * width..(y + 1) * width].iter_mut().enumerate() {
            *out = mean(above[x], here[x], below[x]);
        }
    }
    down
}

/// Pearson's correlation of two lists of equal length; 0 where one of them does not vary by more than noise.
pub(super) fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let count = a.len().min(b.len()).max(1) as f64;
    let mean = |values: &[f32]| values.iter().map(|value| f64::from(*value)).sum::<f64>() / count;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut both, mut own_a, mut own_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (f64::from(*a) - mean_a, f64::from(*b) - mean_b);
        both += a * b;
        own_a += a * a;
        own_b += b * b;
    }
    let least = 0.05 * count;
    if own_a < least || own_b < least { 0.0 } else { (both / (own_a * own_b).sqrt()) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_becomes_a_square_of_the_means_of_its_areas() {
        let square = Square::of(&[0.0, 4.0, 8.0, 2.0, 2.0, 2.0], 3, 2, 2);
        let expected = [4.0 / 3.0, 20.0 / 3.0, 2.0, 2.0];
        assert!(square.values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{square:?}");
        assert_eq!(Square::of(&[7.0], 1, 1, 3).values.len(), 9);
    }

    #[test]
    fn the_eight_lies_are_different_and_four_of_them_reflect() {
        let square = Square { side: 2, values: vec![1.0, 2.0, 3.0, 4.0] };
        let mut laid: Vec<Vec<u8>> = Lie::ALL
            .iter()
            .map(|lie| square.laid(*lie).values.iter().map(|value| *value as u8).collect())
            .collect();
        assert_eq!(laid[0], [1, 2, 3, 4]);
        laid.sort();
        laid.dedup();
        assert_eq!(laid.len(), 8);
        assert_eq!(Lie::ALL.iter().filter(|lie| lie.is_reflected()).count(), 4);
    }

    #[test]
    fn what_does_not_vary_correlates_with_nothing() {
        assert_eq!(correlation(&[1.0; 5], &[1.0; 5]), 0.0);
        assert!((correlation(&[1.0, 2.0, 4.0], &[10.0, 20.0, 40.0]) - 1.0).abs() < 1e-6);
        assert!((correlation(&[1.0, 2.0, 4.0], &[-1.0, -2.0, -4.0]) + 1.0).abs() < 1e-6);
    }
}
