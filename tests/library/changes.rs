//! Moves, renames, copies, changes and deletions.

use serde_json::Value;

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::{Home, paths};

/// `report` has these counts.
fn check(report: &Value, counts: &[(&str, u64)]) {
    for (key, expected) in counts {
        assert_eq!(report[key], *expected, "{key} in {report}");
    }
}

/// A library of six photos in two folders inside its one folder, indexed with the small CLIP.
fn indexed(model: &str) -> Home {
    let home = Home::new();
    for (number, folder) in [(0, "a"), (1, "a"), (2, "a"), (3, "b"), (4, "b"), (5, "b")] {
        let folder = home.photos().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        pictures::write(&folder, format!("{number}.png"), number);
    }
    check(&home.json(["add", "photos", "--model", model]), &[("found", 6), ("indexed", 6)]);
    home
}

#[test]
fn moved_and_renamed_photos_are_known_by_their_content_and_keep_their_vectors() {
    let (_clip, clip) = unpacked("clip-f32");
    let home = indexed(clip.to_str().unwrap());
    let (a, b) = (home.photos().join("a"), home.photos().join("b"));
    std::fs::rename(a.join("0.png"), b.join("moved.png")).unwrap();
    std::fs::rename(a.join("1.png"), a.join("renamed.png")).unwrap();
    std::fs::rename(&b, home.photos().join("c")).unwrap();

    let report = home.json(["index"]);
    check(&report, &[("found", 6), ("indexed", 0), ("moved", 5), ("missing", 0), ("unchanged", 6)]);
    let mut listed = paths(&home.json(["list"]), "photos");
    listed.sort();
    let c = home.photos().join("c");
    let mut expected = vec![a.join("2.png"), a.join("renamed.png")];
    expected.extend(["3.png", "4.png", "5.png", "moved.png"].map(|name| c.join(name)));
    assert_eq!(listed, expected);

    let found = home.json(["similar".as_ref(), c.join("moved.png").as_os_str()]);
    assert_eq!(found["total"], 5, "the moved photo has its vector: {found}");
}

#[test]
fn a_move_between_two_folders_of_the_library_is_a_move() {
    let (_clip, clip) = unpacked("clip-f32");
    let home = Home::new();
    let (one, two) = (home.photos().join("one"), home.photos().join("two"));
    std::fs::create_dir(&one).unwrap();
    std::fs::create_dir(&two).unwrap();
    pictures::write(&one, "x.png", 1);
    pictures::write(&two, "y.png", 2);
    home.json(["add", "photos/one", "photos/two", "--model", clip.to_str().unwrap()]);
    std::fs::rename(one.join("x.png"), two.join("x.png")).unwrap();
    check(&home.json(["index"]), &[("found", 2), ("indexed", 0), ("moved", 1), ("missing", 0)]);
}

#[test]
fn a_copy_is_a_photo_of_its_own() {
    let (_clip, clip) = unpacked("clip-f32");
    let home = indexed(clip.to_str().unwrap());
    let original = home.photos().join("a/0.png");
    let copy = home.photos().join("b/copy.png");
    std::fs::copy(&original, &copy).unwrap();
    check(&home.json(["index"]), &[("found", 7), ("moved", 0), ("failed", 0)]);
    let found = home.json(["similar".as_ref(), original.as_os_str(), "--limit".as_ref(), "1".as_ref()]);
    assert_eq!(paths(&found, "results"), [copy]);
    assert!(found["results"][0]["score"].as_f64().unwrap() > 0.999);
}

#[test]
fn a_deleted_photo_is_found_no_more_and_comes_back_with_its_file() {
    let (_clip, clip) = unpacked("clip-f32");
    let home = indexed(clip.to_str().unwrap());
    let photo = home.photos().join("a/0.png");
    let bytes = std::fs::read(&photo).unwrap();
    std::fs::remove_file(&photo).unwrap();
    check(&home.json(["index"]), &[("found", 5), ("missing", 1), ("indexed", 0)]);
    assert!(!paths(&home.json(["search", "disc"]), "results").contains(&photo));
    assert!(!paths(&home.json(["list"]), "photos").contains(&photo));

    std::fs::write(&photo, bytes).unwrap();
    check(&home.json(["index"]), &[("found", 6), ("failed", 0), ("indexed", 0)]);
    assert!(paths(&home.json(["search", "disc"]), "results").contains(&photo));
}

#[test]
fn a_changed_photo_is_read_again() {
    let (_clip, clip) = unpacked("clip-f32");
    let home = indexed(clip.to_str().unwrap());
    let folder = home.photos().join("a");
    let photo = folder.join("0.png");
    std::fs::rename(pictures::write(&folder, "new.png", 77), &photo).unwrap();
    check(&home.json(["index"]), &[("found", 6), ("indexed", 1), ("unchanged", 5)]);
    let found = home.json(["search".as_ref(), "--image".as_ref(), photo.as_os_str()]);
    assert_eq!(paths(&found, "results")[0], photo);
    assert!(found["results"][0]["score"].as_f64().unwrap() > 0.999, "{found}");
}

#[test]
fn another_model_is_indexed_beside_the_first_and_the_first_is_kept() {
    let (_clip, clip) = unpacked("clip-f32");
    let (_other, other) = unpacked("open-clip-f32");
    let (clip, other) = (clip.to_str().unwrap(), other.to_str().unwrap());
    let home = indexed(clip);
    check(&home.json(["index", "--model", other]), &[("found", 6), ("indexed", 6)]);
    let status = home.json(["status"]);
    let models = status["models"].as_array().unwrap();
    assert_eq!(models.iter().filter(|model| model["purpose"] == "meaning").count(), 2, "{status}");
    for model in [clip, other] {
        assert_eq!(home.json(["search", "disc", "--model", model])["total"], 6);
    }
    check(&home.json(["index", "--model", clip]), &[("indexed", 0), ("unchanged", 6)]);
}
