//! Folders and the state of the library.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{SCENES, World, is_end};

#[test]
fn a_library_begins_empty_and_is_ready_with_its_first_folder() {
    let world = World::with_photos();
    let status = world.status("ready");
    assert_eq!(status["photos"], json!({ "total": 4, "ready": 4, "pending": 0, "failed": 0, "offline": 0 }));
    let folder = &status["folders"][0];
    assert_eq!(folder["path"], world.path("photos").canonicalize().unwrap().to_str().unwrap());
    assert_eq!(
        (&folder["name"], &folder["online"], &folder["photos"]),
        (&json!("photos"), &json!(true), &json!(4))
    );
    assert_eq!(folder["subfolders"], json!([{ "name": "sea", "relative": "sea", "photos": 2 }]));
    assert_eq!((&status["meaning"], &status["look"]), (&json!("starter"), &json!("starter")));
    assert_eq!(status["device"]["kind"], "cpu");

    let status = world.ok("remove_folder", json!({ "id": folder["id"] }));
    assert_eq!((&status["state"], &status["photos"]["total"]), (&json!("empty"), &json!(0)));
    assert!(world.path("photos").join(SCENES[0].0).is_file(), "no file is touched");
}

#[test]
fn before_the_first_folder_every_question_has_an_answer_or_a_word() {
    let world = World::new();
    let status = world.status("empty");
    assert_eq!(status["photos"]["total"], 0);
    assert_eq!(status["folders"], json!([]));
    for (command, arguments) in [
        ("timeline", json!({})),
        ("photo", json!({ "id": 1 })),
        ("failures", json!({})),
        (
            "search",
            json!({ "request": { "query": "x", "images": [], "offset": 0, "limit": 5, "ticket": 1 } }),
        ),
        ("similar", json!({ "request": { "photo": 1, "by": "look", "offset": 0, "limit": 5, "ticket": 1 } })),
        ("remove_folder", json!({ "id": 1 })),
        ("show_in_folder", json!({ "ids": [1] })),
        ("open_with", json!({ "id": 1 })),
        ("copy_pictures", json!({ "id": 1 })),
        ("copy_paths", json!({ "ids": [1] })),
        ("start_drag", json!({ "ids": [1] })),
    ] {
        assert_eq!(world.error(command, arguments).0, "no-library", "{command}");
    }
}

#[test]
fn a_folder_that_cannot_be_added_is_named_and_nothing_is_added() {
    let world = World::new();
    fs::create_dir_all(world.path("photos")).unwrap();
    let missing = world.path("nowhere");
    let (code, params) = world.error("add_folders", json!({ "paths": [world.path("photos"), &missing] }));
    assert_eq!((code.as_str(), &params["path"]), ("io", &json!(missing)));
    world.ok("add_folders", json!({ "paths": [world.path("photos")] }));
    let own = world.path("library");
    assert_eq!(world.error("add_folders", json!({ "paths": [own] })).0, "own-folder");
    assert_eq!(world.error("remove_folder", json!({ "id": 77 })).0, "unknown-folder");
    assert_eq!(world.ok("library_status", json!({}))["folders"].as_array().unwrap().len(), 1);
}

#[test]
fn a_folder_can_be_added_while_a_job_runs() {
    let world = World::new();
    world.watch(1);
    let (first, second) = (world.path("photos"), world.path("more"));
    for (number, (_, scene)) in SCENES.iter().enumerate() {
        world.draw(&format!("{number}.bmp"), scene);
    }
    world.draw("../more/another.bmp", &SCENES[0].1);
    world.ok("add_folders", json!({ "paths": [first] }));
    world.ok("add_folders", json!({ "paths": [second] }));
    let done = world.until(is_end);
    assert_eq!((&done["phase"], &done["report"]["cancelled"]), (&json!("done"), &json!(false)), "{done}");
    let status = world.status("ready");
    assert_eq!((&status["photos"]["total"], &status["photos"]["ready"]), (&json!(5), &json!(5)), "{status}");
    assert_eq!(status["folders"].as_array().unwrap().len(), 2);
}

#[test]
fn a_held_job_stays_held_when_a_folder_is_added_and_its_photos_are_in_sight_all_the_same() {
    const PHOTOS: u64 = 300;
    let world = World::new();
    world.watch(1);
    world.draw_many(PHOTOS);
    world.draw("../more/another.bmp", &SCENES[0].1);
    world.ok("add_folders", json!({ "paths": [world.path("photos")] }));
    world.until(|event| event["kind"] == "index" && event["phase"] == "indexing");
    world.ok("job_pause", json!({}));
    world.until(|event| event["kind"] == "index" && event["paused"] == true);
    world.ok("add_folders", json!({ "paths": [world.path("more")] }));
    // The job has begun anew: it looks through the folders, and is held before it looks at photos.
    let counts = || world.status("ready")["photos"].clone();
    while counts()["total"] != PHOTOS + 1 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let before = counts();
    assert!(before["pending"].as_u64().unwrap() > 1, "{before}");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(counts(), before, "nothing moves while the job is held");
    // A page that is loaded anew is told of the jobs that go on.
    world.watch(2);
    let (_, _, told) = std::iter::repeat_with(|| world.next()).find(|(channel, ..)| *channel == 2).unwrap();
    assert_eq!((&told["kind"], &told["paused"]), (&json!("index"), &json!(true)), "{told}");

    world.ok("job_resume", json!({}));
    let done = world.until(is_end);
    assert_eq!((&done["phase"], &done["report"]["remaining"]), (&json!("done"), &json!(0)), "{done}");
    assert_eq!(counts()["ready"], PHOTOS + 1);
}

#[test]
fn a_damaged_database_is_told_of_and_set_aside_when_that_is_wanted() {
    let world = World::with_photos();
    let dir = world.close();
    let database = dir.path().join("library/catalog.db");
    fs::write(&database, "this is no database").unwrap();
    let world = World::over(dir);
    let status = world.status("damaged");
    assert_eq!(status["photos"]["total"], 0);
    assert_eq!(world.error("timeline", json!({})).0, "damaged-database");
    let status = world.ok("repair_library", json!({}));
    assert_eq!(status["state"], "empty");
    world.watch(1);
    world.ok("add_folders", json!({ "paths": [world.path("photos")] }));
    world.until(is_end);
    assert_eq!(world.status("ready")["photos"]["ready"], 4);
}

#[test]
fn photos_that_cannot_be_read_are_listed_and_tried_again_when_that_is_wanted() {
    let world = World::new();
    world.watch(1);
    let broken = world.draw("broken.bmp", &SCENES[0].1);
    let whole = fs::read(&broken).unwrap();
    fs::write(&broken, b"\xff\xd8\xff\xe0 this is no JPEG").unwrap();
    world.ok("add_folders", json!({ "paths": [world.path("photos")] }));
    let report = world.until(is_end)["report"].clone();
    assert_eq!((&report["failed"], &report["indexed"]), (&json!(1), &json!(0)), "{report}");
    let failures = world.ok("failures", json!({}));
    assert!(failures[0]["path"].as_str().unwrap().ends_with("broken.bmp"), "{failures}");
    assert!(!failures[0]["reason"].as_str().unwrap().is_empty());

    fs::write(&broken, whole).unwrap();
    world.ok("index", json!({ "retryFailed": true }));
    let report = world.until(is_end)["report"].clone();
    assert_eq!((&report["failed"], &report["indexed"]), (&json!(0), &json!(1)), "{report}");
    assert_eq!(world.ok("failures", json!({})), Value::Array(Vec::new()));
}
