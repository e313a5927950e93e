//! Drawn pictures of which it is known what they show: shapes, patterns and views, each with its caption.
//!
//! The starter model is trained on pictures of the same vocabulary, drawn by `models/starter/train/scenes.py`; what
//! [`is_held_out`](Figure::is_held_out) is never among them. Every picture varies with its seed, and the same seed gives the
//! same picture on every machine.

mod colour;
mod figure;
mod paint;
mod pattern;
mod picture;
mod random;
mod shape;
mod view;

pub use colour::Colour;
pub use figure::{Figure, Layout, Place, Size};
pub use pattern::Pattern;
pub use picture::Picture;
pub use shape::Shape;
pub use view::View;

use paint::Painter;
use random::Random;

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// Shapes on a plain background.
    Figure(Figure),
    /// A surface covered with one pattern.
    Pattern(Pattern),
    /// A place or a thing.
    View(View),
}

impl Scene {
    /// What it shows, in words.
    pub fn caption(&self) -> String {
        match self {
            Self::Figure(figure) => figure.caption(),
            Self::Pattern(pattern) => pattern.caption(),
            Self::View(view) => view.caption(),
        }
    }

    /// Draws it, `width` × `height` pixels. Everything that matters lies in the square in the middle. The seed moves, turns and
    /// tints a little.
    pub fn draw(&self, width: u32, height: u32, seed: u64) -> Picture {
        let mut random = Random::new(seed);
        let painter: Painter = match self {
            Self::Figure(figure) => figure.painter(&mut random),
            Self::Pattern(pattern) => pattern.painter(&mut random),
            Self::View(view) => view.painter(&mut random),
        };
        paint::paint(width, height, &painter, &mut random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_picture_and_another_seed_another() {
        let star = Scene::Figure(Figure::one(Colour::Yellow, Shape::Star, Colour::Blue));
        for scene in [star, Scene::Pattern(Pattern::Chessboard), Scene::View(View::SnowyMountain)] {
            let picture = scene.draw(48, 32, 1);
            assert_eq!(picture.pixels().len(), 48 * 32 * 3);
            assert_eq!(picture, scene.draw(48, 32, 1), "{scene:?}");
            assert_ne!(picture, scene.draw(48, 32, 2), "{scene:?}");
        }
    }

    #[test]
    fn captions_are_those_of_the_training() {
        let figure = |colour, shape, layout, background| {
            Scene::Figure(Figure { colour, shape, layout, background }).caption()
        };
        use {Colour::*, Shape::*};
        for (caption, expected) in [
            (figure(Red, Circle, Layout::One(Size::Usual), White), "a red circle on a white background"),
            (
                figure(Green, Triangle, Layout::One(Size::Large), Black),
                "a large green triangle on a black background",
            ),
            (figure(Orange, Heart, Layout::One(Size::Usual), Gray), "an orange heart on a gray background"),
            (figure(Blue, Square, Layout::Several(3), White), "three blue squares on a white background"),
            (figure(Red, Cross, Layout::Several(2), White), "two red crosses on a white background"),
            (figure(Yellow, Star, Layout::At(Place::Left), Blue), "a yellow star on the left"),
            (Scene::Pattern(Pattern::Stripes(Red, White)).caption(), "red and white stripes"),
            (Scene::View(View::SunsetOverTheSea).caption(), "a sunset over the sea"),
        ] {
            assert_eq!(caption, expected);
        }
    }
}
