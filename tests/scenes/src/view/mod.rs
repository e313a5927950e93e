//! Places and things, simply drawn.

mod land;
mod things;

use crate::colour::{Colour, Rgb, mix};
use crate::figure::article;
use crate::paint::Painter;
use crate::random::Random;

/// A place, or a thing in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the captions say it")]
pub enum View {
    SunsetOverTheSea,
    SnowyMountain,
    GreenMeadow,
    StarryNight,
    Rainbow,
    House,
    Tree,
    SailingBoat,
    Car(Colour),
}

impl View {
    /// Every kind, the car in red.
    pub const ONE_OF_EACH: [Self; 9] = [
        Self::SunsetOverTheSea,
        Self::SnowyMountain,
        Self::GreenMeadow,
        Self::StarryNight,
        Self::Rainbow,
        Self::House,
        Self::Tree,
        Self::SailingBoat,
        Self::Car(Colour::Red),
    ];

    /// What it shows, in words.
    pub fn caption(&self) -> String {
        match self {
            Self::SunsetOverTheSea => "a sunset over the sea".to_owned(),
            Self::SnowyMountain => "a snowy mountain under a blue sky".to_owned(),
            Self::GreenMeadow => "a green meadow under a blue sky".to_owned(),
            Self::StarryNight => "a starry night with a moon".to_owned(),
            Self::Rainbow => "a rainbow in the sky".to_owned(),
            Self::House => "a house with a red roof".to_owned(),
            Self::Tree => "a tree in a field".to_owned(),
            Self::SailingBoat => "a sailing boat on the sea".to_owned(),
            Self::Car(colour) => format!("{} {} car on a road", article(colour.word()), colour.word()),
        }
    }

    pub(crate) fn painter(&self, random: &mut Random) -> Painter {
        match self {
            Self::SunsetOverTheSea => land::sunset(random),
            Self::SnowyMountain => land::mountain(random),
            Self::GreenMeadow => land::meadow(random),
            Self::StarryNight => land::night(random),
            Self::Rainbow => land::rainbow(random),
            Self::House => things::house(random),
            Self::Tree => things::tree(random),
            Self::SailingBoat => things::boat(random),
            Self::Car(colour) => things::car(*colour, random),
        }
    }
}

/// A clear sky of today's blue, lighter towards the ground.
struct Sky {
    above: Rgb,
    below: Rgb,
}

impl Sky {
    fn new(random: &mut Random) -> Self {
        let tint = random.around(14.0);
        Self { above: [70.0 + tint, 135.0 + tint, 225.0], below: [190.0 + tint, 220.0, 246.0] }
    }

    fn colour(&self, y: f32) -> Rgb {
        mix(self.above, self.below, (y + 1.0) / 1.4)
    }
}

/// A colour near this one.
fn tinted(colour: Rgb, random: &mut Random) -> Rgb {
    colour.map(|level| level + random.around(8.0))
}

fn in_ellipse(x: f32, y: f32, width: f32, height: f32) -> bool {
    (x / width).powi(2) + (y / height).powi(2) < 1.0
}

/// Within a box around the origin.
fn in_box(x: f32, y: f32, width: f32, height: f32) -> bool {
    x.abs() < width && y.abs() < height
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scene;

    /// Mean colour of the upper or the lower quarter.
    fn mean(view: View, lower: bool) -> [f32; 3] {
        let picture = Scene::View(view).draw(64, 64, 5);
        let from = if lower { 48 * 64 * 3 } else { 0 };
        let pixels = picture.pixels()[from..from + 16 * 64 * 3].chunks_exact(3);
        pixels.fold([0.0; 3], |sum, pixel| std::array::from_fn(|i| sum[i] + f32::from(pixel[i]) / 1024.0))
    }

    #[test]
    fn skies_are_above_and_grounds_below() {
        let is_blue = |[r, _, b]: [f32; 3]| b > r + 30.0;
        let is_green = |[r, g, b]: [f32; 3]| g > r + 20.0 && g > b + 20.0;
        for view in [View::SnowyMountain, View::GreenMeadow, View::House, View::Tree, View::SailingBoat] {
            assert!(is_blue(mean(view, false)), "{view:?}: {:?}", mean(view, false));
        }
        for view in [View::GreenMeadow, View::House, View::Tree, View::Rainbow] {
            assert!(is_green(mean(view, true)), "{view:?}: {:?}", mean(view, true));
        }
        assert!(is_blue(mean(View::SailingBoat, true)));
        assert!(mean(View::StarryNight, false).iter().all(|level| *level < 90.0));
    }
}
