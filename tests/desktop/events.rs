//! What the page is told unasked, and in which order.

use serde_json::{Value, json};

use crate::world::{SCENES, World, is_end};

/// Enough to be at work for a while.
const PHOTOS: u64 = 400;

#[test]
fn a_job_is_told_of_in_order_and_its_end_comes_last_and_once() {
    let world = World::new();
    world.watch(7);
    SCENES.iter().for_each(|(name, scene)| drop(world.draw(name, scene)));
    world.ok("add_folders", json!({ "paths": [world.path("photos")] }));
    let mut events: Vec<Value> = Vec::new();
    while !events.iter().any(is_end) {
        let (channel, place, event) = world.next();
        assert_eq!((channel, place), (7, events.len()), "{event}");
        events.push(event);
    }
    let phases: Vec<&str> = events
        .iter()
        .filter(|event| event["kind"] == "index")
        .map(|event| event["phase"].as_str().unwrap())
        .collect();
    let order = ["waiting", "scanning", "loading_models", "indexing", "finishing", "done"];
    let place = |phase: &&str| order.iter().position(|known| known == phase).unwrap();
    assert!(phases.is_sorted_by_key(place), "{phases:?}");
    let report = &events.last().unwrap()["report"];
    assert_eq!((&report["found"], &report["indexed"]), (&json!(4), &json!(4)), "{report}");

    let revisions = events.iter().filter(|event| event["kind"] == "library");
    let revisions: Vec<u64> = revisions.map(|event| event["revision"].as_u64().unwrap()).collect();
    assert!(revisions.is_sorted() && !revisions.is_empty(), "{revisions:?}");
    // The library changed with the end of the job, which is told after it.
    let last = world.until(|event| event["kind"] == "library");
    assert!(last["revision"].as_u64() >= revisions.last().copied());
    assert_eq!(world.status("ready")["revision"], last["revision"]);
}

#[test]
fn a_job_is_held_and_goes_on_and_is_ended() {
    let world = World::new();
    // Many batches, so that there is one to hold the job after.
    world.draw_many(PHOTOS);
    // Nothing runs yet: nothing happens.
    for command in ["job_pause", "job_resume", "job_cancel"] {
        world.ok(command, json!({}));
    }
    world.watch(1);
    world.ok("add_folders", json!({ "paths": [world.path("photos")] }));
    world.ok("job_pause", json!({}));
    let held = world.until(|event| event["kind"] == "index" && event["paused"] == true);
    assert_ne!(held["phase"], "done");
    // A page that is loaded anew learns of the job that is held.
    world.watch(2);
    let (mut channel, mut place, mut event) = world.next();
    while channel != 2 {
        (channel, place, event) = world.next();
    }
    assert_eq!((place, &event["kind"], &event["paused"]), (0, &json!("index"), &json!(true)), "{event}");
    world.ok("job_resume", json!({}));
    world.until(|event| event["kind"] == "index" && event["paused"] == false);
    world.ok("job_cancel", json!({}));
    let end = world.until(is_end);
    assert_eq!(end["phase"], "done", "{end}");
    let report = &end["report"];
    if report["cancelled"] == true {
        world.ok("index", json!({ "retryFailed": false }));
        assert_eq!(world.until(is_end)["report"]["remaining"], 0);
    }
    assert_eq!(world.status("ready")["photos"]["ready"], PHOTOS);
}

#[test]
fn a_job_that_cannot_run_ends_with_its_reason() {
    let world = World::new();
    world.watch(1);
    world.status("empty");
    world.ok("index", json!({ "retryFailed": false }));
    let end = world.until(is_end);
    assert_eq!((&end["phase"], &end["error"]["code"]), (&json!("failed"), &json!("no-library")), "{end}");
}

#[test]
fn a_second_job_follows_the_first() {
    let world = World::with_photos();
    for _ in 0..3 {
        world.ok("index", json!({ "retryFailed": false }));
    }
    let report = world.until(is_end)["report"].clone();
    assert_eq!((&report["unchanged"], &report["indexed"]), (&json!(4), &json!(0)), "{report}");
}
