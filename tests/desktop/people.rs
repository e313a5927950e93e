//! Faces and people in the window, with the real networks.

use std::path::{Path, PathBuf};

use kindred_core::media::{Caps, Scale, decode};
use serde_json::{Value, json};
use tauri::http::Request;
use tauri::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};

use crate::world::{World, is_end};

/// The shared pictures and weights; without them the test counts as skipped.
fn shared() -> Option<PathBuf> {
    let data = std::env::var_os("KINDRED_TESTDATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    if data.join("weights/MobileFaceNet.onnx").is_file() && data.join("faces").is_dir() {
        return Some(data);
    }
    println!("skipped: no networks for faces in {}", data.display());
    None
}

/// A window over a library with photos of two people, of which faces were found.
fn with_people() -> Option<World> {
    let data = shared()?;
    let world = World::new();
    std::fs::create_dir_all(world.path("photos")).unwrap();
    for name in ["amy", "howard"] {
        for number in 1..=4 {
            let from = data.join(format!("faces/face-api.js/examples/images/{name}/{name}{number}.png"));
            std::fs::copy(from, world.path(format!("photos/{name}{number}.png"))).unwrap();
        }
    }
    world.watch(1);
    world.ok("add_folders", json!({ "paths": [world.path("photos")] }));
    world.until(is_end);
    let off = world.ok("people_status", json!({}));
    assert_eq!((&off["state"], &off["faces"]), (&json!("off"), &json!(0)));
    assert_eq!(world.ok("set_people", json!({ "on": true }))["state"], "needsModels");
    world.until(is_end);
    for (id, file) in [("yunet", "yunet_s_640_640.onnx"), ("mobilefacenet", "MobileFaceNet.onnx")] {
        let file = data.join("weights").join(file);
        world.ok("model_import", json!({ "id": id, "path": file }));
        world.until(|event| event["kind"] == "model" && event["phase"] == "done" && event["id"] == id);
    }
    world.ok("index", json!({ "retryFailed": false }));
    while world.ok("people_status", json!({}))["photosToSee"] != 0 {
        world.until(is_end);
    }
    while world.ok("people", json!({})).as_array().unwrap().is_empty() {
        world.until(is_end);
    }
    Some(world)
}

fn people(world: &World) -> Vec<Value> {
    world.ok("people", json!({})).as_array().unwrap().clone()
}

fn faces(world: &World, person: &Value) -> Vec<Value> {
    let details = world.ok("person", json!({ "id": person["id"] }));
    assert_eq!(details["person"]["id"], person["id"]);
    details["faces"].as_array().unwrap().clone()
}

#[test]
fn people_are_found_named_and_shown() {
    let Some(world) = with_people() else { return };
    let status = world.ok("people_status", json!({}));
    assert_eq!(
        (&status["state"], &status["faces"], &status["unnamed"]),
        (&json!("on"), &json!(8), &json!(2))
    );
    assert_eq!((&status["missingModels"], &status["canUndo"]), (&json!([]), &json!(false)));
    let [first, second] = &people(&world)[..] else { panic!("two people") };
    assert_eq!((&first["faces"], &first["photos"], &first["name"]), (&json!(4), &json!(4), &json!(null)));
    let face = &faces(&world, first)[0];
    let shown = world.ok("photo_faces", json!({ "photo": face["photo"] }));
    assert_eq!((&shown[0]["id"], &shown[0]["person"]), (&face["id"], &first["id"]));
    for key in ["x", "y", "width", "height", "score", "quality"] {
        assert!((0.0..=1.0).contains(&shown[0][key].as_f64().unwrap()), "{key} in {shown}");
    }

    let before = world.status("ready")["revision"].as_u64();
    let named = world.ok("name_person", json!({ "id": first["id"], "name": "Amy" }));
    assert_eq!(named, json!({ "person": first["id"], "sameName": null }));
    world.until(|event| event["kind"] == "library" && event["revision"].as_u64() > before);
    let same = world.ok("name_person", json!({ "id": second["id"], "name": "amy" }));
    assert_eq!(same["sameName"], first["id"]);
    world.ok("merge_people", json!({ "into": first["id"], "from": [second["id"]] }));
    assert_eq!(people(&world).len(), 1);
    assert_eq!(world.ok("undo_people", json!({})), "merge");
    assert_eq!(people(&world).len(), 2);
}

#[test]
fn faces_change_hands_and_every_word_can_be_taken_back() {
    let Some(world) = with_people() else { return };
    let person = people(&world).remove(0);
    let found = faces(&world, &person);
    let face = |at: usize| found[at]["id"].clone();
    let split = world.ok("split_person", json!({ "id": person["id"], "faces": [face(0), face(1)] }));
    assert_eq!(people(&world).len(), 3);
    world.ok("this_is", json!({ "faces": [face(0)], "person": person["id"], "name": null }));
    let new = world.ok("this_is", json!({ "faces": [face(2)], "person": null, "name": "Carol" }));
    assert_ne!(new, person["id"]);
    world.ok("this_is_not", json!({ "faces": [face(3)], "person": person["id"] }));
    world.ok("not_faces", json!({ "faces": [face(3)] }));
    let photo = found[3]["photo"].clone();
    assert_eq!(world.ok("photo_faces", json!({ "photo": photo })), json!([]));
    world.ok("hide_person", json!({ "id": split, "hidden": true }));
    world.ok("set_cover", json!({ "id": new, "face": face(2) }));
    assert!(world.ok("suggestions", json!({ "person": null, "limit": 5 })).is_array());
    let mut undone = Vec::new();
    while let Some(kind) = world.ok("undo_people", json!({})).as_str() {
        undone.push(kind.to_owned());
    }
    assert_eq!(undone, ["cover", "hide", "not-a-face", "this-is-not", "this-is", "this-is", "split"]);
    assert_eq!(faces(&world, &person), found);

    for (command, arguments, code, param) in [
        ("person", json!({ "id": 999 }), "unknown-person", json!({ "person": "999" })),
        ("name_person", json!({ "id": 999, "name": "x" }), "unknown-person", json!({ "person": "999" })),
        ("not_faces", json!({ "faces": [999] }), "unknown-face", json!({ "face": "999" })),
        ("photo_faces", json!({ "photo": 999 }), "unknown-photo", json!({ "photo": "999" })),
    ] {
        assert_eq!(world.error(command, arguments), (code.to_owned(), param), "{command}");
    }
}

#[test]
fn photos_are_found_by_person_and_by_face() {
    let Some(world) = with_people() else { return };
    let person = people(&world).remove(0);
    world.ok("name_person", json!({ "id": person["id"], "name": "Amy F" }));
    let request = |query: &str, ticket: u64| json!({ "request": { "query": query, "images": [], "offset": 0, "limit": 10, "ticket": ticket } });
    assert_eq!(world.ok("search", request("person:amy", 1))["total"], 4);
    assert_eq!(world.ok("search", request("people:1", 2))["total"], 8);
    let (code, params) = world.error("search", request("people:x", 3));
    assert_eq!(
        (code.as_str(), &params["problem"], &params["written"]),
        ("query", &json!("not-a-count"), &json!("x"))
    );
    let offered = world.ok("complete", json!({ "query": "person:am", "cursor": 9 }));
    assert_eq!(
        (&offered[0]["kind"], &offered[0]["text"], &offered[0]["count"]),
        (&json!("person"), &json!("\"Amy F\""), &json!(4))
    );

    let photo = faces(&world, &person)[0]["photo"].clone();
    let similar = |extra: Value, ticket: u64| {
        let mut request = json!({ "photo": photo, "picture": null, "by": "face", "offset": 0, "limit": 10, "ticket": ticket });
        request.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "request": request })
    };
    let answer = world.ok("similar", similar(json!({}), 1));
    assert_eq!(
        (&answer["strong"], &answer["total"], &answer["model"]),
        (&json!(3), &json!(7), &json!("mobilefacenet"))
    );
    assert_eq!(world.error("similar", similar(json!({ "face": 999 }), 2)).0, "unknown-face");
    world.ok("erase_people", json!({}));
    assert_eq!(world.error("similar", similar(json!({}), 3)).0, "people-off");
    let status = world.ok("people_status", json!({}));
    assert_eq!(
        (&status["state"], &status["faces"], &status["canUndo"]),
        (&json!("off"), &json!(0), &json!(false))
    );
    assert_eq!(people(&world), Vec::<Value>::new());
}

#[test]
fn a_face_is_shown_small_and_square() {
    let Some(world) = with_people() else { return };
    let face = people(&world)[0]["cover"].as_i64().unwrap();
    let get = |path: &str, tag: Option<&str>| {
        let mut request = Request::builder().uri(format!("thumb://localhost{path}"));
        if let Some(tag) = tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let (reply, answer) = std::sync::mpsc::channel();
        world.shell.picture(request.body(Vec::new()).unwrap(), move |response| reply.send(response).unwrap());
        answer.recv().unwrap()
    };
    for side in [128, 256] {
        let path = format!("/face/{face}/{side}");
        let answer = get(&path, None);
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()[CONTENT_TYPE]),
            (200, &"image/jpeg".parse().unwrap())
        );
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-cache");
        let picture = decode(answer.body(), Scale::Full, &Caps::of_machine()).unwrap();
        assert_eq!(picture.width, picture.height);
        assert!((side / 2..=side).contains(&picture.width), "{}", picture.width);
        let tag = answer.headers()[ETAG].to_str().unwrap().to_owned();
        let again = get(&path, Some(&tag));
        assert_eq!((again.status().as_u16(), again.body().len()), (304, 0));
        assert!(
            get(&format!("{path}?v=1"), None).headers()[CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
    }
    assert_eq!(get(&format!("/face/{face}/512"), None).status(), 400);
    assert_eq!(get("/face/999/128", None).status(), 404);
    world.ok("not_faces", json!({ "faces": [face] }));
    assert_eq!(get(&format!("/face/{face}/128"), None).status(), 404);
}
