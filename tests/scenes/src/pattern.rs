//! Surfaces covered with one pattern.

use crate::colour::Colour;
use crate::figure::article;
use crate::paint::Painter;
use crate::random::Random;

/// A pattern without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Two colours in turn.
    Stripes(Colour, Colour),
    /// Dots of the first colour on the second.
    Dots(Colour, Colour),
    /// Eight by eight fields, light and dark.
    Chessboard,
}

impl Pattern {
    /// What it shows, in words.
    pub fn caption(&self) -> String {
        match self {
            Self::Stripes(one, other) => format!("{} and {} stripes", one.word(), other.word()),
            Self::Dots(dots, ground) => {
                let ground = ground.word();
                format!("{} dots on {} {ground} background", dots.word(), article(ground))
            }
            Self::Chessboard => "a chessboard".to_owned(),
        }
    }

    pub(crate) fn painter(&self, random: &mut Random) -> Painter {
        match self {
            Self::Stripes(one, other) => {
                let colours = [one.shade(random), other.shade(random)];
                let upright = random.between(0.0, 1.0) < 0.5;
                let (sine, cosine) = random.around(0.12).sin_cos();
                let (width, offset) = (random.between(0.16, 0.26), random.between(0.0, 1.0));
                Box::new(move |x, y| {
                    let (along, across) = if upright { (y, x) } else { (x, y) };
                    let stripe = ((across * cosine + along * sine) / width + offset).floor();
                    colours[stripe.rem_euclid(2.0) as usize]
                })
            }
            Self::Dots(dots, ground) => {
                let (dots, ground) = (dots.shade(random), ground.shade(random));
                let distance = random.between(0.32, 0.46);
                let radius = distance * random.between(0.26, 0.34);
                let (right, down) = (random.between(0.0, distance), random.between(0.0, distance));
                Box::new(move |x, y| {
                    let row = ((y + down) / distance).floor();
                    // Every other row is shifted by a half.
                    let shift = right + row.rem_euclid(2.0) * distance / 2.0;
                    let off = |value: f32| value.rem_euclid(distance) - distance / 2.0;
                    if off(x + shift).hypot(off(y + down)) < radius { dots } else { ground }
                })
            }
            Self::Chessboard => {
                let colours = [[236.0, 220.0, 180.0], [92.0, 56.0, 30.0]]
                    .map(|colour| colour.map(|level| level + random.around(9.0)));
                let side = random.between(0.92, 1.0) / 4.0;
                let table = Colour::Gray.shade(random);
                Box::new(move |x, y| {
                    let (column, row) = ((x / side).floor(), (y / side).floor());
                    if (-4.0..4.0).contains(&column) && (-4.0..4.0).contains(&row) {
                        colours[(column + row).rem_euclid(2.0) as usize]
                    } else {
                        table
                    }
                })
            }
        }
    }
}
