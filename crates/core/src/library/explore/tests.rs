//! Exploring a library of drawn pictures with the starter model.

use std::path::Path;
use std::sync::Mutex;

use image::{RgbImage, imageops};

use super::*;
use crate::error::Error;
use crate::explore::duplicates::drawn;
use crate::explore::{Stage, Step};
use crate::ids::PhotoId;
use crate::indexing::JobControl;
use crate::library::By;
use crate::library::testing::World;

fn all(by: By) -> ExploreRequest {
    ExploreRequest { by, filter: String::new() }
}

fn save(world: &World, name: &str, image: &RgbImage) {
    let path = world.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    image.save(path).unwrap();
}

fn name_of(world: &World, photo: PhotoId) -> String {
    let path = world.library.paths(&[photo]).unwrap().remove(0);
    path.strip_prefix(world.path("p")).unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/")
}

/// Twelve pictures in `p/a` and twelve in `p/b`, indexed.
fn two_dozen() -> World {
    let world = World::new();
    for seed in 0..24 {
        let folder = if seed < 12 { "a" } else { "b" };
        save(&world, &format!("p/{folder}/{seed:02}.png"), &drawn(seed, 160, 120));
    }
    world.add(&[world.path("p")]);
    assert_eq!(world.index().indexed, 24);
    world
}

fn duplicates(world: &World, request: &ExploreRequest) -> Duplicates {
    world.library.duplicates(request, &JobControl::default(), &|_| {}).unwrap()
}

#[test]
fn copies_are_found_with_what_was_done_to_them_and_the_best_is_kept() {
    let world = two_dozen();
    let image = drawn(3, 640, 480);
    save(&world, "p/copies/large.bmp", &image);
    std::fs::copy(world.path("p/copies/large.bmp"), world.path("p/copies/same.bmp")).unwrap();
    let smaller = imageops::resize(&image, 600, 450, imageops::FilterType::Triangle);
    save(&world, "p/copies/mirrored.bmp", &imageops::flip_horizontal(&smaller));
    world.index();
    let found = duplicates(&world, &all(By::Look));
    assert_eq!(found.photos, 27);
    assert_eq!(found.model.as_deref(), Some("starter"));
    assert_eq!(found.groups.len(), 1, "{found:?}");
    let group = &found.groups[0];
    assert_eq!(group.reason.word(), "first", "of the two that are the same file");
    assert_eq!((group.photos[0].id, group.photos[0].relation.word()), (group.keeper, "keeper"));
    let mut photos: Vec<(String, &str)> =
        group.photos.iter().map(|photo| (name_of(&world, photo.id), photo.relation.word())).collect();
    photos.sort();
    let pair = match photos[1].1 {
        "keeper" => [("copies/large.bmp", "keeper"), ("copies/same.bmp", "sameFile")],
        _ => [("copies/large.bmp", "sameFile"), ("copies/same.bmp", "keeper")],
    };
    let expected = [("a/03.png", "resized"), pair[0], ("copies/mirrored.bmp", "mirrored"), pair[1]];
    assert_eq!(photos, expected.map(|(name, relation)| (name.to_owned(), relation)));
    let others: u64 = group.photos[1..].iter().map(|photo| photo.bytes).sum();
    assert_eq!(found.bytes, others);
    assert!(
        group
            .photos
            .iter()
            .all(|photo| ["PNG", "BMP"].contains(&photo.format.as_str()) && photo.sharpness > 0.0)
    );
    assert!(world.path("p/copies/same.bmp").exists(), "nothing is ever deleted");

    let filtered = ExploreRequest { filter: "folder:copies".into(), ..all(By::Look) };
    let within = duplicates(&world, &filtered);
    assert_eq!((within.photos, within.groups.len(), within.groups[0].photos.len()), (3, 1, 3));
}

#[test]
fn what_was_found_is_kept_until_photos_change_and_fingerprints_are_made_where_they_are_missing() {
    let world = two_dozen();
    let request = all(By::Meaning);
    let stages = |world: &World| {
        let stages = Mutex::new(Vec::new());
        let told = |step: Step| stages.lock().unwrap().push(step.stage);
        world.library.duplicates(&request, &JobControl::default(), &told).unwrap();
        let mut stages = stages.into_inner().unwrap();
        stages.dedup();
        stages
    };
    assert_eq!(stages(&world), [Stage::Comparing, Stage::Confirming]);
    assert_eq!(stages(&world), []);
    let catalog = crate::catalog::Catalog::open(&world.library.places.catalog()).unwrap();
    assert_eq!(catalog.without_signature(None, 9).unwrap(), [], "the job has made them");

    save(&world, "p/a/new.png", &drawn(2, 300, 200));
    world.index();
    assert!(stages(&world).contains(&Stage::Confirming));
    assert_eq!(duplicates(&world, &request).groups.len(), 1);
    std::fs::remove_dir_all(world.library.places.explored()).unwrap();
    assert_eq!(stages(&world), [], "memory has it");
}

#[test]
fn a_question_that_is_no_filter_and_one_that_is_cancelled_end() {
    let world = two_dozen();
    let words = ExploreRequest { filter: "a dog".into(), ..all(By::Look) };
    let control = JobControl::default();
    let error = world.library.themes(&words, &control, &|_| {}).unwrap_err();
    assert!(
        matches!(&error, Error::Query { source, .. } if source.problem.code() == "only-filters"),
        "{error}"
    );
    control.cancel();
    let request = all(By::Look);
    assert!(matches!(world.library.duplicates(&request, &control, &|_| {}), Err(Error::Cancelled)));
    assert!(matches!(world.library.outliers(&request, false, &control, &|_| {}), Err(Error::Cancelled)));
    assert!(matches!(world.library.themes(&request, &control, &|_| {}), Err(Error::Cancelled)));
    assert!(matches!(world.library.photo_map(&request, &control, &|_| {}), Err(Error::Cancelled)));
}

#[test]
fn an_empty_library_has_nothing_to_explore_and_one_or_two_photos_have_a_map() {
    let world = World::new();
    let control = JobControl::default();
    for count in 0..3u64 {
        if count > 0 {
            save(&world, &format!("p/{count}.png"), &drawn(count, 90, 60));
        } else {
            std::fs::create_dir_all(world.path("p")).unwrap();
            world.add(&[world.path("p")]);
        }
        world.index();
        let request = all(By::Meaning);
        let map = world.library.photo_map(&request, &control, &|_| {}).unwrap();
        assert_eq!((map.points.len() as u64, map.trustworthiness), (count, None));
        assert!(world.library.outliers(&request, false, &control, &|_| {}).unwrap().outliers.is_empty());
        let themes = world.library.themes(&request, &control, &|_| {}).unwrap();
        assert_eq!((themes.themes.len(), themes.unsorted), (0, count));
        assert_eq!(
            duplicates(&world, &request),
            Duplicates { photos: count, model: Some("starter".into()), ..Duplicates::default() }
        );
    }
}

#[test]
fn a_name_stays_with_its_theme_when_photos_are_added_and_when_everything_is_computed_anew() {
    let world = World::new();
    // Three kinds of pictures: variations of three drawings, cut out here and there.
    let variation = |kind: u64, number: u32| {
        imageops::crop_imm(&drawn(kind, 400, 300), number * 7 % 13, number * 5 % 13, 260, 200).to_image()
    };
    for kind in 0..3 {
        (0..10).for_each(|number| save(&world, &format!("p/{kind}-{number}.png"), &variation(kind, number)));
    }
    world.add(&[world.path("p")]);
    world.index();
    let control = JobControl::default();
    let request = all(By::Look);
    let themes = || world.library.themes(&request, &control, &|_| {}).unwrap();
    let before = themes();
    let top: Vec<&Theme> = before.themes.iter().filter(|theme| theme.parent.is_none()).collect();
    assert_eq!(top.len(), 3, "{before:?}");
    assert!(top.iter().all(|theme| !theme.words.is_empty() && theme.covers.len() == 4), "{top:?}");
    let photos = |theme: i64| world.library.theme_photos(By::Look, theme).unwrap();
    let kind_of = |theme: i64| {
        let mut kinds: Vec<String> =
            photos(theme).iter().map(|photo| name_of(&world, *photo)[..1].to_owned()).collect();
        kinds.sort();
        kinds.dedup();
        assert_eq!(kinds.len(), 1, "{kinds:?}");
        kinds.remove(0)
    };
    let theme = top[1].id;
    let kind = kind_of(theme);
    let name = |theme: i64, name: Option<&str>| {
        world.library.name_theme(By::Look, theme, name, &control, &mut |_| {})
    };
    name(theme, Some("  바다 ")).unwrap();
    let named = |themes: &Themes| -> Vec<(i64, String)> {
        themes.themes.iter().filter_map(|theme| Some((theme.id, theme.name.clone()?))).collect()
    };
    assert_eq!(named(&themes()), [(theme, "바다".to_owned())]);

    for kind in 0..3 {
        (10..13).for_each(|number| save(&world, &format!("p/{kind}-{number}.png"), &variation(kind, number)));
    }
    world.index();
    let after = themes();
    assert_eq!(named(&after), [(theme, "바다".to_owned())]);
    assert_eq!(kind_of(theme), kind);
    assert_eq!(photos(theme).len(), 13);

    // Without anything that was kept, numbers may be others; the name is with the same photos.
    let reopened = crate::library::Library::open(world.library.options.clone()).unwrap();
    std::fs::remove_dir_all(world.library.places.explored()).unwrap();
    let anew = reopened.themes(&request, &control, &|_| {}).unwrap();
    let [(number, _)] = named(&anew)[..] else { panic!("{anew:?}") };
    assert_eq!(kind_of(number), kind);
    reopened.name_theme(By::Look, number, None, &control, &mut |_| {}).unwrap();
    assert_eq!(named(&reopened.themes(&request, &control, &|_| {}).unwrap()), []);

    let unknown = name(777, Some("x")).unwrap_err();
    assert_eq!(unknown.code(), "unknown-theme");
    assert!(matches!(world.library.theme_photos(By::Meaning, theme), Err(Error::UnknownTheme { .. })));
    assert!(matches!(world.library.theme_photos(By::Meaning, -1), Err(Error::UnknownTheme { theme: -1 })));
}

#[test]
fn the_map_has_every_photo_once_and_its_preview_knows_the_themes_afterwards() {
    let world = two_dozen();
    let control = JobControl::default();
    let request = all(By::Look);
    let preview = world.library.photo_map_preview(&request, &control, &|_| {}).unwrap();
    assert_eq!((preview.kind, preview.points.len(), preview.trustworthiness), (MapKind::Principal, 24, None));
    assert!(preview.points.iter().all(|point| point.theme.is_none()));
    let map = world.library.photo_map(&request, &control, &|_| {}).unwrap();
    assert_eq!((map.kind, map.points.len(), map.model.as_str()), (MapKind::Tsne, 24, "starter"));
    assert!(map.points.windows(2).all(|pair| pair[0].photo < pair[1].photo));
    assert!(map.points.iter().all(|point| point.x.abs() <= 1.0 && point.y.abs() <= 1.0));
    let themes = world.library.themes(&request, &control, &|_| {}).unwrap();
    let sorted = map.points.iter().filter(|point| point.theme.is_some()).count() as u64;
    assert_eq!(sorted, themes.photos - themes.unsorted);
    let again = world.library.photo_map_preview(&request, &control, &|_| {}).unwrap();
    assert_eq!(again.points.iter().filter(|point| point.theme.is_some()).count() as u64, sorted);
    assert_eq!(world.library.photo_map(&request, &control, &|_| {}).unwrap(), map);
}

#[test]
fn a_stranger_is_told_with_its_neighbours_and_with_the_folder_where_it_does_not_belong() {
    let world = World::new();
    for number in 0..12 {
        let view = |seed: u64| {
            imageops::crop_imm(&drawn(seed, 400, 300), number * 4, number * 3, 260, 200).to_image()
        };
        save(&world, &format!("p/a/{number}.png"), &view(1));
        save(&world, &format!("p/b/{number}.png"), &view(2));
    }
    // Alike to what is in the other folder, and a stranger in this one.
    save(&world, "p/a/stray.png", &imageops::crop_imm(&drawn(2, 400, 300), 20, 15, 260, 200).to_image());
    save(&world, "p/b/nothing.png", &RgbImage::from_pixel(200, 200, image::Rgb([250, 250, 0])));
    world.add(&[world.path("p")]);
    world.index();
    let control = JobControl::default();
    let found = world.library.outliers(&all(By::Look), false, &control, &|_| {}).unwrap();
    assert_eq!(found.photos, 26);
    let first = &found.outliers[0];
    assert_eq!((name_of(&world, first.id).as_str(), &first.folder), ("b/nothing.png", &None));
    assert_eq!(first.neighbours.len(), 3);
    assert!(first.neighbours.windows(2).all(|pair| pair[0].similarity >= pair[1].similarity));
    assert!(found.outliers.iter().all(|outlier| name_of(&world, outlier.id) != "a/stray.png"), "{found:?}");

    let per_folder = world.library.outliers(&all(By::Look), true, &control, &|_| {}).unwrap();
    let stray = per_folder.outliers.iter().find(|outlier| name_of(&world, outlier.id) == "a/stray.png");
    let folder = stray.and_then(|stray| stray.folder.clone()).unwrap();
    assert!(folder.path.ends_with("a"), "{folder:?}");
}
