//! What the starter model finds: every question has one right picture, and it has to come first.
//!
//! The shapes are drawn in combinations of colour, number and shape that the model was never trained on.

use std::path::PathBuf;

use image::RgbImage;
use image::imageops::{self, FilterType};
use kindred_scenes::{Colour, Figure, Layout, Pattern, Scene, Shape, View};

use crate::pictures;
use crate::program::{Home, paths};

/// Share of the questions that must have the right picture first.
const FOUND: f64 = 0.8;
/// The same where the others are drawn to be mistaken for it: the same shape and colour on another ground, one more of them.
const FOUND_AMONG_ALIKE: f64 = 0.7;
/// Share of the changed copies whose original must come first.
const RECOGNISED: f64 = 0.95;

fn drawn(scene: &Scene, seed: u64) -> RgbImage {
    let picture = scene.draw(192, 192, seed);
    RgbImage::from_raw(picture.width(), picture.height(), picture.pixels().to_vec()).unwrap()
}

/// A library of these scenes; each picture is called by its caption.
fn library_of(scenes: &[Scene]) -> Home {
    let home = Home::new();
    for (seed, scene) in (100..).zip(scenes) {
        drawn(scene, seed).save(picture_of(&home, scene)).unwrap();
    }
    let added = home.json(["add", "photos"]);
    assert_eq!(added["indexed"], scenes.len(), "{added}");
    home
}

fn picture_of(home: &Home, scene: &Scene) -> PathBuf {
    home.photos().join(format!("{}.png", scene.caption()))
}

/// Asks every question of these pictures; enough of them must have the right one first.
fn check(cases: &[(String, PathBuf)], enough: f64, answer: impl Fn(&str) -> serde_json::Value) {
    let mut wrong = Vec::new();
    for (question, right) in cases {
        let found = answer(question);
        assert_eq!(found["model"], "starter", "{found}");
        let first = paths(&found, "results").swap_remove(0);
        if first != *right {
            wrong.push(format!("{question}: {}", first.file_name().unwrap().display()));
        }
    }
    let share = 1.0 - wrong.len() as f64 / cases.len() as f64;
    assert!(share >= enough, "{share:.2} of {} have the right picture first: {wrong:#?}", cases.len());
}

/// On two backgrounds each, every combination that was never trained on.
fn held_out() -> Vec<Figure> {
    let mut figures = Vec::new();
    for (colour, shape) in Figure::HELD_OUT_PAIRS {
        for background in [Colour::Gray, if colour == Colour::White { Colour::Green } else { Colour::White }]
        {
            figures.push(Figure::one(colour, shape, background));
        }
    }
    for (count, shape) in Figure::HELD_OUT_COUNTS {
        for (colour, background) in [(Colour::Purple, Colour::White), (Colour::Yellow, Colour::Black)] {
            let layout = Layout::Several(count);
            figures.push(Figure { layout, ..Figure::one(colour, shape, background) });
        }
    }
    figures
}

/// What each of them could be taken for: another colour, another shape, another number.
fn mistakable(figure: &Figure) -> Vec<Figure> {
    let Figure { colour, shape, layout, background } = *figure;
    let other = |is_free: &dyn Fn(Colour) -> bool| {
        Colour::ALL
            .into_iter()
            .find(|other| *other != background && *other != colour && is_free(*other))
            .unwrap()
    };
    let all_shapes = Shape::ALL.into_iter().filter(|other| *other != shape);
    let other_shapes =
        all_shapes.map(|shape| Figure { shape, ..*figure }).filter(|other| !other.is_held_out());
    let mut figures: Vec<Figure> = other_shapes.take(2).collect();
    let is_trained = |colour| !Figure { colour, layout: Layout::Several(5), ..*figure }.is_held_out();
    figures.push(Figure { colour: other(&is_trained), layout: Layout::Several(5), ..*figure });
    if let Layout::Several(count) = layout {
        figures.push(Figure { layout: Layout::Several(if count == 2 { 4 } else { count - 1 }), ..*figure });
    }
    figures
}

#[test]
fn shapes_are_found_by_colour_number_and_name_in_combinations_never_trained_on() {
    let asked = held_out();
    assert!(asked.len() == 26 && asked.iter().all(Figure::is_held_out));
    let mut scenes: Vec<Scene> = asked.iter().copied().map(Scene::Figure).collect();
    for other in asked.iter().flat_map(mistakable).map(Scene::Figure) {
        if !scenes.contains(&other) {
            scenes.push(other);
        }
    }
    let home = library_of(&scenes);
    let cases: Vec<(String, PathBuf)> =
        asked.iter().map(|figure| (figure.caption(), picture_of(&home, &Scene::Figure(*figure)))).collect();
    check(&cases, FOUND_AMONG_ALIKE, |question| home.json(["search", question]));
}

#[test]
fn views_and_patterns_are_found_by_their_names() {
    let patterns = [
        Pattern::Chessboard,
        Pattern::Stripes(Colour::Red, Colour::White),
        Pattern::Dots(Colour::White, Colour::Blue),
    ];
    let scenes: Vec<Scene> =
        View::ONE_OF_EACH.map(Scene::View).into_iter().chain(patterns.map(Scene::Pattern)).collect();
    let home = library_of(&scenes);
    let cases: Vec<(String, PathBuf)> =
        scenes.iter().map(|scene| (scene.caption(), picture_of(&home, scene))).collect();
    check(&cases, FOUND, |question| home.json(["search", question]));
}

#[test]
fn a_copy_that_was_resized_mirrored_or_compressed_looks_most_like_its_original() {
    let mut scenes: Vec<Scene> = held_out().into_iter().map(Scene::Figure).collect();
    let views =
        [View::SunsetOverTheSea, View::SnowyMountain, View::GreenMeadow, View::House, View::SailingBoat];
    scenes.extend(views.map(Scene::View));
    let home = library_of(&scenes);
    let outside = home.library().parent().unwrap().join("copies");
    std::fs::create_dir(&outside).unwrap();
    let mut cases = Vec::new();
    for (number, (seed, scene)) in (100..).zip(&scenes).enumerate().filter(|(number, _)| number % 3 == 0) {
        let original = drawn(scene, seed);
        let name = |kind: &str| outside.join(format!("{number} {kind}"));
        let copies = [name("smaller.png"), name("mirrored.png"), name("compressed.jpg")];
        imageops::resize(&original, 120, 120, FilterType::Triangle).save(&copies[0]).unwrap();
        imageops::flip_horizontal(&original).save(&copies[1]).unwrap();
        std::fs::write(&copies[2], pictures::jpeg(&original, 40)).unwrap();
        let right = picture_of(&home, scene);
        cases.extend(copies.map(|copy| (copy.to_str().unwrap().to_owned(), right.clone())));
    }
    assert_eq!(cases.len(), 33);
    check(&cases, RECOGNISED, |copy| home.json(["similar", copy, "--by", "look"]));
}
