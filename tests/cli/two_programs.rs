//! Two programs on one library: the second writer waits and says for whom, readers work.

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::Home;

const PHOTOS: u32 = 120;

#[test]
fn a_second_writer_waits_and_readers_do_not() {
    let home = Home::new();
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    pictures::write_many(&home.photos(), PHOTOS);
    let mut first =
        home.start(["add", "photos", "--model", resnet.to_str().unwrap(), "--json", "--device", "cpu"]);
    assert!(first.says("indexing:"), "{:#?}", first.end());

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
