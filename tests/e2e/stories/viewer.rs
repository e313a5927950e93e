//! One photo in the whole window.

use crate::harness::{Stage, keys, pictures};

#[test]
fn a_photo_is_seen_in_the_whole_window_enlarged_and_explained() {
    let Some(stage) = Stage::set("viewer") else { return };
    pictures::draw(&stage.photos());
    let app = stage.open(&[]);
    app.add_and_index(&stage.photos(), pictures::COUNT);
    let page = &app.page;

    page.double_click(&app.cell_of("blue-square-1"));
    let viewer = page.the("dialog", "Photo");
    page.the_in(&viewer, "img", "blue-square-1.bmp");
    page.says(&format!("7 of {}", pictures::COUNT));
    assert!(page.all("grid").is_empty(), "what is behind the viewer is out of reach");
    let strip = page.the_in(&viewer, "region", "Similar photos");
    let similar = crate::harness::until(crate::harness::PATIENCE, || {
        Some(page.all_in(&strip, "button")).filter(|buttons| buttons.len() > 2)
    });
    let ids = similar
        .expect("similar photos")
        .iter()
        .take(2)
        .map(|seen| crate::harness::photo_id(&seen.name))
        .collect();
    let files = app.files_of(ids);
    assert!(files.iter().all(|name| name.starts_with("blue-square")), "{files:?}");
    app.is_accessible("viewer");
    app.shot("open");

    let width = |name: &str| {
        let picture = page.the_in(&viewer, "img", name);
        page.width(&picture)
    };
    let fitting = width("blue-square-1.bmp");
    page.click(&page.the_in(&viewer, "button", "Zoom in"));
    page.click(&page.the_in(&viewer, "button", "Zoom in"));
    let enlarged = width("blue-square-1.bmp");
    assert!(enlarged > 1.9 * fitting, "{fitting} px, enlarged {enlarged} px");
    app.shot("enlarged");
    page.click(&page.the_in(&viewer, "button", "Fit to window"));
    assert!((width("blue-square-1.bmp") - fitting).abs() < 1.0);

    page.click(&page.the_in(&viewer, "button", "Next photo"));
    page.the_in(&viewer, "img", "blue-square-2.bmp");
    page.press(&[keys::RIGHT]);
    page.the_in(&viewer, "img", "blue-square-3.bmp");

    page.press(&['i']);
    let information = page.the("complementary", "Information");
    for words in ["blue-square-3.bmp", "360 × 330", "Starter model"] {
        page.says(words);
    }
    page.the_in(&information, "heading", "Information");
    for button in page.all_in(&viewer, "button").iter().filter(|button| !button.name.starts_with("Photo ")) {
        assert!(page.is_in_window(button), "{} is out of sight", button.name);
    }
    app.is_accessible("viewer with information");
    app.shot("information");

    page.press(&[keys::ESCAPE]);
    page.waits_without("complementary", "Information");
    page.press(&[keys::ESCAPE]);
    page.waits_without("dialog", "Photo");
    // The photo that was seen last has the focus: Enter opens it again.
    let focused = page.focused("gridcell").expect("a photo has the focus");
    assert_eq!(app.files_of(vec![crate::harness::photo_id(&focused.name)]), ["blue-square-3"]);
    page.press(&[keys::ENTER]);
    let viewer = page.the("dialog", "Photo");
    page.click(&page.the_in(&viewer, "button", "Back"));
    page.waits_without("dialog", "Photo");
}
