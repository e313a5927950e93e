//! Whether two photos show the same picture, and what was done to one to get the other.

mod changed;

use serde::{Deserialize, Serialize};

use self::changed::has_changed;
use super::affine::Affine;
use super::features::{matched, sampled};
use super::picture::Picture;
use super::square::{Lie, Square, correlation};

/// What one photo is to another that shows the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Relation {
    /// It is the one that is kept.
    Keeper,
    /// The same bytes.
    SameFile,
    /// The same picture in another size.
    Resized,
    /// The same picture in another file: another format, another quality, other metadata.
    Reencoded,
    /// One of them has no colours.
    Grey,
    /// Seen in a mirror.
    Mirrored,
    /// Turned, by any angle.
    Rotated,
    /// A part of the other.
    Cropped,
    /// Taken by the same camera at about the same time.
    Burst,
    /// The same picture with other tones or colours.
    Edited,
}

impl Relation {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Keeper => "keeper",
            Self::SameFile => "sameFile",
            Self::Resized => "resized",
            Self::Reencoded => "reencoded",
            Self::Grey => "grey",
            Self::Mirrored => "mirrored",
            Self::Rotated => "rotated",
            Self::Cropped => "cropped",
            Self::Burst => "burst",
            Self::Edited => "edited",
        }
    }
}

/// What is known of a photo beside its pixels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// Of the upright picture, in pixels.
    pub width: u32,
    /// Of the upright picture, in pixels.
    pub height: u32,
    /// When it was taken, in Unix milliseconds of the local time; only from the photo itself, not from its file.
    pub taken_at: Option<i64>,
    /// The camera, as the photo says.
    pub camera: Option<String>,
}

/// Likeness of two pictures as a whole, and of their details, from which on they are the same.
const WHOLE: f32 = 0.95;
const DETAILS: f32 = 0.55;
/// Likeness where one is laid on the other, that of details, and points that must agree on how.
const LAID: f32 = 0.93;
const LAID_DETAILS: f32 = 0.75;
const AGREEING: usize = 10;
/// Of the smaller picture, so much must lie on the other.
const COVERED: f64 = 0.5;
/// A part that covers more than this is the whole; one that is turned less than this lies straight.
const ALL: f64 = 0.93;
const STRAIGHT: f64 = 4.0;
/// Mean difference of colours, in levels of 255, from which on somebody worked on them.
const WORKED_ON: f32 = 14.0;
/// Photos of one camera within this time may be of a burst, and must be this alike.
const BURST_MS: i64 = 5_000;
const BURST: f32 = 0.85;
/// Two pictures of one moment that differ more than by what compression does were taken one after the other.
const ONE_SHOT: f32 = 0.99;
/// Grey levels that a picture of nothing varies by, and that two of them may differ by.
const NOTHING: f32 = 1.5;

/// What `b` is to `a`, and how alike they are, 0 to 1; `None` where they do not show the same.
pub fn related(a: (&Picture, &Facts), b: (&Picture, &Facts)) -> Option<(Relation, f32)> {
    let is_burst = may_be_burst(a.1, b.1);
    if let Some((lie, likeness)) = whole(a.0, b.0) {
        let is_another_shot = is_burst && lie.is_upright() && likeness < ONE_SHOT && same_size(a.1, b.1);
        let relation = match lie {
            _ if is_another_shot => Relation::Burst,
            lie if lie.is_reflected() => Relation::Mirrored,
            lie if !lie.is_upright() => Relation::Rotated,
            _ => of_equal_content(a, b),
        };
        return Some((relation, likeness));
    }
    if is_burst && correlation(&a.0.coarse.values, &b.0.coarse.values) >= BURST {
        return Some((Relation::Burst, correlation(&a.0.fine.values, &b.0.fine.values).max(0.0)));
    }
    let laid = laid(a.0, b.0, is_burst)?;
    let relation = match laid {
        Laid { is_mirrored: true, .. } => Relation::Mirrored,
        Laid { degrees, .. } if degrees.abs() > STRAIGHT => Relation::Rotated,
        _ if is_burst => Relation::Burst,
        Laid { covered: [a_covered, b_covered], .. } if a_covered.min(b_covered) < ALL => Relation::Cropped,
        _ => of_equal_content(a, b),
    };
    Some((relation, laid.likeness))
}

fn same_size(a: &Facts, b: &Facts) -> bool {
    (a.width, a.height) == (b.width, b.height)
}

fn may_be_burst(a: &Facts, b: &Facts) -> bool {
    let (Some(first), Some(second)) = (a.taken_at, b.taken_at) else { return false };
    a.camera.is_some() && a.camera == b.camera && (first - second).abs() <= BURST_MS
}

/// The two show the same, in the same position.
fn of_equal_content(a: (&Picture, &Facts), b: (&Picture, &Facts)) -> Relation {
    if a.0.is_grey() != b.0.is_grey() {
        return Relation::Grey;
    }
    let channels = a.0.colours.iter().zip(&b.0.colours);
    let differences = channels.flat_map(|(a, b)| a.values.iter().zip(&b.values).map(|(a, b)| (a - b).abs()));
    let (sum, count) = differences.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    match () {
        () if sum / count as f32 > WORKED_ON => Relation::Edited,
        () if same_size(a.1, b.1) => Relation::Reencoded,
        () => Relation::Resized,
    }
}

/// How `b` must lie to be `a` as a whole, and how alike they are then.
fn whole(a: &Picture, b: &Picture) -> Option<(Lie, f32)> {
    if is_nothing(&a.fine) || is_nothing(&b.fine) {
        let same = is_nothing(&a.fine) && is_nothing(&b.fine) && colours_apart(a, b) <= NOTHING;
        return same.then_some((Lie::ALL[0], 1.0));
    }
    let likeness = |lie: &Lie| correlation(&a.coarse.values, &b.coarse.laid(*lie).values);
    let lies = Lie::ALL.map(|lie| (lie, likeness(&lie)));
    // Of equal ones the first: upright.
    let (lie, coarse) =
        lies.into_iter().reduce(|best, next| if next.1 > best.1 + 1e-4 { next } else { best })?;
    if coarse < WHOLE {
        return None;
    }
    let laid = b.fine.laid(lie);
    let fine = correlation(&a.fine.values, &laid.values);
    let details = correlation(&a.fine.details().values, &laid.details().values);
    let is_same = fine >= WHOLE && details >= DETAILS && !has_changed_as_a_whole(a, b, lie);
    is_same.then_some((lie, fine))
}

fn has_changed_as_a_whole(a: &Picture, b: &Picture, lie: Lie) -> bool {
    const STEPS: usize = Overlap::STEPS;
    let in_pixels = |of: &Picture, [x, y]: [f64; 2]| [x * of.width as f64 - 0.5, y * of.height as f64 - 0.5];
    let pair = |place: usize| {
        let at = [place % STEPS, place / STEPS].map(|at| (at as f64 + 0.5) / STEPS as f64);
        Some((a.colour(in_pixels(a, at)), b.colour(in_pixels(b, lie.place(at)))))
    };
    has_changed(&(0..STEPS * STEPS).map(pair).collect::<Vec<_>>(), STEPS, a.is_grey() || b.is_grey())
}

fn is_nothing(square: &Square) -> bool {
    let mean = square.values.iter().sum::<f32>() / square.values.len() as f32;
    square.values.iter().all(|value| (value - mean).abs() <= NOTHING)
}

fn colours_apart(a: &Picture, b: &Picture) -> f32 {
    let mean = |square: &Square| square.values.iter().sum::<f32>() / square.values.len() as f32;
    a.colours.iter().zip(&b.colours).map(|(a, b)| (mean(a) - mean(b)).abs()).fold(0.0, f32::max)
}

/// How one picture lies on the other.
struct Laid {
    is_mirrored: bool,
    degrees: f64,
    /// Parts of `a` and of `b` that lie on the other.
    covered: [f64; 2],
    likeness: f32,
}

/// Within a burst things move.
fn laid(a: &Picture, b: &Picture, is_burst: bool) -> Option<Laid> {
    laid_by_points(a, b, false, is_burst).or_else(|| laid_by_points(a, b, true, is_burst))
}

fn laid_by_points(a: &Picture, b: &Picture, is_mirrored: bool, is_burst: bool) -> Option<Laid> {
    let pairs = matched(a.points(), if is_mirrored { b.mirrored_points() } else { b.points() });
    if pairs.len() < AGREEING {
        return None;
    }
    let (map, _) = Affine::agreed(&pairs).filter(|(_, count)| *count >= AGREEING)?;
    let overlap = Overlap::of(a, b, &map, is_mirrored);
    let covered = overlap.covered(a, b, &map);
    if covered[0].max(covered[1]) < COVERED {
        return None;
    }
    let narrowed = overlap.narrowed(a, b, &map, is_mirrored);
    let (likeness, details) = narrowed.likeness();
    let has_changed = || {
        let colours = narrowed.colours(a, b, &map, is_mirrored);
        !is_burst && has_changed(&colours, Overlap::STEPS, a.is_grey() || b.is_grey())
    };
    let is_same = likeness >= LAID && details >= LAID_DETAILS && !has_changed();
    is_same.then_some(Laid { is_mirrored, degrees: map.degrees(), covered, likeness })
}

/// Grey levels of both pictures where one lies on the other, at the crossings of a grid over a rectangle of the first.
struct Overlap {
    /// Left, top, width and height of the rectangle, in pixels.
    frame: [f64; 4],
    /// Of both, where they lie on each other.
    levels: Vec<Option<(f32, f32)>>,
}

impl Overlap {
    const STEPS: usize = 64;

    fn of(a: &Picture, b: &Picture, map: &Affine, is_mirrored: bool) -> Self {
        Self::within([0.0, 0.0, a.width as f64, a.height as f64], a, b, map, is_mirrored)
    }

    fn within(frame: [f64; 4], a: &Picture, b: &Picture, map: &Affine, is_mirrored: bool) -> Self {
        let level =
            |of: &Picture, [x, y]: [f64; 2]| sampled(of.smooth(), of.width, of.height, x as f32, y as f32);
        let places = places(frame, b, map, is_mirrored);
        Self {
            frame,
            levels: places.map(|both| both.map(|(at, there)| (level(a, at), level(b, there)))).collect(),
        }
    }

    /// Colours of both, where they lie on each other.
    fn colours(
        &self,
        a: &Picture,
        b: &Picture,
        map: &Affine,
        is_mirrored: bool,
    ) -> Vec<Option<([f32; 3], [f32; 3])>> {
        let places = places(self.frame, b, map, is_mirrored);
        places.map(|both| both.map(|(at, there)| (a.colour(at), b.colour(there)))).collect()
    }

    /// Which part of each picture lies on the other.
    fn covered(&self, a: &Picture, b: &Picture, map: &Affine) -> [f64; 2] {
        let of_a = self.levels.iter().flatten().count() as f64 / self.levels.len() as f64;
        let scale = (map.turn[0][0] * map.turn[1][1] - map.turn[0][1] * map.turn[1][0]).abs();
        let of_b = of_a * scale * (a.width * a.height) as f64 / (b.width * b.height) as f64;
        [of_a, of_b.min(1.0)]
    }

    /// The grid laid over nothing but what is covered: a small crop is looked at as closely as a whole picture.
    fn narrowed(self, a: &Picture, b: &Picture, map: &Affine, is_mirrored: bool) -> Self {
        let covered =
            self.levels.iter().enumerate().filter(|(_, level)| level.is_some()).map(|(place, _)| place);
        let (mut low, mut high) = ([Self::STEPS; 2], [0; 2]);
        for place in covered {
            for (at, step) in [place % Self::STEPS, place / Self::STEPS].into_iter().enumerate() {
                (low[at], high[at]) = (low[at].min(step), high[at].max(step + 1));
            }
        }
        let [_, _, width, height] = self.frame;
        let step = [width / Self::STEPS as f64, height / Self::STEPS as f64];
        let side = |at: usize| high[at].saturating_sub(low[at]) as f64 * step[at];
        Self::within(
            [low[0] as f64 * step[0], low[1] as f64 * step[1], side(0), side(1)],
            a,
            b,
            map,
            is_mirrored,
        )
    }

    /// How alike the levels are, and how alike their differences from what is around them: faces in one pose have like levels, and
    /// each its own details.
    fn likeness(&self) -> (f32, f32) {
        let (mut levels, mut details) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
        for (place, level) in self.levels.iter().enumerate() {
            let Some((a, b)) = level else { continue };
            let (mean_a, mean_b) = self.around(place);
            levels.0.push(*a);
            levels.1.push(*b);
            details.0.push(a - mean_a);
            details.1.push(b - mean_b);
        }
        (correlation(&levels.0, &levels.1), correlation(&details.0, &details.1))
    }

    /// Means of the five by five levels around a place, of those that there are.
    fn around(&self, place: usize) -> (f32, f32) {
        let (column, row) = (place % Self::STEPS, place / Self::STEPS);
        let span = |at: usize| at.saturating_sub(2)..(at + 3).min(Self::STEPS);
        let (mut sum, mut count) = ((0.0, 0.0), 0.0);
        for y in span(row) {
            for (a, b) in span(column).filter_map(|x| self.levels[y * Self::STEPS + x]) {
                sum = (sum.0 + a, sum.1 + b);
                count += 1.0;
            }
        }
        (sum.0 / count, sum.1 / count)
    }
}

/// The crossings of a grid over a rectangle of the first picture, in its pixels and in those of the second, where that is.
fn places(
    [left, top, width, height]: [f64; 4],
    b: &Picture,
    map: &Affine,
    is_mirrored: bool,
) -> impl Iterator<Item = Option<([f64; 2], [f64; 2])>> {
    const STEPS: usize = Overlap::STEPS;
    let (last, last_row) = (b.width as f64 - 1.0, b.height as f64 - 1.0);
    (0..STEPS * STEPS).map(move |place| {
        let part = |at: usize, side: f64| (at as f64 + 0.5) / STEPS as f64 * side - 0.5;
        let at = [left + part(place % STEPS, width), top + part(place / STEPS, height)];
        let [x, y] = map.at(at);
        let is_on = (0.0..=last).contains(&x) && (0.0..=last_row).contains(&y);
        is_on.then_some((at, [if is_mirrored { last - x } else { x }, y]))
    })
}

#[cfg(test)]
mod tests;
