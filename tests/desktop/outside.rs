//! Photos on their way out of the window, and what needs a desktop that is not there.

use std::fs;

use serde_json::json;

use crate::world::World;

#[test]
fn a_photo_that_is_not_there_goes_nowhere() {
    let world = World::with_photos();
    for (command, arguments) in [
        ("show_in_folder", json!({ "ids": [77] })),
        ("open_with", json!({ "id": 77 })),
        ("copy_pictures", json!({ "id": 77 })),
        ("copy_paths", json!({ "ids": [1, 77] })),
        ("start_drag", json!({ "ids": [77] })),
    ] {
        assert_eq!(world.error(command, arguments).0, "unknown-photo", "{command}");
    }
    let id = world.id("circle.bmp");
    fs::remove_file(world.path("photos/circle.bmp")).unwrap();
    for (command, arguments) in [
        ("show_in_folder", json!({ "ids": [id] })),
        ("open_with", json!({ "id": id })),
        ("start_drag", json!({ "ids": [id] })),
    ] {
        let (code, params) = world.error(command, arguments);
        assert_eq!(code, "no-file", "{command}");
        assert!(params["path"].as_str().unwrap().ends_with("circle.bmp"));
    }
}

#[test]
fn what_needs_a_desktop_says_so_without_one() {
    let world = World::with_photos();
    for (command, arguments) in [
        ("pick_folders", json!({})),
        ("pick_pictures", json!({})),
        ("pick_model_file", json!({ "id": "resnet50" })),
        ("copy_paths", json!({ "ids": [1] })),
        ("copy_pictures", json!({ "id": 1 })),
    ] {
        assert_eq!(world.error(command, arguments).0, "unavailable", "{command}");
    }
}
