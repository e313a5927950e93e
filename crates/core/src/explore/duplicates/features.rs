//! Points of a picture that are found again when it is turned, cropped or scaled.
//!
//! *Source*: ORB (Rublee, Rabaud, Konolige and Bradski, 2011): corners by FAST on several scales, turned by the centroid of the
//! grey around them, described by comparisons of pairs of places.

use super::super::random::Random;
use super::square::blurred;

/// Points of a picture at most.
const MOST: usize = 220;
/// Pictures are described in this many sizes, each smaller by the factor.
const LEVELS: usize = 5;
const FACTOR: f32 = 0.8;
/// Around a point, what its direction and description see.
const RADIUS: i32 = 11;
/// Grey levels by which a corner differs from what is around it.
const CONTRAST: f32 = 10.0;
/// Cells of the picture that share the points among them.
const CELLS: usize = 5;

/// A circle of 16 around a point.
const CIRCLE: [(i32, i32); 16] = [
    (0, -3),
    (1, -3),
    (2, -2),
    (3, -1),
    (3, 0),
    (3, 1),
    (2, 2),
    (1, 3),
    (0, 3),
    (-1, 3),
    (-2, 2),
    (-3, 1),
    (-3, 0),
    (-3, -1),
    (-2, -2),
    (-1, -3),
];

/// A point and what it looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Feature {
    /// In pixels of the picture.
    pub at: [f32; 2],
    pub description: [u64; 4],
}

/// The points of a grey picture, and those of the same picture seen in a mirror.
pub(super) fn features(grey: &[f32], width: usize, height: usize) -> [Vec<Feature>; 2] {
    let pattern = pattern();
    let (mut found, mut mirrored) = (Vec::new(), Vec::new());
    for level in 0..LEVELS {
        let scale = FACTOR.powi(level as i32);
        let size = |side: usize| ((side as f32 * scale).round() as usize).max(1);
        let plane = Plane::new(grey, width, height, size(width), size(height));
        let share = (MOST as f32 * (1.0 - FACTOR) / (1.0 - FACTOR.powi(LEVELS as i32)) * scale) as usize;
        for (x, y) in plane.corners(share) {
            let (sin, cos) = plane.direction(x, y);
            let at = [
                x as f32 * width as f32 / plane.width as f32,
                y as f32 * height as f32 / plane.height as f32,
            ];
            found.push(Feature { at, description: plane.description(x, y, [cos, -sin, sin, cos], &pattern) });
            // A mirror turns the direction around the upright; what lies there is read from the picture as it is.
            let at = [width as f32 - 1.0 - at[0], at[1]];
            mirrored
                .push(Feature { at, description: plane.description(x, y, [cos, sin, sin, -cos], &pattern) });
        }
    }
    [found, mirrored]
}

/// A place in one picture, and the place in another that looks like it.
type Match = ([f32; 2], [f32; 2]);

/// Pairs of points that look like each other and like no other: places in `a` and `b`.
pub(super) fn matched(a: &[Feature], b: &[Feature]) -> Vec<Match> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("popcnt") {
        // SAFETY: the processor has what the function is compiled for.
        return unsafe { matched_by_popcnt(a, b) };
    }
    matched_by_any(a, b)
}

/// [`matched_by_any`] with the instruction that counts bits: without it, counting takes most of the time.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt")]
fn matched_by_popcnt(a: &[Feature], b: &[Feature]) -> Vec<Match> {
    matched_by_any(a, b)
}

#[inline(always)]
fn matched_by_any(a: &[Feature], b: &[Feature]) -> Vec<Match> {
    const NEAR: u32 = 70;
    let apart = |a: &Feature, b: &Feature| -> u32 {
        a.description.iter().zip(b.description).map(|(a, b)| (a ^ b).count_ones()).sum()
    };
    let pair = |from: &Feature| {
        let (mut best, mut least, mut next) = (None, u32::MAX, u32::MAX);
        for to in b {
            let apart = apart(from, to);
            if apart < least {
                // Another scale of the same corner is no rival.
                let is_same = best.is_some_and(|best: &Feature| near(best.at, to.at));
                (best, next, least) = (Some(to), if is_same { next } else { least }, apart);
            } else if apart < next && best.is_some_and(|best| !near(best.at, to.at)) {
                next = apart;
            }
        }
        let best = best.filter(|_| least <= NEAR && f64::from(least) <= 0.85 * f64::from(next))?;
        Some((from.at, best.at))
    };
    a.iter().filter_map(pair).collect()
}

fn near(a: [f32; 2], b: [f32; 2]) -> bool {
    (a[0] - b[0]).abs() + (a[1] - b[1]).abs() < 6.0
}

/// The picture in one size.
struct Plane {
    width: usize,
    height: usize,
    sharp: Vec<f32>,
    smooth: Vec<f32>,
}

impl Plane {
    fn new(grey: &[f32], from_width: usize, from_height: usize, width: usize, height: usize) -> Self {
        let sharp = match (width, height) == (from_width, from_height) {
            true => grey.to_vec(),
            false => resized(grey, from_width, from_height, width, height),
        };
        let smooth = blurred(&blurred(&sharp, width, height), width, height);
        Self { width, height, sharp, smooth }
    }

    /// The strongest corners, spread over the picture.
    fn corners(&self, most: usize) -> Vec<(usize, usize)> {
        let border = RADIUS as usize + 3;
        if self.width <= 2 * border || self.height <= 2 * border {
            return Vec::new();
        }
        let mut strengths = vec![0.0f32; self.width * self.height];
        for y in border..self.height - border {
            for x in border..self.width - border {
                strengths[y * self.width + x] = self.corner(x, y);
            }
        }
        let mut cells: Vec<Vec<(f32, usize, usize)>> = vec![Vec::new(); CELLS * CELLS];
        for y in border..self.height - border {
            for x in border..self.width - border {
                let here = strengths[y * self.width + x];
                let around = || (y - 1..=y + 1).flat_map(|y| (x - 1..=x + 1).map(move |x| (x, y)));
                let is_top = || {
                    around().filter(|place| *place != (x, y)).all(|(u, v)| {
                        let there = strengths[v * self.width + u];
                        here > there || (here == there && (y, x) < (v, u))
                    })
                };
                if here > 0.0 && is_top() {
                    cells[y * CELLS / self.height * CELLS + x * CELLS / self.width].push((here, x, y));
                }
            }
        }
        let share = most.div_ceil(CELLS * CELLS).max(1);
        let strongest = |cell: Vec<(f32, usize, usize)>| {
            let mut cell = cell;
            cell.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.2, a.1).cmp(&(b.2, b.1))));
            // Empty cells leave their share to the others.
            cell.into_iter().enumerate().map(move |(rank, corner)| (rank / share, corner))
        };
        let mut ranked: Vec<(usize, (f32, usize, usize))> = cells.into_iter().flat_map(strongest).collect();
        ranked.sort_by(|a, b| {
            a.0.cmp(&b.0).then(b.1.0.total_cmp(&a.1.0)).then((a.1.2, a.1.1).cmp(&(b.1.2, b.1.1)))
        });
        ranked.into_iter().take(most).map(|(_, (_, x, y))| (x, y)).collect()
    }

    /// How much a place is a corner: nine of the circle in a row are all brighter, or all darker (Rosten and Drummond, 2006).
    fn corner(&self, x: usize, y: usize) -> f32 {
        let here = self.sharp[y * self.width + x];
        let step = |at: usize| {
            let (dx, dy) = CIRCLE[at % 16];
            let place = (y as i32 + dy) as usize * self.width + (x as i32 + dx) as usize;
            self.sharp[place] - here
        };
        let opposite = [0, 4, 8, 12].map(step);
        let count = |is: fn(f32) -> bool| opposite.iter().filter(|value| is(**value)).count();
        if count(|value| value > CONTRAST) < 2 && count(|value| value < -CONTRAST) < 2 {
            return 0.0;
        }
        let all: [f32; 16] = std::array::from_fn(step);
        for sign in [1.0, -1.0] {
            let mut run = 0;
            for at in 0..25 {
                run = if all[at % 16] * sign > CONTRAST { run + 1 } else { 0 };
                if run == 9 {
                    return all.iter().map(|value| (value * sign - CONTRAST).max(0.0)).sum();
                }
            }
        }
        0.0
    }

    /// Sine and cosine of the direction in which the grey around a place lies.
    fn direction(&self, x: usize, y: usize) -> (f32, f32) {
        let (mut across, mut down) = (0.0f32, 0.0f32);
        for dy in -RADIUS..=RADIUS {
            let row = (y as i32 + dy) as usize * self.width;
            for dx in -RADIUS..=RADIUS {
                if dx * dx + dy * dy <= RADIUS * RADIUS {
                    let value = self.sharp[row + (x as i32 + dx) as usize];
                    across += dx as f32 * value;
                    down += dy as f32 * value;
                }
            }
        }
        let size = across.hypot(down);
        if size > 0.0 { (down / size, across / size) } else { (0.0, 1.0) }
    }

    /// Comparisons of the pattern's pairs of places. `turn` says how a step of the pattern across and down lies in the picture.
    fn description(&self, x: usize, y: usize, turn: [f32; 4], pattern: &[[f32; 4]]) -> [u64; 4] {
        let at = |dx: f32, dy: f32| {
            let u = (x as f32 + turn[0] * dx + turn[1] * dy).round() as usize;
            let v = (y as f32 + turn[2] * dx + turn[3] * dy).round() as usize;
            self.smooth[v.min(self.height - 1) * self.width + u.min(self.width - 1)]
        };
        let mut description = [0; 4];
        for (bit, [ax, ay, bx, by]) in pattern.iter().enumerate() {
            description[bit / 64] |= u64::from(at(*ax, *ay) < at(*bx, *by)) << (bit % 64);
        }
        description
    }
}

/// Pairs of places around a point, more of them near to it.
fn pattern() -> Vec<[f32; 4]> {
    let mut random = Random::new(256);
    let mut place = || loop {
        let [x, y] = [(); 2].map(|()| (random.signed() + random.signed()) / 1.6 * RADIUS as f32);
        if x * x + y * y <= (RADIUS * RADIUS) as f32 {
            return [x, y];
        }
    };
    (0..256)
        .map(|_| {
            let ([ax, ay], [bx, by]) = (place(), place());
            [ax, ay, bx, by]
        })
        .collect()
}

fn resized(grey: &[f32], from_width: usize, from_height: usize, width: usize, height: usize) -> Vec<f32> {
    let at = |x: f32, y: f32| sampled(grey, from_width, from_height, x, y);
    let (step_x, step_y) = (from_width as f32 / width as f32, from_height as f32 / height as f32);
    let (quarter_x, quarter_y) = (step_x / 4.0, step_y / 4.0);
    let mut out = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = ((x as f32 + 0.5) * step_x - 0.5, (y as f32 + 0.5) * step_y - 0.5);
            let four = at(u - quarter_x, v - quarter_y)
                + at(u + quarter_x, v - quarter_y)
                + at(u - quarter_x, v + quarter_y)
                + at(u + quarter_x, v + quarter_y);
            out.push(four / 4.0);
        }
    }
    out
}

/// The grey between pixels.
pub(super) fn sampled(grey: &[f32], width: usize, height: usize, x: f32, y: f32) -> f32 {
    let (x, y) = (x.clamp(0.0, width as f32 - 1.0), y.clamp(0.0, height as f32 - 1.0));
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let (part_x, part_y) = (x - left as f32, y - top as f32);
    let row = |y: usize| grey[y * width + left] * (1.0 - part_x) + grey[y * width + right] * part_x;
    row(top) * (1.0 - part_y) + row(bottom) * part_y
}
