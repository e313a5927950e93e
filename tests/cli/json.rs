//! Every command's object: its keys, and what must be true of the values.

use serde_json::Value;

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::{Home, paths};

/// The object has these keys, and every key that it has is known.
fn check_keys(what: &str, object: &Value, always: &[&str], sometimes: &[&str]) {
    let found: Vec<&String> =
        object.as_object().unwrap_or_else(|| panic!("{what}: {object}")).keys().collect();
    for key in always {
        assert!(found.iter().any(|found| found == key), "{what}: no \"{key}\" in {found:?}");
    }
    for key in found {
        assert!(
            always.contains(&key.as_str()) || sometimes.contains(&key.as_str()),
            "{what}: what is \"{key}\"?"
        );
    }
}

const INDEX: &[&str] = &[
    "found",
    "indexed",
    "unchanged",
    "failed",
    "offline",
    "seconds",
    "failures",
    "moved",
    "missing",
    "remaining",
    "cancelled",
    "models",
    "device",
];

const INFO: &[&str] = &[
    "id",
    "path",
    "state",
    "offline",
    "format",
    "bytes",
    "width",
    "height",
    "modified",
    "taken_at",
    "camera",
    "lens",
    "latitude",
    "longitude",
    "seen_by",
];

#[test]
fn adding_and_indexing_count_every_photo_once() {
    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    for number in 0..5 {
        pictures::write(&home.photos(), format!("{number}.png"), number);
    }
    let broken = pictures::write_broken(&home.photos(), "broken.jpg");

    let added = home.json(["add".as_ref(), home.photos().as_os_str(), "--model".as_ref(), clip.as_os_str()]);
    check_keys("add", &added, INDEX, &[]);
    for (key, expected) in [("found", 6), ("indexed", 5), ("unchanged", 0), ("failed", 1), ("offline", 0)] {
        assert_eq!(added[key], expected, "{key} in {added}");
    }
    assert!(added["seconds"].as_f64().unwrap() > 0.0);
    assert_eq!(paths(&added, "failures"), [broken]);
    check_keys("add: failures", &added["failures"][0], &["path", "reason"], &[]);
    assert!(!added["failures"][0]["reason"].as_str().unwrap().is_empty());

    // The model given to `add` is remembered.
    pictures::write(&home.photos(), "late.png", 99);
    let indexed = home.json(["index"]);
    check_keys("index", &indexed, INDEX, &[]);
    for (key, expected) in [("found", 7), ("indexed", 1), ("unchanged", 5), ("failed", 1)] {
        assert_eq!(indexed[key], expected, "{key} in {indexed}");
    }
    assert_eq!(indexed["models"], added["models"]);
}

#[test]
fn a_repaired_photo_is_read_by_retry() {
    let home = Home::new();
    pictures::write(&home.photos(), "good.png", 1);
    let broken = pictures::write_broken(&home.photos(), "broken.png");
    home.json(["add".as_ref(), home.photos().as_os_str()]);
    assert_eq!(home.json(["index"])["failed"], 1, "a failed photo is listed until it is tried again");

    let retried = home.json(["retry"]);
    check_keys("retry", &retried, INDEX, &[]);
    assert_eq!((retried["failed"].as_u64(), retried["indexed"].as_u64()), (Some(1), Some(0)));

    std::fs::rename(pictures::write(&home.photos(), "whole.png", 2), broken).unwrap();
    let retried = home.json(["retry"]);
    assert_eq!((retried["failed"].as_u64(), retried["indexed"].as_u64()), (Some(0), Some(1)), "{retried}");
}

#[test]
fn lists_folders_and_status_agree() {
    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    let good = pictures::write(&home.photos(), "good.png", 1);
    let broken = pictures::write_broken(&home.photos(), "broken.jpg");
    home.json(["add".as_ref(), home.photos().as_os_str(), "--model".as_ref(), clip.as_os_str()]);

    let all = home.json(["list"]);
    check_keys("list", &all, &["photos"], &[]);
    let mut listed = paths(&all, "photos");
    listed.sort();
    assert_eq!(listed, [broken.clone(), good.clone()]);
    for photo in all["photos"].as_array().unwrap() {
        check_keys("list: photos", photo, &["id", "path", "state", "offline"], &["reason"]);
    }
    assert_eq!(paths(&home.json(["list", "--failed"]), "photos"), std::slice::from_ref(&broken));
    assert!(paths(&home.json(["list", "--offline"]), "photos").is_empty());

    for (photo, state, format) in [(&good, "ready", "PNG"), (&broken, "failed", "JPEG")] {
        let info = home.json(["info".as_ref(), photo.as_os_str()]);
        check_keys("info", &info, INFO, &["reason"]);
        assert_eq!((&info["state"], &info["format"]), (&state.into(), &format.into()), "{info}");
        let models = if state == "ready" { 2 } else { 0 };
        assert_eq!(info["seen_by"].as_array().unwrap().len(), models, "{info}");
        assert_eq!(info.get("reason").is_some(), state == "failed", "{info}");
    }
    let info = home.json(["info".as_ref(), good.as_os_str()]);
    check_keys("info: seen_by", &info["seen_by"][0], &["model", "purpose", "pipeline_version"], &[]);
    assert_eq!((info["width"].as_u64(), info["height"].as_u64()), (Some(160), Some(120)));

    let folders = home.json(["folders"]);
    check_keys("folders", &folders, &["folders"], &[]);
    check_keys("folders: folders", &folders["folders"][0], &["path", "online", "photos"], &[]);
    assert_eq!(paths(&folders, "folders"), [home.photos()]);
    assert_eq!(folders["folders"][0]["photos"], 2);

    let status = home.json(["status"]);
    check_keys(
        "status",
        &status,
        &["library", "photos", "folders", "models", "meaning", "look", "switching", "bytes"],
        &[],
    );
    check_keys("status: photos", &status["photos"], &["total", "ready", "pending", "failed", "offline"], &[]);
    for model in status["models"].as_array().unwrap() {
        let keys = ["id", "purpose", "pipeline_version", "dim", "photos"];
        check_keys("status: models", model, &keys, &[]);
    }
    assert_eq!((status["photos"]["total"].as_u64(), status["photos"]["ready"].as_u64()), (Some(2), Some(1)));
    assert_eq!(status["models"][0]["id"], status["meaning"]);
    assert_eq!(status["look"], "starter");
    assert_eq!(status["switching"], serde_json::json!([]));
    assert!(status["bytes"].as_u64().unwrap() > 0);
}

#[test]
fn a_removed_folder_is_forgotten_and_its_files_stay() {
    let home = Home::new();
    let picture = pictures::write(&home.photos(), "good.png", 1);
    home.json(["add".as_ref(), home.photos().as_os_str()]);

    let removed = home.json(["remove".as_ref(), home.photos().as_os_str()]);
    check_keys("remove", &removed, &["path", "photos"], &[]);
    assert_eq!(removed["photos"], 1);
    assert!(picture.exists());
    assert!(paths(&home.json(["list"]), "photos").is_empty());
    assert!(paths(&home.json(["folders"]), "folders").is_empty());
}

#[test]
fn the_doctor_looks_at_device_models_database_and_disk() {
    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    pictures::write(&home.photos(), "good.png", 1);
    home.json(["add".as_ref(), home.photos().as_os_str(), "--model".as_ref(), clip.as_os_str()]);

    let report = home.json(["doctor", "--device", "cpu"]);
    check_keys("doctor", &report, &["healthy", "device", "checks"], &[]);
    assert_eq!(report["healthy"], true, "{report}");
    let checks = report["checks"].as_array().unwrap();
    for check in checks {
        check_keys("doctor: checks", check, &["name", "ok", "detail"], &[]);
    }
    assert_eq!(report["device"]["kind"], "cpu");
    for name in ["device", "canary", "database", "disk", "model"] {
        let looked = checks.iter().any(|check| check["name"].as_str().unwrap().starts_with(name));
        assert!(looked, "nobody looked at the {name}: {report}");
    }
}

#[test]
fn models_that_are_known_are_listed_with_licence_and_state() {
    let home = Home::new();
    let list = home.json(["models", "list"]);
    check_keys("models list", &list, &["models"], &[]);
    let models = list["models"].as_array().unwrap();
    for model in models {
        check_keys(
            "models list: models",
            model,
            &["id", "title", "purposes", "state", "bytes", "bytes_here", "licence", "default", "in_use_for"],
            &["reason", "notice", "path", "source"],
        );
        let state = if model["id"] == "starter" { "built-in" } else { "missing" };
        assert_eq!(model["state"], state, "{model}");
    }
    let ids: Vec<&str> = models.iter().map(|model| model["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"clip-vit-b-32") && ids.contains(&"resnet50"), "{ids:?}");
    let starter = &models[0];
    assert_eq!((&starter["id"], &starter["licence"]), (&"starter".into(), &"MIT OR Apache-2.0".into()));
    assert_eq!(starter["purposes"], serde_json::json!(["meaning", "look"]));
    assert_eq!(starter["bytes"], starter["bytes_here"]);
    let defaults = models.iter().filter(|model| model["default"] == true);
    assert!(defaults.clone().any(|model| model["id"] == "clip-vit-b-32"), "{ids:?}");

    let removed = home.json(["models", "remove", "resnet50"]);
    check_keys("models remove", &removed, &["id", "bytes"], &[]);
    assert_eq!((removed["id"].as_str(), removed["bytes"].as_u64()), (Some("resnet50"), Some(0)));
}

#[test]
fn models_in_a_folder_and_in_the_program_are_verified() {
    let home = Home::new();
    let report = home.json(["models", "verify", "starter"]);
    assert_eq!(report["model"], "starter");
    let checks: Vec<&str> =
        report["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(checks, ["hash", "image tower", "text tower"]);
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    let report = home.json(["models".as_ref(), "verify".as_ref(), resnet.as_os_str()]);
    check_keys("models verify", &report, &["model", "checks"], &[]);
    check_keys("models verify: checks", &report["checks"][0], &["name", "detail"], &[]);
    assert!(report["model"].as_str().unwrap().starts_with("resnet50-"), "{report}");
}
