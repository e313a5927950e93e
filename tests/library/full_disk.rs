//! A disk that is full, or cannot be written, before the job is done.

use std::path::Path;

use image::{Rgb, RgbImage};

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::Home;
use crate::small_disk::SmallDisk;

#[test]
fn a_full_disk_ends_the_job_with_words_and_space_lets_it_go_on() {
    const PHOTOS: u32 = 60;
    let home = Home::new();
    let Some(disk) = SmallDisk::mount(&home.library(), "1500k") else {
        println!("skipped: a small file system cannot be mounted here");
        return;
    };
    let (_clip, clip) = unpacked("clip-f32");
    pictures::write_many(&home.photos(), PHOTOS);
    let full = home.run(["add", "photos", "--model", clip.to_str().unwrap(), "--json", "--device", "cpu"]);
    assert_eq!(full.code, Some(1), "{full:#?}");
    let message = full.object()["error"]["message"].to_string().to_lowercase();
    assert!(message.contains("space") || message.contains("full"), "{message}");

    disk.resize("200m");
    let report = home.json(["add", "photos", "--model", clip.to_str().unwrap(), "--device", "cpu"]);
    assert_eq!(report["found"], PHOTOS, "{report}");
    assert_eq!((report["failed"].as_u64(), report["remaining"].as_u64()), (Some(0), Some(0)), "{report}");
    assert_eq!(home.json(["search", "disc"])["total"], PHOTOS);
}

/// What nothing compresses: thumbnails of half a megabyte, beside which a batch in the catalog is nothing.
fn write_noise(folder: &Path, count: u32) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    for number in 0..count {
        let noise = RgbImage::from_fn(1024, 768, |_, _| Rgb([random(), random(), random()]));
        noise.save(folder.join(format!("{number:04}.png"))).unwrap();
    }
}

#[test]
fn thumbnails_that_fill_the_disk_end_the_job_and_fail_no_photo() {
    const PHOTOS: u32 = 30;
    let home = Home::new();
    let Some(disk) = SmallDisk::mount(&home.library(), "6m") else {
        println!("skipped: a small file system cannot be mounted here");
        return;
    };
    let (_clip, clip) = unpacked("clip-f32");
    write_noise(&home.photos(), PHOTOS);
    let arguments = ["add", "photos", "--model", clip.to_str().unwrap(), "--device", "cpu"];
    let full = home.run([&arguments[..], &["--json"]].concat());
    assert_eq!(full.code, Some(1), "{full:#?}");
    let message = full.object()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("thumbnails"), "{message}");

    disk.resize("200m");
    assert_eq!(home.json(["list", "--failed"])["photos"], serde_json::json!([]));
    let report = home.json(arguments);
    assert_eq!(
        (report["found"].as_u64(), report["failed"].as_u64()),
        (Some(PHOTOS.into()), Some(0)),
        "{report}"
    );
}

#[test]
fn thumbnails_that_cannot_be_written_end_the_job_and_fail_no_photo() {
    const PHOTOS: u32 = 3;
    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    for number in 0..PHOTOS {
        pictures::write(&home.photos(), format!("{number}.png"), number);
    }
    let thumbnails = home.library().join("thumbnails");
    std::fs::create_dir(home.library()).unwrap();
    std::fs::write(&thumbnails, b"in the way").unwrap();
    let arguments = ["add", "photos", "--model", clip.to_str().unwrap(), "--device", "cpu"];
    let run = home.run([&arguments[..], &["--json"]].concat());
    assert_eq!(run.code, Some(1), "{run:#?}");
    let message = run.object()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains(thumbnails.to_str().unwrap()), "{message}");

    std::fs::remove_file(&thumbnails).unwrap();
    assert_eq!(home.json(["list", "--failed"])["photos"], serde_json::json!([]));
    let report = home.json(arguments);
    let counts = ["found", "indexed", "failed"].map(|count| report[count].as_u64());
    assert_eq!(counts, [Some(PHOTOS.into()), Some(PHOTOS.into()), Some(0)], "{report}");
}
