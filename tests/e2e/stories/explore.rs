//! What nobody has asked for in words: the map, themes, duplicates and outliers.

use std::fs;
use std::time::Duration;

use crate::harness::{App, Seen, Stage, keys, photo_id, pictures};

const CONTROL: char = '\u{e009}';
/// Pictures drawn, a dozen of each kind; one more is a copy.
const DRAWN: u32 = 96;
const PHOTOS: usize = DRAWN as usize + 1;
/// The longest that something may be worked out, on a machine with other things to do.
const WORK: Duration = Duration::from_secs(120);

#[test]
fn a_library_is_explored_without_a_question() {
    let Some(stage) = Stage::set("explore") else { return };
    pictures::draw_many(&stage.photos(), DRAWN);
    fs::copy(stage.photos().join("0000.bmp"), stage.photos().join("again.bmp")).unwrap();
    let app = stage.open(&[]);
    app.start_again_with(&[&stage.photos()]);
    app.waits_for_the_end(PHOTOS);
    app.makes_photos_small();

    the_map_leads_to_photos(&app);
    a_photo_is_shown_on_the_map(&app);
    themes_are_opened_and_named(&app);
    duplicates_are_compared_and_selected(&app);
    outliers_are_explained(&app);
}

fn the_map_leads_to_photos(app: &App<'_>) {
    let page = &app.page;
    page.click(&page.the("button", "Map"));
    let map = the_map(app);
    page.says_within(WORK, "of the neighbourhoods are true");
    app.is_accessible("map");
    app.shot("map");

    // By the other network: the photos move, and all are there.
    page.choose(&page.the("radio", "Look"));
    the_map(app);
    page.says_within(WORK, "of the neighbourhoods are true");
    app.shot("map-by-look");
    page.choose(&page.the("radio", "Meaning"));

    // What is found lights up, on the same page.
    app.search("a red circle");
    page.says("lit up");
    app.shot("map-with-results");
    page.click(&page.the("button", "Clear the search"));

    // By keyboard: nearer, all of it again, everything selected, and into the grid.
    page.focus(&map);
    page.press(&['+', '+', '0']);
    page.press_together(&[CONTROL, 'a']);
    page.the("status", &format!("{PHOTOS} selected"));
    app.shot("map-selected");
    page.click(&page.the("button", "Show in the grid"));
    page.the("heading", "Selected photos");
    page.says(&format!("{PHOTOS} photos"));
    page.click(&page.the("button", "Back"));
    the_map(app);
    page.click(&page.the("button", "Clear the selection"));

    // By mouse: a line around all of them.
    page.click(&page.the("button", "Draw around photos to select them"));
    page.draw_around(&the_map(app));
    page.the("status", &format!("{PHOTOS} selected"));
    page.click(&page.the("button", "Clear the selection"));
}

fn a_photo_is_shown_on_the_map(app: &App<'_>) {
    let page = &app.page;
    page.click(&page.the("button", "All photos"));
    let cell = page.the_one_like("gridcell", "Photo ");
    page.right_click(&cell);
    page.click(&page.the("menuitem", "Show on the map"));
    the_map(app);
    page.the("status", "1 selected");
    app.shot("shown-on-the-map");
    page.click(&page.the("button", "Clear the selection"));
}

fn themes_are_opened_and_named(app: &App<'_>) {
    let page = &app.page;
    page.click(&page.the("button", "Themes"));
    let theme = page.the_one_like("button", "Show the photos of ");
    app.is_accessible("themes");
    app.shot("themes");
    let name = theme.name.trim_start_matches("Show the photos of ").to_owned();
    page.click(&theme);
    page.the("heading", &name);
    assert!(!app.cells().is_empty(), "{name} has photos");
    let kinds: Vec<_> = kinds_of(app, app.cells().iter().map(|cell| photo_id(&cell.name)).collect());
    let most = kinds.iter().map(|kind| kinds.iter().filter(|other| *other == kind).count()).max();
    assert!(most >= Some(kinds.len() / 3), "{name} has something in common: {kinds:?}");
    page.click(&page.the("button", "Back"));

    page.click(&page.the("button", &format!("Rename {name}")));
    page.write(&page.the("textbox", "Name of the theme"), "Painted by hand");
    page.press(&[keys::ENTER]);
    page.the("button", "Rename Painted by hand");
    page.click(&page.the("button", "Map"));
    let list = page.the("complementary", "Themes on the map");
    let named = |seen: &Seen| seen.name.contains("Painted by hand");
    assert!(page.all_in(&list, "button").iter().any(named), "the name is on the map, too");
}

fn duplicates_are_compared_and_selected(app: &App<'_>) {
    let page = &app.page;
    page.click(&page.the("button", "Duplicates"));
    page.the_one_like("region", "Group 1: ");
    app.is_accessible("duplicates");
    app.shot("duplicates");
    let groups = page.all("region").into_iter().filter(|region| region.name.starts_with("Group "));
    let copies = groups
        .map(|group| (photos_in(app, &group), group))
        .find(|(files, _)| files.iter().any(|file| file == "again"))
        .expect("the copy is found");
    assert!(copies.0.iter().any(|file| file == "0000"), "it is a copy of that: {:?}", copies.0);
    assert!(page.all_in(&copies.1, "button").iter().any(|photo| photo.name.contains("Same file")));

    let differences =
        page.all_in(&copies.1, "button").into_iter().find(|it| it.name.starts_with("See the differences"));
    page.click(&differences.expect("differences can be seen"));
    page.the("dialog", "Differences");
    app.shot("side-by-side");
    page.choose(&page.the("radio", "Difference"));
    page.says("Black is the same in both");
    app.shot("difference");
    page.press(&[keys::ESCAPE]);
    page.waits_without("dialog", "Differences");

    page.click(&page.the("button", "Select all but the keepers"));
    page.the_one_like("button", "Show in the grid");
    page.click(&page.the("button", "Clear the selection"));
}

fn outliers_are_explained(app: &App<'_>) {
    let page = &app.page;
    page.click(&page.the("button", "Outliers"));
    page.says_within(WORK, &format!("{PHOTOS} photos ·"));
    app.is_accessible("outliers");
    app.shot("outliers");
    page.choose(&page.the("radio", "Their own folder"));
    page.says_within(WORK, &format!("{PHOTOS} photos ·"));
    app.shot("outliers-in-their-folder");
    assert!(page.has("radio", "Their own folder"));
}

/// Waits until the map is there with all photos.
fn the_map(app: &App<'_>) -> Seen {
    app.page.the_one_like("application", &format!("Map of {PHOTOS} photos"))
}

/// Files of the photos in a group of duplicates.
fn photos_in(app: &App<'_>, group: &Seen) -> Vec<String> {
    let photos =
        app.page.all_in(group, "button").into_iter().filter(|button| button.name.starts_with("Photo "));
    app.files_of(photos.map(|photo| photo_id(&photo.name)).collect())
}

/// What the photos show: pictures of one kind are numbered eight apart.
fn kinds_of(app: &App<'_>, ids: Vec<i64>) -> Vec<usize> {
    let number = |file: &String| file.parse::<usize>().unwrap_or(0) % pictures::KINDS.len();
    app.files_of(ids).iter().map(number).collect()
}
