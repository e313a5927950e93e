//! Whether one picture has in it what the other has not.
//!
//! Drawings of one kind, pages of one layout and shots of one scene resemble each other as a whole, and in most details. What was done to
//! a copy changes all of it evenly; what is in one picture alone differs in one place by much.

/// Red, green and blue of both pictures at the crossings of a square grid, where one lies on the other.
pub(super) type Pairs = [Option<([f32; 3], [f32; 3])>];

/// Levels of 255 from which on a place differs, and the part of both pictures that may. Of the shared copies, turned and mirrored ones
/// among them, none differs in more than 0.03; red and blue cars of one drawing do in 0.1.
const DIFFERS: f32 = 32.0;
const MOST: f64 = 0.05;

/// More than a little is in one of them alone. Tones and colours may differ where the same change makes them alike, and what is next to a
/// place may lie on it: pictures are seldom laid on each other to the pixel.
pub(super) fn has_changed(pairs: &Pairs, side: usize, is_grey: bool) -> bool {
    share(pairs, side, is_grey) > MOST
}

/// The part of the places that differ.
fn share(pairs: &Pairs, side: usize, is_grey: bool) -> f64 {
    let grey = |[r, g, b]: [f32; 3]| [0.299 * r + 0.587 * g + 0.114 * b; 3];
    let mut pairs: Vec<_> = pairs
        .iter()
        .map(|pair| pair.map(|(a, b)| if is_grey { (grey(a), grey(b)) } else { (a, b) }))
        .collect();
    for channel in 0..3 {
        let (gain, offset) = tone(&pairs, channel);
        for (a, _) in pairs.iter_mut().flatten() {
            a[channel] = gain.mul_add(a[channel], offset);
        }
    }
    let apart = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let differs = |place: usize| {
        let Some((a, b)) = pairs[place] else { return false };
        let (column, row) = (place % side, place / side);
        let span = |at: usize| at.saturating_sub(1)..(at + 2).min(side);
        let near = || span(row).flat_map(|y| span(column).map(move |x| y * side + x));
        let nearest = |to_a: bool| {
            let levels = near().filter_map(|there| pairs[there]);
            levels.map(|(c, d)| if to_a { apart(a, d) } else { apart(c, b) }).fold(f32::MAX, f32::min)
        };
        nearest(true).max(nearest(false)) > DIFFERS
    };
    let there = pairs.iter().flatten().count();
    (0..pairs.len()).filter(|place| differs(*place)).count() as f64 / there.max(1) as f64
}

/// Gain and offset that make the levels of the first picture those of the second: by least squares, then once more without the tenth
/// that fits worst.
fn tone(pairs: &Pairs, channel: usize) -> (f32, f32) {
    let mut levels: Vec<(f32, f32)> = pairs.iter().flatten().map(|(a, b)| (a[channel], b[channel])).collect();
    let (gain, offset) = line(&levels);
    levels.sort_by(|a, b| {
        let error = |(a, b): &(f32, f32)| (gain.mul_add(*a, offset) - b).abs();
        error(a).total_cmp(&error(b))
    });
    levels.truncate(levels.len() * 9 / 10);
    line(&levels)
}

fn line(levels: &[(f32, f32)]) -> (f32, f32) {
    let count = levels.len().max(1) as f32;
    let (sum_a, sum_b) = levels.iter().fold((0.0, 0.0), |sum, (a, b)| (sum.0 + a, sum.1 + b));
    let (mean_a, mean_b) = (sum_a / count, sum_b / count);
    let (mut both, mut own) = (0.0, 0.0);
    for (a, b) in levels {
        both += (a - mean_a) * (b - mean_b);
        own += (a - mean_a) * (a - mean_a);
    }
    let gain = if own < count { 1.0 } else { both / own };
    (gain, mean_b - gain * mean_a)
}
