//! The screenshots of the guide: `cargo xtask e2e --screenshots docs/screenshots`.

use crate::harness::{PATIENCE, Stage, keys, pictures, until};

#[test]
#[ignore = "makes the screenshots of the guide: cargo xtask e2e --screenshots"]
fn what_the_guide_shows() {
    let Some(stage) = Stage::set("guide") else { return };
    let album = stage.folder("Pictures");
    pictures::draw_album(&album);
    let app = stage.open(&[]);
    app.resize(1280, 800);
    let page = &app.page;
    page.the("heading", "Find photos by what is in them");
    app.shot("first-start");

    app.start_again_with(&[&album]);
    app.waits_for_the_end(pictures::ALBUM_COUNT);
    app.waits_for_pictures();
    app.shot("library");

    app.search("a sailing boat on the sea");
    page.says("strong matches");
    app.waits_for_pictures();
    app.shot("search");
    page.focus(&page.the("combobox", "Search"));
    page.press(&[keys::ESCAPE, keys::ESCAPE]);

    page.click(&page.the("button", "Settings"));
    page.choose(&page.the("radio", "Dark"));
    page.click(&page.the("button", "All photos"));
    app.waits_for_pictures();
    page.right_click(&app.cells()[4]);
    page.click(&page.the_one_like("menuitem", "Find similar"));
    page.the_one_like("menuitem", "By look");
    app.shot("menu");
    page.press(&[keys::ESCAPE, keys::ESCAPE]);

    page.click(&page.the("button", "Settings"));
    page.choose(&page.the("radio", "Light"));
    page.click(&page.the("button", "All photos"));
    page.right_click(&app.cells()[0]);
    page.click(&page.the_one_like("menuitem", "Compare look and meaning"));
    page.says("photos in both lists");
    app.shot("compare");

    page.click(&page.the("button", "Settings"));
    page.choose(&page.the("radio", "한국어"));
    page.click(&page.the("button", "모든 사진"));
    app.waits_for_pictures();
    page.double_click(&app.cells()[1]);
    let shown = "const all = [...document.querySelectorAll('[role=dialog] img')];
        return all.length > 4 && all.every((image) => image.complete && image.naturalWidth > 0)";
    until(PATIENCE, || (page.run(shown, &[]) == true).then_some(())).expect("the photo and those like it");
    app.shot("viewer");
}
