//! Questions about the library as a whole.

use std::fs;

use serde_json::{Value, json};
use tauri::ipc::{InvokeBody, InvokeResponseBody};

use crate::world::{PAGE, SCENES, World};

fn request(space: &str, ticket: u64) -> Value {
    json!({ "request": { "space": space, "filter": "", "ticket": ticket } })
}

fn bytes(world: &World, command: &str, arguments: Value) -> Vec<u8> {
    match world.request(command, InvokeBody::Json(arguments), PAGE) {
        Ok(InvokeResponseBody::Raw(bytes)) => bytes,
        other => panic!("{command}: {other:?}"),
    }
}

/// The library of [`World::with_photos`], with a copy of one photo and enough others for themes.
fn world() -> World {
    let world = World::new();
    SCENES.iter().for_each(|(name, scene)| drop(world.draw(name, scene)));
    fs::copy(world.path("photos/circle.bmp"), world.path("photos/copy.bmp")).unwrap();
    world.draw_many(12);
    world.watch(1);
    world.ok("add_folders", json!({ "paths": [world.path("photos")] }));
    world.until(crate::world::is_end);
    world
}

#[test]
fn duplicates_are_told_with_the_one_to_keep() {
    let world = world();
    let found = world.ok("duplicates", request("look", 1));
    assert_eq!((&found["photos"], &found["model"]), (&json!(17), &json!("starter")), "{found}");
    let group =
        found["groups"].as_array().unwrap().iter().find(|group| group["photos"][1]["relation"] == "sameFile");
    let group = group.unwrap_or_else(|| panic!("{found}"));
    assert_eq!(
        (&group["photos"][0]["id"], &group["photos"][0]["relation"]),
        (&group["keeper"], &json!("keeper"))
    );
    for part in ["similarity", "width", "height", "bytes", "sharpness"] {
        assert!(group["photos"][1][part].is_number(), "{part}: {group}");
    }
    assert_eq!(
        (&group["photos"][1]["takenAt"], &group["photos"][1]["format"]),
        (&json!(null), &json!("BMP"))
    );
}

#[test]
fn how_far_an_exploration_is_is_told_under_its_ticket() {
    let world = world();
    world.ok("themes", request("meaning", 77));
    let event = world.until(|event| event["kind"] == "exploring");
    assert_eq!(event["ticket"], 77, "{event}");
    assert!(event["phase"].is_string() && event["done"].as_u64() <= event["total"].as_u64(), "{event}");
}

#[test]
fn themes_can_be_named_and_their_photos_shown() {
    let world = world();
    let themes = |ticket| world.ok("themes", request("look", ticket));
    let found = themes(1);
    let theme = found["themes"][0].clone();
    let id = theme["id"].as_i64().unwrap_or_else(|| panic!("{found}"));
    let photos = world.ok("theme_photos", json!({ "space": "look", "id": id }));
    assert_eq!(theme["photos"], photos.as_array().unwrap().len());
    assert!(
        theme["covers"].as_array().unwrap().iter().all(|cover| photos.as_array().unwrap().contains(cover))
    );
    world.ok("name_theme", json!({ "space": "look", "id": id, "name": "산" }));
    assert_eq!(themes(2)["themes"][0]["name"], "산");
    world.ok("name_theme", json!({ "space": "look", "id": id, "name": null }));
    assert_eq!(themes(3)["themes"][0]["name"], json!(null));
    let nobody = json!({ "space": "look", "id": 999, "name": "x" });
    assert_eq!(world.error("name_theme", nobody), ("unknown-theme".to_owned(), json!({ "theme": "999" })));
    assert_eq!(world.error("theme_photos", json!({ "space": "look", "id": 999 })).0, "unknown-theme");
}

#[test]
fn the_map_and_its_preview_are_bytes_with_every_photo() {
    let world = world();
    for (command, kind) in [("photo_map_preview", 0), ("photo_map", 1)] {
        let bytes = bytes(&world, command, request("meaning", 5));
        let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!((u32_at(0), u32_at(4), u32_at(12)), (1, 17, kind), "{command}");
        assert_eq!(bytes.len(), 16 + 17 * 24);
        for record in bytes[16..].chunks(24) {
            let part = |at: usize| f32::from_le_bytes(record[at..at + 4].try_into().unwrap());
            assert!(i64::from_le_bytes(record[..8].try_into().unwrap()) > 0);
            assert!(part(8).abs() <= 1.0 && part(12).abs() <= 1.0);
        }
    }
}

#[test]
fn outliers_are_asked_of_the_library_or_of_each_folder() {
    let world = world();
    for per_folder in [false, true] {
        let request = json!({ "space": "look", "filter": "", "ticket": 3, "perFolder": per_folder });
        let found = world.ok("outliers", json!({ "request": request }));
        assert_eq!(found["photos"], 17, "{found}");
        for outlier in found["outliers"].as_array().unwrap() {
            assert_eq!(outlier["folder"].is_object(), per_folder, "{outlier}");
            assert_eq!(outlier["neighbours"].as_array().unwrap().len(), 3, "{outlier}");
        }
    }
}

#[test]
fn what_is_no_filter_is_refused_and_an_exploration_that_is_over_can_be_cancelled() {
    let world = world();
    let words = json!({ "request": { "space": "look", "filter": "a dog", "ticket": 1 } });
    let (code, params) = world.error("duplicates", words);
    assert_eq!((code.as_str(), &params["problem"]), ("query", &json!("only-filters")));
    world.ok("cancel_exploring", json!({ "ticket": 1 }));
    world.ok("cancel_exploring", json!({ "ticket": 12345 }));
    world.ok("duplicates", request("look", 1));
    // Without a real window there is no dialog to ask where to write.
    let save = json!({ "request": request("look", 2)["request"], "format": "csv" });
    assert_eq!(world.error("save_duplicates", save).0, "unavailable");
}
