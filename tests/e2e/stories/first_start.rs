//! From the first start to the first answer.

use crate::harness::{Stage, keys, pictures};

#[test]
fn a_first_start_leads_from_an_empty_window_to_answers() {
    let Some(stage) = Stage::set("first-start") else { return };
    pictures::draw(&stage.photos());
    let app = stage.open(&[]);
    let page = &app.page;

    page.the("heading", "Find photos by what is in them");
    page.the("button", "Choose folders…");
    page.the("heading", "Everything stays on this machine");
    page.the("heading", "Ready without a download");
    page.the("button", "See the models");
    assert_eq!(page.run("return document.documentElement.lang", &[]), "en");
    assert!(
        page.all("status").iter().all(|status| status.name.is_empty()),
        "there is nothing to complain about"
    );
    app.is_accessible("first start");
    app.shot("welcome");

    app.start_again_with(&[&stage.photos()]);
    page.the("grid", "Photos");
    app.waits_for_pictures();
    app.shot("photos");
    app.waits_for_the_end(pictures::COUNT);
    app.is_accessible("photos");
    app.shot("indexed");
    app.makes_photos_small();
    app.waits_for_all(pictures::COUNT);
    let newest_first: Vec<String> = pictures::KINDS
        .iter()
        .flat_map(|(kind, _)| (1..=3).map(move |number| format!("{kind}-{number}")))
        .collect();
    assert_eq!(app.files(), newest_first, "by date");
    app.shot("small");

    app.search("a red circle");
    app.waits_for_first("red-circle", 3);
    assert!(page.text().contains("Starter model"), "it is said who answered");
    app.shot("a-red-circle");
    for (words, kind) in [("a sunset over the sea", "sunset"), ("black and white stripes", "stripes")] {
        app.search(words);
        app.waits_for_first(kind, 3);
    }

    // Escape empties the bar, and all photos are back.
    let bar = page.the("combobox", "Search");
    app.search("folder:nowhere");
    page.the("heading", "No photos match");
    app.shot("nothing-found");
    page.focus(&bar);
    page.press(&[keys::ESCAPE, keys::ESCAPE]);
    page.waits_without("heading", "No photos match");
    app.waits_for_first("yellow-star", 3);

    // A mistake is shown where it is.
    app.search("\"a red circle");
    page.says("This quotation mark is never closed.");
    assert_eq!(page.attribute(&bar, "aria-invalid").as_deref(), Some("true"));
    app.shot("mistake");
}

#[test]
fn folders_are_added_by_dropping_them() {
    let Some(stage) = Stage::set("dropped-folder") else { return };
    pictures::draw(&stage.photos());
    let app = stage.open(&[]);
    app.page.the("heading", "Find photos by what is in them");
    app.drop_files(&[&stage.photos()], || {
        app.page.says("Drop to add these folders");
        app.shot("over");
    });
    app.waits_for_the_end(pictures::COUNT);
    app.waits_for_pictures();
    app.shot("added");
}
