//! What the page is told of the program, and what the user sets.

use serde_json::json;

use crate::world::World;

#[test]
fn the_page_learns_what_it_runs_in() {
    let world = World::new();
    let info = world.ok("app_info", json!({}));
    assert_eq!(info["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(info["library"], world.path("library").to_str().unwrap());
    assert_eq!(info["models"], world.path("models").to_str().unwrap());
    assert!(["linux", "macos", "windows"].contains(&info["platform"].as_str().unwrap()));
    assert!(!info["locale"].as_str().unwrap().is_empty());
    let licences = world.ok("licences", json!({}));
    assert!(licences.as_array().unwrap().iter().all(|entry| entry["licence"].is_string()));
}

#[test]
fn settings_outlive_the_window() {
    let world = World::new();
    let usual = world.ok("settings", json!({}));
    let expected = json!({
        "language": "system", "theme": "system", "device": "auto", "thumbnail": 192, "viewMode": "justified",
    });
    assert_eq!(usual, expected);
    let wanted = json!({
        "language": "ko", "theme": "dark", "device": "cpu", "thumbnail": 5, "viewMode": "uniform",
    });
    let kept = world.ok("set_settings", json!({ "settings": wanted }));
    assert_eq!(kept["thumbnail"], 96);
    let world = World::over(world.close());
    assert_eq!(world.ok("settings", json!({})), kept);
    let refused = world.call("set_settings", json!({ "settings": { "theme": "mauve" } })).unwrap_err();
    assert!(refused.as_str().unwrap().contains("mauve"), "{refused}");
    assert_eq!(world.ok("settings", json!({})), kept);
}

#[test]
fn settings_that_cannot_be_kept_are_told_of_and_change_nothing() {
    let world = World::new();
    let usual = world.ok("settings", json!({}));
    std::fs::write(world.path("config"), "a file where a folder should be").unwrap();
    let mut wanted = usual.clone();
    wanted["theme"] = json!("dark");
    let (code, params) = world.error("set_settings", json!({ "settings": wanted }));
    assert_eq!(code, "io");
    assert!(params["path"].as_str().unwrap().contains("settings.json"));
    assert_eq!(world.ok("settings", json!({})), usual);
}
