//! Questions about photos.

use serde_json::{Value, json};

use crate::world::{SCENES, World};

fn search(query: &str, images: Value, ticket: u64) -> Value {
    json!({ "request": { "query": query, "images": images, "offset": 0, "limit": 10, "ticket": ticket } })
}

fn similar(of: Value, by: &str, ticket: u64) -> Value {
    let mut request = json!({ "by": by, "offset": 0, "limit": 10, "ticket": ticket });
    request.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
    json!({ "request": request })
}

fn first(answer: &Value) -> i64 {
    answer["results"][0]["id"].as_i64().unwrap()
}

#[test]
fn photos_are_found_by_words_and_filters() {
    let world = World::with_photos();
    let answer = world.ok("search", search("a sunset over the sea", json!([]), 1));
    assert_eq!(first(&answer), world.id("sea/sunset.bmp"), "{answer}");
    assert_eq!((&answer["model"], &answer["total"]), (&json!("starter"), &json!(4)));
    assert_eq!(answer["results"][0]["rank"], 1);
    assert!(
        answer["results"][0]["score"].as_f64().unwrap() <= 1.0 && answer["tookMs"].as_f64().unwrap() >= 0.0
    );
    let answer = world.ok("search", search("folder:sea", json!([]), 2));
    assert_eq!((&answer["total"], &answer["model"]), (&json!(2), &json!(null)), "{answer}");
    assert_eq!(answer["results"][0]["score"], Value::Null);
}

#[test]
fn what_is_wrong_with_a_query_is_told_with_its_place() {
    let world = World::with_photos();
    let (code, params) = world.error("search", search("가을 date:nonsense", json!([]), 1));
    assert_eq!(
        (code.as_str(), &params["at"], &params["length"]),
        ("query", &json!("8"), &json!("8")),
        "{params}"
    );
}

#[test]
fn photos_are_found_by_pictures_of_the_library_and_from_elsewhere() {
    let world = World::with_photos();
    let circle = world.id("circle.bmp");
    for (ticket, by) in [(1, "meaning"), (2, "look")] {
        let answer = world.ok("similar", similar(json!({ "photo": circle }), by, ticket));
        assert_eq!((&answer["total"], &answer["device"]), (&json!(3), &json!(null)), "{answer}");
        assert!(answer["results"].as_array().unwrap().iter().all(|found| found["id"] != circle));
    }
    let pasted = world.call_with_bytes("paste_picture", SCENES[0].1.draw(200, 150, 9).bitmap()).unwrap();
    assert_eq!((&pasted["name"], &pasted["photo"]), (&json!(""), &json!(null)));
    let token = &pasted["token"];
    let answer = world.ok("similar", similar(json!({ "picture": token }), "look", 3));
    assert_eq!(first(&answer), circle, "{answer}");
    let images = json!([{ "source": { "kind": "picture", "token": token }, "weight": 1.0 }]);
    let answer = world.ok("search", search("", images, 4));
    assert_eq!(first(&answer), circle, "{answer}");
    let images = json!([{ "source": { "kind": "photo", "id": circle }, "weight": -1.0 }]);
    let answer = world.ok("search", search("a red circle", images, 5));
    assert_eq!(answer["total"], 4, "{answer}");

    world.ok("forget_picture", json!({ "token": token }));
    let forgotten = json!({ "picture": token });
    assert_eq!(world.error("similar", similar(forgotten, "look", 6)).0, "unknown-picture");
    let images = json!([{ "source": { "kind": "picture", "token": "../../etc/passwd" }, "weight": 1.0 }]);
    assert_eq!(world.error("search", search("", images, 7)).0, "unknown-picture");
    assert_eq!(world.error("similar", similar(json!({ "photo": 77 }), "look", 8)).0, "unknown-photo");
    assert_eq!(world.error("similar", similar(json!({}), "look", 9)).0, "usage");
    assert_eq!(world.error("similar", similar(json!({ "photo": 1, "picture": "x" }), "look", 10)).0, "usage");
}

#[test]
fn what_is_pasted_must_be_a_picture() {
    let world = World::new();
    for (bytes, code) in [(&b"no picture"[..], "not-a-picture"), (b"", "not-a-picture")] {
        let error = world.call_with_bytes("paste_picture", bytes.to_vec()).unwrap_err();
        assert_eq!(error["code"], code);
    }
    assert_eq!(world.error("paste_picture", json!({ "bytes": [1, 2] })).0, "usage");
}

#[test]
fn only_the_latest_question_is_answered() {
    let world = World::with_photos();
    world.ok("search", search("a circle", json!([]), 5));
    assert_eq!(world.error("search", search("a circl", json!([]), 4)).0, "superseded");
    world.ok("similar", similar(json!({ "photo": 1 }), "look", 1));
    world.ok("similar", similar(json!({ "photo": 1 }), "meaning", 1));
    // The next page of an answer has its ticket, and a page that is loaded anew counts from the start.
    world.ok("search", search("a circle", json!([]), 5));
    world.watch(2);
    world.ok("search", search("a circle", json!([]), 1));
}

#[test]
fn a_query_is_completed_and_remembered() {
    let world = World::with_photos();
    let found = world.ok("complete", json!({ "query": "folder:s", "cursor": 8 }));
    let sea = found
        .as_array()
        .unwrap()
        .iter()
        .find(|found| found["kind"] == "folder")
        .unwrap_or_else(|| panic!("{found}"));
    assert!(sea["text"].as_str().unwrap().contains("sea"), "{found}");
    assert!(sea["from"].as_u64() <= Some(7) && sea["to"] == 8, "{found}");
    let keys = world.ok("complete", json!({ "query": "fol", "cursor": 3 }));
    assert!(keys.as_array().unwrap().iter().any(|found| found["kind"] == "key"), "{keys}");

    assert_eq!(world.ok("history", json!({})), json!([]));
    for query in ["a dog", "a cat", "a dog"] {
        world.ok("add_to_history", json!({ "query": query }));
    }
    assert_eq!(world.ok("history", json!({})), json!(["a dog", "a cat"]));
    world.ok("clear_history", json!({}));
    assert_eq!(world.ok("history", json!({})), json!([]));
}
