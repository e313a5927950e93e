//! From one photo to others: by meaning, by look, both, and from a picture that is in no folder.

use kindred_scenes::{Scene, View};

use crate::harness::{App, Stage, keys, pictures};

#[test]
fn what_is_similar_is_found_from_the_menu_by_mouse_and_by_keyboard() {
    let Some(stage) = Stage::set("similar") else { return };
    pictures::draw(&stage.photos());
    let app = stage.open(&[]);
    app.add_and_index(&stage.photos(), pictures::COUNT);
    let page = &app.page;

    // By mouse, by meaning.
    page.right_click(&app.cell_of("sunset-2"));
    let menu = page.the("menu", "Photo actions");
    for item in ["Open", "Compare look and meaning", "Add to the search", "Less like this", "Information"] {
        assert!(page.all_in(&menu, "menuitem").iter().any(|seen| seen.name.starts_with(item)), "no {item}");
    }
    app.shot("menu");
    page.click(&page.the_one_like("menuitem", "Find similar"));
    page.click(&page.the_one_like("menuitem", "By meaning"));
    page.waits_without("menu", "Photo actions");
    let found = app.waits_for_first("sunset", 2);
    assert!(!found.contains(&"sunset-2".to_owned()), "a photo is not similar to itself: {found:?}");
    is_by(&app, "By meaning");
    app.shot("by-meaning-with-the-mouse");

    // By keyboard, by look.
    app.goes_to_all(pictures::COUNT);
    let cell = app.cell_of("chessboard-1");
    page.focus(&cell);
    page.press_together(&[keys::SHIFT, keys::F10]);
    page.the("menu", "Photo actions");
    let mut steps = 0;
    while !page.focused("menuitem").is_some_and(|item| item.name.starts_with("Find similar")) {
        page.press(&[keys::DOWN]);
        steps += 1;
        assert!(steps < 12, "Find similar is reached with the arrows");
    }
    page.press(&[keys::RIGHT]);
    page.the_one_like("menuitem", "By look");
    app.shot("menu-by-keyboard");
    page.press(&[keys::DOWN]);
    assert!(page.focused("menuitem").is_some_and(|item| item.name.starts_with("By look")));
    page.press(&[keys::ENTER]);
    page.waits_without("menu", "Photo actions");
    app.waits_for_first("chessboard", 2);
    is_by(&app, "By look");
    app.shot("by-look-with-the-keyboard");

    // Escape closes the menu, and the photo has the focus again.
    app.goes_to_all(pictures::COUNT);
    let cell = app.cell_of("yellow-star-1");
    page.focus(&cell);
    page.press_together(&[keys::SHIFT, keys::F10]);
    page.the("menu", "Photo actions");
    page.press(&[keys::ESCAPE]);
    page.waits_without("menu", "Photo actions");
    assert_eq!(page.focused("gridcell").map(|seen| seen.name), Some(cell.name));
}

#[test]
fn look_and_meaning_are_compared_side_by_side() {
    let Some(stage) = Stage::set("compare") else { return };
    pictures::draw(&stage.photos());
    let app = stage.open(&[]);
    app.add_and_index(&stage.photos(), pictures::COUNT);
    let page = &app.page;
    page.right_click(&app.cell_of("snowy-mountain-1"));
    page.click(&page.the_one_like("menuitem", "Compare look and meaning"));
    page.the("heading", "Look and meaning");
    page.says("photos in both lists");
    for list in ["Similar by meaning", "Similar by look"] {
        let side = page.the("region", list);
        let photos: Vec<_> =
            page.all_in(&side, "button").into_iter().filter(|seen| seen.name.contains("Photo ")).collect();
        let ids = photos.iter().map(|seen| crate::harness::photo_id(&seen.name)).collect();
        let files = app.files_of(ids);
        assert!(
            files.len() >= 2 && files[..2].iter().all(|name| name.starts_with("snowy-mountain")),
            "{list}: {files:?}"
        );
        assert!(photos[0].name.contains("in the other list"), "{list}: {}", photos[0].name);
    }
    app.is_accessible("compare");
    app.shot("compare");
    page.press(&[keys::ESCAPE]);
    page.the("grid", "Photos");
}

#[test]
fn a_picture_that_is_dropped_is_what_is_asked_for() {
    let Some(stage) = Stage::set("dropped-picture") else { return };
    pictures::draw(&stage.photos());
    let picture = stage.folder("elsewhere").join("a sunset, of last year.bmp");
    pictures::draw_one(&picture, &Scene::View(View::SunsetOverTheSea));
    let app = stage.open(&[]);
    app.add_and_index(&stage.photos(), pictures::COUNT);
    let page = &app.page;
    app.drop_files(&[&picture], || {
        page.says("Drop a picture to search with it");
        app.shot("over");
    });
    app.waits_for_first("sunset", 3);
    page.the("img", "Like a sunset, of last year.bmp");
    app.shot("dropped");

    // A second start of the program with a picture asks the same way; words go with the pictures.
    page.click(&page.the("button", "Remove a sunset, of last year.bmp from the search"));
    app.start_again_with(&[&stage.photos().join("stripes-1.bmp")]);
    app.waits_for_first("stripes", 2);
    page.the("group", "Pictures in the search");
    app.shot("given-by-a-second-start");
}

fn is_by(app: &App<'_>, way: &str) {
    let button = app.page.the("button", way);
    assert_eq!(app.page.attribute(&button, "aria-pressed").as_deref(), Some("true"), "{way}");
}
