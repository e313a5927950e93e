//! Shapes on a plain background.

use crate::colour::{Colour, mix};
use crate::paint::Painter;
use crate::random::Random;
use crate::shape::Shape;

/// One shape, or several that are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Colour of the shapes.
    pub colour: Colour,
    /// What they are.
    pub shape: Shape,
    /// How many, how large, where.
    pub layout: Layout,
    /// Colour behind them.
    pub background: Colour,
}

/// Arrangement of shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A single one in the middle.
    One(Size),
    /// A single one somewhere else.
    At(Place),
    /// So many, two to five, of equal size.
    Several(usize),
}

/// How much of the picture a shape takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Size {
    Small,
    Usual,
    Large,
}

/// Part of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Place {
    Left,
    Right,
    Top,
    Bottom,
    Middle,
}

impl Figure {
    /// Colour and shape that the starter model is never trained on together.
    pub const HELD_OUT_PAIRS: [(Colour, Shape); 10] = [
        (Colour::Red, Shape::Triangle),
        (Colour::Blue, Shape::Circle),
        (Colour::Green, Shape::Star),
        (Colour::Yellow, Shape::Square),
        (Colour::Orange, Shape::Heart),
        (Colour::Purple, Shape::Ring),
        (Colour::Pink, Shape::Diamond),
        (Colour::Black, Shape::Cross),
        (Colour::White, Shape::Circle),
        (Colour::Brown, Shape::Triangle),
    ];

    /// Number and shape that the starter model is never trained on together.
    pub const HELD_OUT_COUNTS: [(usize, Shape); 3] =
        [(3, Shape::Star), (2, Shape::Heart), (4, Shape::Circle)];

    /// A single shape of usual size.
    pub const fn one(colour: Colour, shape: Shape, background: Colour) -> Self {
        Self { colour, shape, layout: Layout::One(Size::Usual), background }
    }

    /// The starter model is never trained on a picture like this.
    pub fn is_held_out(&self) -> bool {
        let count = if let Layout::Several(count) = self.layout { count } else { 1 };
        Self::HELD_OUT_PAIRS.contains(&(self.colour, self.shape))
            || Self::HELD_OUT_COUNTS.contains(&(count, self.shape))
    }

    /// What it shows, in words.
    pub fn caption(&self) -> String {
        let Self { colour, shape, layout, background } = self;
        let (colour, background) = (colour.word(), background.word());
        let behind = format!("on {} {background} background", article(background));
        match layout {
            Layout::One(Size::Usual) => format!("{} {colour} {} {behind}", article(colour), shape.word()),
            Layout::One(size) => format!("a {} {colour} {} {behind}", size.word(), shape.word()),
            Layout::At(place) => format!("{} {colour} {} {}", article(colour), shape.word(), place.words()),
            Layout::Several(count) => format!("{} {colour} {} {behind}", number(*count), shape.words()),
        }
    }

    pub(crate) fn painter(&self, random: &mut Random) -> Painter {
        let (colour, shape) = (self.colour.shade(random), self.shape);
        let background = self.background.shade(random);
        let below = background.map(|level| level - random.between(0.0, 12.0));
        let placed: Vec<Placed> = self.layout.places(random);
        Box::new(move |x, y| {
            if placed.iter().any(|place| place.covers(shape, x, y)) {
                colour
            } else {
                mix(background, below, (y + 1.0) / 2.0)
            }
        })
    }
}

/// Where one shape is.
struct Placed {
    x: f32,
    y: f32,
    radius: f32,
    /// Of its turn.
    sine: f32,
    cosine: f32,
}

impl Placed {
    /// About there, about so large, turned a little: never so far that a square could be taken for a diamond.
    fn about(x: f32, y: f32, radius: f32, random: &mut Random) -> Self {
        let (sine, cosine) = random.around(0.16).sin_cos();
        let radius = radius * random.between(0.92, 1.08);
        Self { x: x + random.around(0.05), y: y + random.around(0.05), radius, sine, cosine }
    }

    fn covers(&self, shape: Shape, x: f32, y: f32) -> bool {
        let (x, y) = ((x - self.x) / self.radius, (y - self.y) / self.radius);
        shape.covers(x * self.cosine + y * self.sine, y * self.cosine - x * self.sine)
    }
}

impl Layout {
    fn places(self, random: &mut Random) -> Vec<Placed> {
        let (radius, centres): (f32, &[(f32, f32)]) = match self {
            Self::One(Size::Small) => (0.24, &[(0.0, 0.0)]),
            Self::One(Size::Usual) => (0.5, &[(0.0, 0.0)]),
            Self::One(Size::Large) => (0.76, &[(0.0, 0.0)]),
            Self::At(Place::Left) => (0.33, &[(-0.57, 0.0)]),
            Self::At(Place::Right) => (0.33, &[(0.57, 0.0)]),
            Self::At(Place::Top) => (0.33, &[(0.0, -0.57)]),
            Self::At(Place::Bottom) => (0.33, &[(0.0, 0.57)]),
            Self::At(Place::Middle) => (0.33, &[(0.0, 0.0)]),
            Self::Several(2) => (0.38, &[(-0.46, 0.0), (0.46, 0.0)]),
            Self::Several(3) => (0.34, &[(-0.46, 0.38), (0.46, 0.38), (0.0, -0.42)]),
            Self::Several(4) => (0.34, &[(-0.46, -0.44), (0.46, -0.44), (-0.46, 0.44), (0.46, 0.44)]),
            Self::Several(_) => {
                (0.28, &[(-0.55, -0.55), (0.55, -0.55), (0.0, 0.0), (-0.55, 0.55), (0.55, 0.55)])
            }
        };
        centres.iter().map(|(x, y)| Placed::about(*x, *y, radius, random)).collect()
    }
}

impl Size {
    const fn word(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Usual => "",
            Self::Large => "large",
        }
    }
}

impl Place {
    const fn words(self) -> &'static str {
        match self {
            Self::Left => "on the left",
            Self::Right => "on the right",
            Self::Top => "at the top",
            Self::Bottom => "at the bottom",
            Self::Middle => "in the middle",
        }
    }
}

pub(crate) fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

const fn number(count: usize) -> &'static str {
    match count {
        2 => "two",
        3 => "three",
        4 => "four",
        _ => "five",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scene;

    /// Pixels that are nearer to the colour of the shape than to that of the background.
    fn covered(figure: Figure, seed: u64) -> Vec<(u32, u32)> {
        let picture = Scene::Figure(figure).draw(64, 64, seed);
        let distance = |pixel: &[u8], colour: Colour| -> f32 {
            pixel.iter().zip(colour.rgb()).map(|(a, b)| (f32::from(*a) - b).powi(2)).sum()
        };
        let pixels = picture.pixels().chunks_exact(3).enumerate();
        pixels
            .filter(|(_, pixel)| distance(pixel, figure.colour) < distance(pixel, figure.background))
            .map(|(at, _)| (at as u32 % 64, at as u32 / 64))
            .collect()
    }

    #[test]
    fn place_and_size_are_what_the_caption_says_whatever_the_seed() {
        let figure = |layout| Figure { layout, ..Figure::one(Colour::Red, Shape::Circle, Colour::White) };
        for seed in 0..20 {
            let count = |size| covered(figure(Layout::One(size)), seed).len();
            assert!(2 * count(Size::Small) < count(Size::Usual), "seed {seed}");
            assert!(3 * count(Size::Usual) < 2 * count(Size::Large), "seed {seed}");
            let all = |place, test: fn(u32, u32) -> bool| {
                let pixels = covered(figure(Layout::At(place)), seed);
                assert!(
                    !pixels.is_empty() && pixels.iter().all(|(x, y)| test(*x, *y)),
                    "{place:?}, seed {seed}"
                );
            };
            all(Place::Left, |x, _| x < 32);
            all(Place::Right, |x, _| x > 31);
            all(Place::Top, |_, y| y < 32);
            all(Place::Bottom, |_, y| y > 31);
        }
    }

    #[test]
    fn so_many_shapes_are_apart_from_each_other() {
        for count in 2..=5 {
            for seed in 0..10 {
                let layout = Layout::Several(count);
                let mut left =
                    covered(Figure { layout, ..Figure::one(Colour::Blue, Shape::Star, Colour::White) }, seed);
                let mut islands = 0;
                while let Some(first) = left.pop() {
                    islands += 1;
                    let mut island = vec![first];
                    while let Some((x, y)) = island.pop() {
                        let (near, far): (Vec<_>, Vec<_>) =
                            left.into_iter().partition(|(a, b)| a.abs_diff(x) <= 1 && b.abs_diff(y) <= 1);
                        island.extend(near);
                        left = far;
                    }
                }
                assert_eq!(islands, count, "seed {seed}");
            }
        }
    }

    #[test]
    fn what_is_held_out_is_known() {
        let held_out = |figure: Figure| figure.is_held_out();
        assert!(held_out(Figure::one(Colour::Red, Shape::Triangle, Colour::White)));
        assert!(!held_out(Figure::one(Colour::Red, Shape::Circle, Colour::White)));
        let three_stars = Figure::one(Colour::Yellow, Shape::Star, Colour::Blue);
        assert!(held_out(Figure { layout: Layout::Several(3), ..three_stars }));
        assert!(!held_out(Figure { layout: Layout::Several(2), ..three_stars }));
        assert!(!held_out(three_stars));
    }
}
