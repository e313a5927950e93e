//! Two programs on one library: the second writer waits and says for whom, readers work.

use std::path::Path;

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::{Home, Running};

const PHOTOS: u32 = 120;

/// A library whose folder `photos` is being indexed by the program that is given with it.
fn busy(resnet: &Path) -> (Home, Running) {
    let home = Home::new();
    pictures::write_many(&home.photos(), PHOTOS);
    let mut first =
        home.start(["add", "photos", "--model", resnet.to_str().unwrap(), "--json", "--device", "cpu"]);
    assert!(first.says("indexing:"), "{:#?}", first.end());
    (home, first)
}

#[cfg(unix)]
#[test]
fn whoever_waits_says_for_whom_and_can_be_interrupted() {
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    let (home, first) = busy(&resnet);
    first.signal("STOP");
    let holder = format!("process {}", first.id());
    for arguments in
        [&["add", "photos"][..], &["remove", "photos"], &["doctor", "--set-aside"], &["index"], &["retry"]]
    {
        let mut waiting = home.start([arguments, &["--json"]].concat());
        assert!(waiting.says(&holder), "{arguments:?}: {:#?}", waiting.end());
        waiting.signal("INT");
        let run = waiting.end();
        assert_eq!(run.code, Some(130), "{arguments:?}: {run:#?}");
        assert_eq!(run.object()["error"]["code"], "cancelled", "{arguments:?}: {run:#?}");
    }
    first.signal("CONT");
    let first = first.end();
    assert_eq!(first.code, Some(0), "{first:#?}");
    assert_eq!(home.json(["status"])["photos"]["total"], PHOTOS, "nothing was removed");
}

#[cfg(unix)]
#[test]
fn a_folder_is_added_and_removed_once_the_other_program_is_done() {
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    let (home, first) = busy(&resnet);
    let more = home.photos().with_file_name("more");
    std::fs::create_dir(&more).unwrap();
    pictures::write(&more, "one.png", 1);
    first.signal("STOP");
    let holder = format!("process {}", first.id());
    let mut second = home.start(["add", "more", "--json", "--device", "cpu"]);
    assert!(second.says(&holder), "{:#?}", second.end());
    first.signal("CONT");
    assert_eq!((first.end().code, second.end().code), (Some(0), Some(0)));
    assert_eq!(home.json(["status"])["photos"]["total"], PHOTOS + 1);
    assert_eq!(home.json(["remove", "photos"])["photos"], PHOTOS);
}

#[test]
fn a_second_writer_waits_and_readers_do_not() {
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    let (home, first) = busy(&resnet);

    let mut second = home.start(["index", "--json", "--device", "cpu"]);
    let holder = format!("process {}", first.id());
    assert!(second.says(&holder), "the second writer says whom it waits for: {:#?}", second.end());

    assert_eq!(home.json(["status"])["photos"]["total"], PHOTOS);
    assert_eq!(home.json(["list"])["photos"].as_array().unwrap().len(), PHOTOS as usize);
    assert_eq!(home.json(["search", "folder:photos", "--limit", "5"])["total"], PHOTOS);

    let (first, second) = (first.end(), second.end());
    assert_eq!((first.code, second.code), (Some(0), Some(0)), "{first:#?}\n{second:#?}");
    let (first, second) = (first.object(), second.object());
    assert_eq!(first["indexed"], PHOTOS, "{first}");
    assert_eq!(
        (second["indexed"].as_u64(), second["unchanged"].as_u64()),
        (Some(0), Some(PHOTOS.into())),
        "{second}"
    );
}
