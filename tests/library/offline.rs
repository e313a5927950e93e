//! A drive that is unplugged and plugged in again.

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::{Home, paths};

const PHOTOS: u32 = 4;

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
    for (key, expected) in [("found", 1), ("offline", 4), ("missing", 0), ("failed", 0), ("indexed", 0)] {
        assert_eq!(report[key], expected, "{key} in {report}");
    }
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
    for (key, expected) in [("found", 5), ("offline", 0), ("unchanged", 5), ("indexed", 0)] {
        assert_eq!(report[key], expected, "{key} in {report}");
    }
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
    home.json(["index"]);

    std::fs::remove_dir(home.photos()).unwrap();
    std::fs::rename(&aside, home.photos()).unwrap();
    let report = home.json(["index"]);
    assert_eq!(report["found"], PHOTOS, "{report}");
    assert_eq!(report["failed"], 0, "{report}");
    assert_eq!(home.json(["search", "disc"])["total"], PHOTOS);
}
