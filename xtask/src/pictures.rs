//! Pictures for a first look at Kindred on a machine without photos. They are drawn here, so they are nobody's.

use std::fs;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result};
use kindred_scenes::{Colour, Figure, Layout, Pattern, Place, Scene, Shape, Size, View};

/// A question about the drawn pictures, and what the right answer is called.
pub(crate) struct Known {
    pub question: &'static str,
    pub answer: &'static str,
}

/// The starter model has learnt from sunsets, mountains and stripes like these, but never from a red triangle or from three
/// stars.
pub(crate) const KNOWN: [Known; 5] = [
    Known { question: "a sunset over the sea", answer: "a sunset over the sea" },
    Known { question: "a mountain with snow", answer: "a snowy mountain under a blue sky" },
    Known { question: "black and white stripes", answer: "black and white stripes" },
    Known { question: "a red triangle", answer: "a red triangle on a white background" },
    Known { question: "three stars", answer: "three yellow stars on a blue background" },
];

/// What the picture shows that is compared with the others. There are two of it.
pub(crate) const COMPARED: Scene = Scene::View(View::SunsetOverTheSea);

const fn figure(colour: Colour, shape: Shape, layout: Layout, background: Colour) -> Scene {
    Scene::Figure(Figure { colour, shape, layout, background })
}

/// What is drawn beside [`COMPARED`] and [`View::ONE_OF_EACH`].
const OTHERS: [Scene; 18] = [
    Scene::View(View::Car(Colour::Blue)),
    Scene::Pattern(Pattern::Chessboard),
    Scene::Pattern(Pattern::Stripes(Colour::Black, Colour::White)),
    Scene::Pattern(Pattern::Stripes(Colour::Red, Colour::Yellow)),
    Scene::Pattern(Pattern::Dots(Colour::White, Colour::Red)),
    figure(Colour::Red, Shape::Triangle, Layout::One(Size::Usual), Colour::White),
    figure(Colour::Blue, Shape::Triangle, Layout::One(Size::Usual), Colour::White),
    figure(Colour::Red, Shape::Circle, Layout::One(Size::Usual), Colour::White),
    figure(Colour::Blue, Shape::Square, Layout::One(Size::Large), Colour::White),
    figure(Colour::Green, Shape::Square, Layout::One(Size::Usual), Colour::Yellow),
    figure(Colour::Yellow, Shape::Star, Layout::Several(3), Colour::Blue),
    figure(Colour::Yellow, Shape::Star, Layout::One(Size::Usual), Colour::Blue),
    figure(Colour::Orange, Shape::Circle, Layout::Several(3), Colour::Black),
    figure(Colour::Purple, Shape::Heart, Layout::One(Size::Usual), Colour::Pink),
    figure(Colour::Pink, Shape::Heart, Layout::At(Place::Left), Colour::Gray),
    figure(Colour::Orange, Shape::Ring, Layout::One(Size::Large), Colour::Black),
    figure(Colour::Green, Shape::Cross, Layout::One(Size::Small), Colour::White),
    figure(Colour::Brown, Shape::Diamond, Layout::At(Place::Top), Colour::White),
];

fn scenes() -> Vec<Scene> {
    let views = View::ONE_OF_EACH.map(Scene::View);
    [COMPARED].into_iter().chain(views).chain(OTHERS).collect()
}

/// The name of each picture's file, without its extension: what it shows, and a number where an earlier one shows the same.
fn names(scenes: &[Scene]) -> Vec<String> {
    let captions: Vec<String> = scenes.iter().map(Scene::caption).collect();
    let number = |at: usize| captions[..=at].iter().filter(|earlier| **earlier == captions[at]).count();
    let named = (0..captions.len()).map(|at| match number(at) {
        1 => captions[at].clone(),
        again => format!("{} {again}", captions[at]),
    });
    named.collect()
}

/// Draws the pictures into `folder`, which is made anew.
pub(crate) fn draw(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} could not be emptied", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
    let scenes = scenes();
    let names = names(&scenes);
    let all: Vec<(usize, &Scene)> = scenes.iter().enumerate().collect();
    let share = all.len().div_ceil(thread::available_parallelism().map_or(1, usize::from));
    thread::scope(|scope| {
        let threads: Vec<_> = all
            .chunks(share)
            .map(|share| {
                let names = &names;
                scope.spawn(move || {
                    share.iter().try_for_each(|(at, scene)| write(folder, &names[*at], *at, scene))
                })
            })
            .collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(written) => written,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

fn write(folder: &Path, name: &str, seed: usize, scene: &Scene) -> Result<()> {
    let path = folder.join(format!("{name}.bmp"));
    // A view is as wide as a photo; of a figure nothing may be cropped away.
    let (width, height) = if matches!(scene, Scene::View(_)) { (640, 480) } else { (480, 480) };
    fs::write(&path, scene.draw(width, height, seed as u64).bitmap())
        .with_context(|| format!("{} could not be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_one_right_answer_among_the_pictures() {
        let names = names(&scenes());
        for known in KNOWN {
            assert!(names.iter().any(|name| name == known.answer), "{}", known.answer);
        }
        let mut different = names.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), names.len(), "no file is written twice");
    }
}
