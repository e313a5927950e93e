//! A folder on a drive that is unplugged.

use std::fs;

use crate::harness::{App, Stage, keys, pictures};

#[test]
fn the_photos_of_a_folder_out_of_reach_stay_and_are_said_to_be_offline() {
    let Some(stage) = Stage::set("offline") else { return };
    let (drive, unplugged) = (stage.folder("drive"), stage.photos().with_file_name("unplugged"));
    pictures::draw(&drive);
    let app = stage.open(&[]);
    app.add_and_index(&drive, pictures::COUNT);
    let page = &app.page;
    fs::rename(&drive, &unplugged).unwrap();
    look_for_changes(&app);
    page.the("button", "drive Offline");
    page.says("Offline");
    app.waits_for_all(pictures::COUNT);
    let all_offline = crate::harness::until(crate::harness::PATIENCE, || {
        app.cells().iter().all(|cell| cell.name.ends_with("Offline")).then_some(())
    });
    all_offline.expect("every photo says that it is offline");
    app.waits_for_pictures();
    app.shot("offline");

    app.search("a red circle");
    app.waits_for_first("red-circle", 3);
    page.double_click(&app.cells()[0]);
    page.the("dialog", "Photo");
    page.says("The folder of this photo is not connected. Connect the drive to see it in full.");
    app.shot("seen-offline");
    page.press(&[keys::ESCAPE]);
    page.waits_without("dialog", "Photo");
    page.right_click(&app.cells()[0]);
    let shown = page.the("menuitem", "Show in folder");
    assert_eq!(
        page.attribute(&shown, "aria-disabled").as_deref(),
        Some("true"),
        "there is no folder to show"
    );
    page.press(&[keys::ESCAPE]);

    fs::rename(&unplugged, &drive).unwrap();
    look_for_changes(&app);
    page.the("button", &format!("drive {}", pictures::COUNT));
    app.shot("connected-again");
}

fn look_for_changes(app: &App<'_>) {
    let page = &app.page;
    page.click(&page.the_one_like("button", "Up to date"));
    let activity = page.the("dialog", "Activity");
    page.click(&page.the_in(&activity, "button", "Look for changes"));
    page.press(&[keys::ESCAPE]);
    page.waits_without("dialog", "Activity");
}
