//! Names that file systems allow.

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::{Home, paths};

#[test]
fn photos_of_any_name_are_indexed_listed_and_found() {
    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    let folder = home.photos().join("여름 휴가 🏖");
    std::fs::create_dir(&folder).unwrap();
    let mut written = Vec::new();
    for (seed, name) in [
        "가족 사진.png",
        "🐈‍⬛ cat.png",
        "-dash.png",
        "two  spaces .png",
        "e\u{301}.png",
        "\u{e9}.png",
        "quote'\".png",
    ]
    .into_iter()
    .enumerate()
    {
        written.push(pictures::write(&folder, name, seed as u32));
    }
    let added = home.json(["add".as_ref(), home.photos().as_os_str(), "--model".as_ref(), clip.as_os_str()]);
    assert_eq!(added["indexed"], written.len(), "{added}");
    let mut listed = paths(&home.json(["list"]), "photos");
    listed.sort();
    written.sort();
    assert_eq!(listed, written);

    for photo in &written {
        let found = home.json(["search".as_ref(), "--image".as_ref(), photo.as_os_str()]);
        assert_eq!(&paths(&found, "results")[0], photo);
    }
    let found = home.json(["search", "\"가족\" folder:\"여름 휴가\""]);
    assert_eq!(found["total"], written.len());
    let dash = home.command(["similar", "--json", "--", "-dash.png"]).current_dir(&folder).output().unwrap();
    assert!(dash.status.success(), "{dash:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_unicode_is_kept_as_it_is() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    let plain = pictures::write(&home.photos(), "plain.png", 3);
    let photo = home.photos().join(OsStr::from_bytes(b"caf\xe9 \xff.png"));
    std::fs::rename(plain, &photo).unwrap();
    let broken = home.photos().join(OsStr::from_bytes(b"\xfe.jpg"));
    std::fs::rename(pictures::write_broken(&home.photos(), "broken.jpg"), &broken).unwrap();

    let added = home.json(["add".as_ref(), home.photos().as_os_str(), "--model".as_ref(), clip.as_os_str()]);
    assert_eq!((added["indexed"].as_u64(), added["failed"].as_u64()), (Some(1), Some(1)), "{added}");
    assert!(added["failures"][0]["path"].as_str().unwrap().ends_with("\u{fffd}.jpg"), "{added}");

    // In JSON such a name can only be shown; in words a pipe gets its very bytes.
    assert_eq!(home.json(["list"])["photos"].as_array().unwrap().len(), 2);
    let listed = home.run(["list"]);
    let bytes = photo.as_os_str().as_bytes();
    assert!(listed.stdout.windows(bytes.len()).any(|window| window == bytes), "{listed:?}");
    let found = home.json(["search".as_ref(), "--image".as_ref(), photo.as_os_str()]);
    assert_eq!(found["total"], 1);
    assert!(found["results"][0]["score"].as_f64().unwrap() > 0.999, "{found}");
    home.json(["similar".as_ref(), photo.as_os_str()]);
}
