//! Links, odd names, things that are no files, closed directories.

use super::*;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};

#[test]
fn links_make_no_loops_and_list_no_photo_twice() {
    let world = World::new();
    world.files(&[
        ("a/1.jpg", "one"),
        ("out/2.jpg", "two"),
        ("out/in/3.jpg", "tri"),
        ("a/.git/4.jpg", "four"),
    ]);
    for (link, target) in [
        ("a/loop", "a"),
        ("a/dir.jpg", "out/in"),
        ("a/to 1.jpg", "a/1.jpg"),
        ("a/to 2.jpg", "out/2.jpg"),
        ("a/x to 2 again.jpg", "out/2.jpg"),
        ("a/to 4.jpg", "a/.git/4.jpg"),
        ("a/broken.jpg", "nowhere.jpg"),
        ("a/broken.txt", "nowhere.txt"),
    ] {
        symlink(world.path(target), world.path(link)).unwrap();
    }
    symlink("itself.jpg", world.path("a/itself.jpg")).unwrap();
    let report = world.scan();
    assert_eq!(world.paths(), ["a/1.jpg", "a/to 2.jpg", "a/to 4.jpg"]);
    assert_eq!((report.found, report.unreadable), (3, 2));
    let failures = world.test.failures().unwrap();
    let named: Vec<_> = failures.iter().map(|f| (f.path.clone(), f.code.as_str())).collect();
    assert_eq!(
        named,
        [(world.path("a/broken.jpg"), "broken_link"), (world.path("a/itself.jpg"), "broken_link")]
    );
    assert_eq!(world.scan().unchanged, 3);

    fs::rename(world.path("out"), world.path("unmounted")).unwrap();
    world.scan();
    assert_eq!(world.photos()["a/to 2.jpg"].1, "offline", "its target may come back");
    fs::remove_file(world.path("a/to 2.jpg")).unwrap();
    world.scan();
    assert_eq!(world.paths(), ["a/1.jpg", "a/to 4.jpg"]);
}

#[test]
fn names_that_are_not_utf8_are_kept_and_found_again() {
    let world = World::new();
    let name = std::ffi::OsStr::from_bytes(b"a/f\xFCr \xFF.jpg");
    world.file(name, "one");
    world.scan();
    world.index();
    let row = world.test.photo_at(&world.path(name)).unwrap().unwrap();
    assert_eq!(row.path, world.path(name));
    assert_eq!((world.scan().unchanged, world.opened()), (1, 0));
}

#[test]
fn what_is_no_file_is_passed_by_without_opening_it() {
    let world = World::new();
    world.file("a/1.jpg", "one");
    let made = std::process::Command::new("mkfifo").arg(world.path("a/pipe.jpg")).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: this system has no mkfifo");
        return;
    }
    std::os::unix::net::UnixListener::bind(world.path("a/socket.jpg")).unwrap();
    assert_eq!((world.scan().found, world.opened()), (1, 0));
}

#[test]
fn a_directory_that_may_not_be_listed_keeps_its_photos_as_offline() {
    let world = World::new();
    world.files(&[("a/1.jpg", "one"), ("a/locked/2.jpg", "two")]);
    world.scan();
    let lock = |mode| fs::set_permissions(world.path("a/locked"), fs::Permissions::from_mode(mode)).unwrap();
    lock(0o000);
    if fs::read_dir(world.path("a/locked")).is_ok() {
        println!("skipped: this user may list everything");
        return;
    }
    let report = world.scan();
    assert_eq!((report.found, report.offline, report.missing, report.unreadable), (1, 1, 0, 1));
    assert_eq!(world.test.failures().unwrap()[0].code, "unreadable_folder");
    lock(0o755);
    assert_eq!(world.scan().unchanged, 2);
    assert_eq!(world.test.failures().unwrap(), []);
}
