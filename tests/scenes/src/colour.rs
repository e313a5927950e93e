//! The colours that have a name.

use crate::random::Random;

/// Red, green and blue, 0 to 255.
pub(crate) type Rgb = [f32; 3];

/// A colour with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Colour {
    Red,
    Green,
    Blue,
    Yellow,
    Orange,
    Purple,
    Pink,
    Brown,
    Black,
    White,
    Gray,
}

impl Colour {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Red,
        Self::Green,
        Self::Blue,
        Self::Yellow,
        Self::Orange,
        Self::Purple,
        Self::Pink,
        Self::Brown,
        Self::Black,
        Self::White,
        Self::Gray,
    ];

    /// Its name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Purple => "purple",
            Self::Pink => "pink",
            Self::Brown => "brown",
            Self::Black => "black",
            Self::White => "white",
            Self::Gray => "gray",
        }
    }

    pub(crate) const fn rgb(self) -> Rgb {
        match self {
            Self::Red => [213.0, 36.0, 38.0],
            Self::Green => [42.0, 154.0, 62.0],
            Self::Blue => [42.0, 78.0, 206.0],
            Self::Yellow => [245.0, 212.0, 44.0],
            Self::Orange => [245.0, 136.0, 28.0],
            Self::Purple => [124.0, 52.0, 166.0],
            Self::Pink => [246.0, 150.0, 192.0],
            Self::Brown => [121.0, 75.0, 40.0],
            Self::Black => [22.0, 22.0, 24.0],
            Self::White => [246.0, 246.0, 244.0],
            Self::Gray => [132.0, 132.0, 134.0],
        }
    }

    /// One of its shades.
    pub(crate) fn shade(self, random: &mut Random) -> Rgb {
        self.rgb().map(|level| (level + random.around(9.0)).clamp(0.0, 255.0))
    }
}

/// `from` at 0, `to` at 1, even between.
pub(crate) fn mix(from: Rgb, to: Rgb, at: f32) -> Rgb {
    let at = at.clamp(0.0, 1.0);
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * at)
}
