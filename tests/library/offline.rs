//! A drive that is unplugged and plugged in again.

#[cfg(target_os = "linux")]
use std::path::Path;
#[cfg(target_os = "linux")]
use std::process::Command;

use serde_json::Value;

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::{Home, paths};

const PHOTOS: u32 = 4;

/// `report` has these counts.
fn check(report: &Value, counts: &[(&str, u32)]) {
    for (key, expected) in counts {
        assert_eq!(report[key], *expected, "{key} in {report}");
    }
}

#[test]
fn photos_of_an_unreachable_folder_are_kept_found_and_marked() {
    let (_clip, clip) = unpacked("clip-f32");
    let home = Home::new();
    let drive = home.photos().join("drive");
    std::fs::create_dir(&drive).unwrap();
    for number in 0..PHOTOS {
        pictures::write(&drive, format!("{number}.png"), number);
    }
    let here = home.photos().join("here");
    std::fs::create_dir(&here).unwrap();
    let near = pictures::write(&here, "near.png", 50);
    home.json(["add", "photos/drive", "photos/here", "--model", clip.to_str().unwrap()]);

    let unplugged = home.photos().join("unplugged");
    std::fs::rename(&drive, &unplugged).unwrap();
    let report = home.json(["index"]);
    check(&report, &[("found", 1), ("offline", 4), ("missing", 0), ("failed", 0), ("indexed", 0)]);
    assert_eq!(home.json(["status"])["photos"]["offline"], PHOTOS);
    assert_eq!(paths(&home.json(["list", "--offline"]), "photos").len(), PHOTOS as usize);
    let folders = home.json(["folders"]);
    let online = folders["folders"].as_array().unwrap().iter().map(|folder| folder["online"] == true);
    assert_eq!(online.filter(|online| *online).count(), 1, "{folders}");

    let found = home.json(["search", "disc"]);
    assert_eq!(found["total"], PHOTOS + 1, "offline photos are found: {found}");
    for result in found["results"].as_array().unwrap() {
        assert_eq!(result["offline"], result["path"] != near.to_str().unwrap(), "{result}");
    }
    assert_eq!(home.json(["search", "disc is:offline"])["total"], PHOTOS);

    std::fs::rename(&unplugged, &drive).unwrap();
    let report = home.json(["index"]);
    check(&report, &[("found", 5), ("offline", 0), ("unchanged", 5), ("indexed", 0)]);
    assert!(paths(&home.json(["list", "--offline"]), "photos").is_empty());
}

#[test]
fn a_drive_that_is_empty_because_it_is_not_mounted_forgets_nothing_at_once() {
    let (_clip, clip) = unpacked("clip-f32");
    let home = Home::new();
    for number in 0..PHOTOS {
        pictures::write(&home.photos(), format!("{number}.png"), number);
    }
    home.json(["add", "photos", "--model", clip.to_str().unwrap()]);
    let aside = home.photos().with_file_name("aside");
    std::fs::rename(home.photos(), &aside).unwrap();
    std::fs::create_dir(home.photos()).unwrap();
    let report = home.json(["index"]);
    check(&report, &[("found", 0), ("offline", PHOTOS), ("missing", 0)]);
    for answer in ["folders", "status"] {
        let answer = home.json([answer]);
        assert_eq!(answer["folders"][0]["online"], false, "{answer}");
    }
    assert_eq!(paths(&home.json(["list", "--offline"]), "photos").len(), PHOTOS as usize);
    assert_eq!(home.json(["search", "disc"])["total"], PHOTOS);

    std::fs::remove_dir(home.photos()).unwrap();
    std::fs::rename(&aside, home.photos()).unwrap();
    let report = home.json(["index"]);
    check(&report, &[("found", PHOTOS), ("failed", 0), ("indexed", 0)]);
    assert_eq!(home.json(["folders"])["folders"][0]["online"], true);
    assert_eq!(home.json(["search", "disc"])["total"], PHOTOS);
}

#[cfg(target_os = "linux")]
#[test]
fn two_memory_cards_in_one_reader_keep_their_photos_apart() {
    use crate::small_disk::SmallDisk;
    let (_clip, clip) = unpacked("clip-f32");
    let home = Home::new();
    let reader = home.photos();
    let aside = reader.with_file_name("aside");
    let copy = |from: &Path, to: &Path| {
        let copied = Command::new("cp").args(["-a", "--"]).arg(from.join(".")).arg(to).status();
        assert!(copied.unwrap().success());
    };
    let Some(first) = SmallDisk::mount(&reader, "8m") else {
        println!("skipped: a file system cannot be mounted here");
        return;
    };
    for number in 0..PHOTOS {
        pictures::write(&reader, format!("{number}.png"), number);
    }
    std::fs::create_dir(&aside).unwrap();
    copy(&reader, &aside);
    home.json(["add", "photos", "--model", clip.to_str().unwrap()]);

    drop(first);
    let second = SmallDisk::mount(&reader, "8m").unwrap();
    let namesake = pictures::write(&reader, "0.png", 90);
    pictures::write(&reader, "new.png", 91);
    for indexed in [2, 0] {
        // One place holds one photo: the first card's photo of that name is hidden until it is back.
        let report = home.json(["index"]);
        check(&report, &[("found", 2), ("indexed", indexed), ("offline", PHOTOS - 1)]);
    }
    assert!(!paths(&home.json(["list", "--offline"]), "photos").contains(&namesake));
    assert_eq!(home.json(["search", "disc"])["total"], PHOTOS + 1);

    drop(second);
    let _first = SmallDisk::mount(&reader, "8m").unwrap();
    copy(&aside, &reader);
    let report = home.json(["index"]);
    check(&report, &[("found", PHOTOS), ("indexed", 0), ("offline", 1)]);
    assert_eq!(paths(&home.json(["list", "--offline"]), "photos"), [reader.join("new.png")]);
    let found = home.json(["search".as_ref(), "--image".as_ref(), namesake.as_os_str()]);
    assert_eq!(paths(&found, "results")[0], namesake, "with the vector of the first card's photo");
}
