//! Photos on their way out of the window: to the file manager, to another program, to the clipboard, and dragged.

use std::fs;

use crate::harness::{App, PATIENCE, Seen, Stage, address, keys, photo_id, pictures, until};

/// What the window says while pictures are dragged over it that it would take.
const HINT: &str = "Drop a picture to search with it";

#[test]
fn a_photo_goes_to_the_file_manager_to_another_program_and_to_the_clipboard() {
    let Some(stage) = Stage::set("outside") else { return };
    let (file_manager, opened) = (stage.file_manager(), stage.opener());
    pictures::draw(&stage.photos());
    let app = stage.open(&[]);
    app.add_and_index(&stage.photos(), pictures::COUNT);
    let page = &app.page;
    let file = stage.photos().join("sunset-2.bmp");

    choose(&app, &app.cell_of("sunset-2"), "Show in folder");
    assert_eq!(file_manager.next(), [address(&file)]);

    choose(&app, &app.cell_of("sunset-2"), "Open with");
    let wanted = format!("{}\n", file.display());
    let found = until(PATIENCE, || fs::read_to_string(&opened).ok().filter(|paths| *paths == wanted));
    found.unwrap_or_else(|| panic!("not {wanted} but {:?}", fs::read_to_string(&opened)));

    choose(&app, &app.cell_of("sunset-2"), "Copy path");
    page.says("Path copied");
    assert_eq!(String::from_utf8(app.clipboard("UTF8_STRING")).unwrap(), file.display().to_string());

    choose(&app, &app.cell_of("sunset-2"), "Copy picture");
    page.says("Picture copied");
    let copied = image::load_from_memory(&app.clipboard("image/png")).unwrap().into_rgb8();
    let original = image::load_from_memory(&fs::read(&file).unwrap()).unwrap().into_rgb8();
    assert!(copied == original, "{:?} of {:?}", copied.dimensions(), original.dimensions());
    app.shot("copied");
}

#[test]
fn photos_are_dragged_to_another_program_whatever_their_names() {
    let Some(stage) = Stage::set("dragged-out") else { return };
    if !stage.has("xdotool") {
        return;
    }
    pictures::draw(&stage.photos());
    let (plain, odd) =
        (stage.photos().join("stripes-1.bmp"), stage.photos().join("50% of \u{c0ac}\u{c9c4} #1.bmp"));
    fs::rename(&plain, &odd).unwrap();
    let app = stage.open(&[]);
    app.add_and_index(&stage.photos(), pictures::COUNT);
    assert_eq!(app.drag_out(&app.cell_of("50% of \u{c0ac}\u{c9c4} #1")), [address(&odd)]);
    // And another, now that the first is done.
    let sunset = app.cell_of("sunset-2");
    assert_eq!(app.drag_out(&sunset), [address(&stage.photos().join("sunset-2.bmp"))]);
    // The originals are where they were.
    assert_eq!(fs::read_dir(stage.photos()).unwrap().count(), pictures::COUNT);

    // What is selected goes together.
    app.page.click(&sunset);
    app.page.press_together(&[keys::SHIFT, keys::RIGHT]);
    app.page.press_together(&[keys::SHIFT, keys::RIGHT]);
    let selected: Vec<Seen> = app
        .cells()
        .into_iter()
        .filter(|cell| app.page.attribute(cell, "aria-selected").as_deref() == Some("true"))
        .collect();
    let names = app.files_of(selected.iter().map(|cell| photo_id(&cell.name)).collect());
    assert_eq!(names.len(), 3, "{names:?}");
    let expected: Vec<String> =
        names.iter().map(|name| address(&stage.photos().join(format!("{name}.bmp")))).collect();
    assert_eq!(app.drag_out(&selected[1]), expected);
    app.shot("dragged");
    // The window goes on as before.
    app.search("a red circle");
    app.waits_for_first("red-circle", 3);
}

#[test]
fn a_drag_that_is_given_up_leaves_the_window_as_it_was() {
    let Some(stage) = Stage::set("dragged-nowhere") else { return };
    if !stage.has("xdotool") {
        return;
    }
    pictures::draw(&stage.photos());
    let app = stage.open(&[]);
    app.add_and_index(&stage.photos(), pictures::COUNT);
    let cells = app.cells();
    let before = app.files();
    app.drag_to_nowhere(&cells[0]);
    app.drag_within(&cells[0], &cells[4], || assert!(!app.page.text().contains(HINT)));
    app.shot("given-up");
    // Neither a question about the photo nor a folder came of it.
    assert_eq!(app.files(), before);
    app.waits_for_all(pictures::COUNT);
    // Another drag goes out as ever, and then files of another program are taken as ever.
    let first = stage.photos().join(format!("{}.bmp", before[0]));
    assert_eq!(app.drag_out(&cells[0]), [address(&first)]);
    app.drop_files(&[&stage.photos().join("sunset-2.bmp")], || app.page.says(HINT));
    app.waits_for_first("sunset", 3);
}

fn choose(app: &App<'_>, photo: &Seen, action: &str) {
    let page = &app.page;
    page.right_click(photo);
    page.click(&page.the_one_like("menuitem", action));
    page.waits_without("menu", "Photo actions");
}
