//! axe-core in every view, light and dark.

use crate::harness::{Stage, keys, pictures};

#[test]
fn axe_finds_nothing_serious_in_any_view_in_either_theme() {
    let Some(stage) = Stage::set("accessibility") else { return };
    pictures::draw(&stage.photos());
    let app = stage.open(&[]);
    app.add_and_index(&stage.photos(), pictures::COUNT);
    let page = &app.page;
    for theme in ["Light", "Dark"] {
        let shot = |view: &str| app.shot(&format!("{view}-{}", theme.to_lowercase()));
        let check = |view: &str| {
            app.is_accessible(&format!("{view}, {theme}"));
            shot(view);
        };
        page.click(&page.the("button", "Settings"));
        page.choose(&page.the("radio", theme));
        check("settings");
        page.click(&page.the("button", "Models"));
        page.the("heading", "Models");
        check("models");
        app.goes_to_all(pictures::COUNT);
        app.waits_for_pictures();
        check("library");
        app.search("a red circle");
        app.waits_for_first("red-circle", 3);
        check("results");
        page.right_click(&app.cells()[0]);
        page.the("menu", "Photo actions");
        check("menu");
        page.press(&[keys::ESCAPE]);
        page.double_click(&app.cells()[0]);
        page.the("dialog", "Photo");
        page.press(&['i']);
        page.the("complementary", "Information");
        check("viewer");
        page.press(&[keys::ESCAPE, keys::ESCAPE]);
        page.waits_without("dialog", "Photo");
        page.press_together(&[keys::SHIFT, '?']);
        page.the("dialog", "Keyboard shortcuts");
        check("shortcuts");
        page.press(&[keys::ESCAPE]);
        page.waits_without("dialog", "Keyboard shortcuts");
        page.click(&page.the("button", "Clear the search"));
    }
}
