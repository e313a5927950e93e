//! The end of the window, and its next start.

use serde_json::json;

use crate::world::{SCENES, World, is_end};

#[test]
fn what_was_begun_is_gone_on_with_at_the_next_start() {
    let world = World::new();
    SCENES.iter().for_each(|(name, scene)| drop(world.draw(name, scene)));
    world.watch(1);
    world.ok("add_folders", json!({ "paths": [world.path("photos")] }));
    // Nothing begins after the end.
    world.shell.finish();
    world.ok("index", json!({ "retryFailed": false }));
    let before = world.status("ready")["photos"]["ready"].as_u64().unwrap();

    let world = World::over(world.close());
    world.watch(1);
    world.shell.go_on();
    let report = world.until(is_end)["report"].clone();
    assert_eq!((&report["remaining"], &report["cancelled"]), (&json!(0), &json!(false)), "{report}");
    let indexed = report["indexed"].as_u64().unwrap();
    assert!(before + indexed >= 4, "{before} before, {report}");
    assert_eq!(world.status("ready")["photos"]["ready"], 4);
}

#[test]
fn a_library_without_folders_starts_no_job() {
    let world = World::new();
    world.watch(1);
    world.shell.go_on();
    world.status("empty");
    // Whatever a job would tell comes before what this question leads to.
    world.ok("index", json!({ "retryFailed": false }));
    let ends: Vec<_> = (0..1).map(|_| world.until(is_end)).collect();
    assert_eq!(ends[0]["error"]["code"], "no-library");
}
