//! A disk that is full before the job is done.

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
