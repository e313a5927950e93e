//! A library that lies in a folder of photos.

use crate::pictures;
use crate::program::Home;

#[test]
fn the_thumbnails_of_a_library_among_the_photos_are_no_photos() {
    let home = Home::new();
    pictures::write(&home.photos(), "a.png", 1);
    for arguments in [&["add", "photos"][..], &["index"], &["index"]] {
        let report = home.json([&["--library", "photos/mine"], arguments].concat());
        assert_eq!(report["found"], 1, "{report}");
    }
}

#[test]
fn the_librarys_own_folder_and_what_is_in_it_cannot_be_added() {
    let home = Home::new();
    pictures::write(&home.photos(), "a.png", 1);
    home.json(["add", "photos"]);
    for folder in ["library", "library/thumbnails", "photos/../library"] {
        let run = home.run(["--json", "add", "photos", folder]);
        assert_eq!(run.code, Some(1), "{folder}: {run:#?}");
        assert_eq!(run.object()["error"]["code"], "own-folder", "{folder}: {run:#?}");
    }
    assert_eq!(home.json(["folders"])["folders"].as_array().unwrap().len(), 1);
}
