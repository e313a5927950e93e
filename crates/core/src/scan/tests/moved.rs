//! Photos are known by their content wherever their files go.

use super::*;
use crate::catalog::PhotoState;

/// Files before and after; for each file after, the file before whose photo it is.
type Move = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [Op],
    &'static [(&'static str, &'static str)],
);

enum Op {
    Rename(&'static str, &'static str),
    Write(&'static str, &'static str),
    Delete(&'static str),
}

use Op::{Delete, Rename, Write};

const MOVES: &[Move] = &[
    ("renamed", &[("a/1.jpg", "one")], &[Rename("a/1.jpg", "a/2.jpg")], &[("a/2.jpg", "a/1.jpg")]),
    (
        "moved into a folder",
        &[("a/1.jpg", "one")],
        &[Rename("a/1.jpg", "a/x/1.jpg")],
        &[("a/x/1.jpg", "a/1.jpg")],
    ),
    (
        "moved to another folder of the library",
        &[("a/1.jpg", "one"), ("a/2.jpg", "two"), ("b/3.jpg", "tri")],
        &[Rename("a/1.jpg", "b/1.jpg")],
        &[("b/1.jpg", "a/1.jpg"), ("a/2.jpg", "a/2.jpg"), ("b/3.jpg", "b/3.jpg")],
    ),
    (
        "a whole directory renamed",
        &[("a/x/1.jpg", "one"), ("a/x/2.jpg", "two"), ("a/x/y/3.jpg", "tri"), ("a/x/same.jpg", "one")],
        &[Rename("a/x", "a/z")],
        &[
            ("a/z/1.jpg", "a/x/1.jpg"),
            ("a/z/2.jpg", "a/x/2.jpg"),
            ("a/z/y/3.jpg", "a/x/y/3.jpg"),
            ("a/z/same.jpg", "a/x/same.jpg"),
        ],
    ),
    (
        "two files swap their names",
        &[("a/1.jpg", "one"), ("a/2.jpg", "two two")],
        &[Rename("a/1.jpg", "a/t.jpg"), Rename("a/2.jpg", "a/1.jpg"), Rename("a/t.jpg", "a/2.jpg")],
        &[("a/2.jpg", "a/1.jpg"), ("a/1.jpg", "a/2.jpg")],
    ),
    (
        "three files of one size change places in a ring",
        &[("a/1.jpg", "one"), ("a/2.jpg", "two"), ("a/3.jpg", "tri")],
        &[
            Rename("a/1.jpg", "a/t.jpg"),
            Rename("a/3.jpg", "a/1.jpg"),
            Rename("a/2.jpg", "a/3.jpg"),
            Rename("a/t.jpg", "a/2.jpg"),
        ],
        &[("a/2.jpg", "a/1.jpg"), ("a/3.jpg", "a/2.jpg"), ("a/1.jpg", "a/3.jpg")],
    ),
    (
        "moved over another file",
        &[("a/1.jpg", "one"), ("a/2.jpg", "two two")],
        &[Rename("a/1.jpg", "a/2.jpg")],
        &[("a/2.jpg", "a/1.jpg")],
    ),
    (
        "moved away, and another file put in its place",
        &[("a/1.jpg", "one")],
        &[Rename("a/1.jpg", "a/2.jpg"), Write("a/1.jpg", "something new")],
        &[("a/2.jpg", "a/1.jpg"), ("a/1.jpg", "")],
    ),
    (
        "replaced by another file of the same name",
        &[("a/1.jpg", "one")],
        &[Delete("a/1.jpg"), Write("a/1.jpg", "another")],
        &[("a/1.jpg", "a/1.jpg")],
    ),
    (
        "a copy is a photo of its own",
        &[("a/1.jpg", "one")],
        &[Write("a/0.jpg", "one")],
        &[("a/1.jpg", "a/1.jpg"), ("a/0.jpg", "")],
    ),
    (
        "one of two copies is moved",
        &[("a/1.jpg", "one"), ("a/x/1.jpg", "one")],
        &[Rename("a/x/1.jpg", "a/0.jpg")],
        &[("a/1.jpg", "a/1.jpg"), ("a/0.jpg", "a/x/1.jpg")],
    ),
    (
        "a new file that only has the size of a deleted one",
        &[("a/1.jpg", "one"), ("a/2.jpg", "keep")],
        &[Delete("a/1.jpg"), Write("a/3.jpg", "two")],
        &[("a/2.jpg", "a/2.jpg"), ("a/3.jpg", "")],
    ),
];

/// A world with the files of a case, all indexed, and the ids they have.
fn prepared(files: &[(&str, &str)]) -> (World, BTreeMap<String, (i64, &'static str)>) {
    let world = World::new();
    fs::create_dir(world.path("b")).unwrap();
    world.add("b");
    world.files(files);
    // Files written in one tick of the clock, of one size, would pass for each other after changing places.
    for (second, (rel, _)) in (1000..).zip(files) {
        world.touch(rel, second);
    }
    world.scan();
    world.index();
    let before = world.photos();
    (world, before)
}

fn apply(world: &World, ops: &[Op]) {
    for op in ops {
        match op {
            Rename(from, to) => world.rename(from, to),
            Write(rel, content) => {
                world.file(rel, content);
                world.touch(rel, 77);
            }
            Delete(rel) => world.delete(rel),
        }
    }
}

fn check_after(
    world: &World,
    before: &BTreeMap<String, (i64, &'static str)>,
    after: &[(&str, &str)],
    case: &str,
) {
    assert_eq!(world.photos().len(), after.len(), "{case}: {:?}", world.photos());
    for (rel, origin) in after {
        let id = world.id(rel).0;
        match before.get(*origin) {
            Some((known, _)) => assert_eq!(id, *known, "{case}: {rel} is {origin}"),
            None => assert!(before.values().all(|(known, _)| *known != id), "{case}: {rel} is new"),
        }
    }
    world.index();
    for (rel, _) in after {
        let content = fs::read(world.path(rel)).unwrap();
        assert_eq!(world.vector(rel), Some(vector_of(&content)), "{case}: {rel}");
    }
    assert_eq!(world.test.integrity().unwrap(), Vec::<String>::new());
}

#[test]
fn a_photo_is_known_by_its_content_wherever_its_file_goes() {
    for (case, files, ops, after) in MOVES {
        let (world, before) = prepared(files);
        apply(&world, ops);
        let report = world.scan();
        assert_eq!(report.found, after.len() as u64, "{case}");
        let at_once: Vec<&str> =
            after.iter().filter(|(rel, origin)| rel != origin).map(|(rel, _)| *rel).collect();
        for rel in at_once {
            let row = world.test.photo_at(&world.path(rel)).unwrap().unwrap();
            let keeps = before.values().any(|(known, _)| *known == row.id.0);
            assert_eq!(row.state == PhotoState::Ready, keeps, "{case}: {rel} needs no second reading");
        }
        check_after(&world, &before, after, case);
        assert_eq!(world.scan().unchanged, after.len() as u64, "{case}: a second scan finds nothing to do");
    }
}

#[test]
fn a_scan_that_is_cut_off_anywhere_is_completed_by_the_next() {
    for (case, files, ops, after) in MOVES {
        for steps in 0..20 {
            let (world, before) = prepared(files);
            apply(&world, ops);
            let mut left = steps;
            let cut = world.try_scan(ScanRequest::default(), &mut || {
                left -= 1;
                left >= 0
            });
            world.scan();
            check_after(&world, &before, after, case);
            if cut.is_ok() {
                break;
            }
            assert!(matches!(cut, Err(Error::Cancelled)), "{case}");
        }
    }
}

#[test]
fn a_move_is_seen_also_when_only_the_new_folder_is_scanned() {
    let (world, before) = prepared(&[("a/1.jpg", "one"), ("a/2.jpg", "two"), ("b/3.jpg", "tri")]);
    world.rename("a/1.jpg", "b/1.jpg");
    world.file("b/2.jpg", "two");
    let only = [world.add("b")];
    let request = ScanRequest { folders: Some(&only), ..ScanRequest::default() };
    let report = world.try_scan(request, &mut || true).unwrap();
    assert_eq!((report.moved, report.new, report.missing), (1, 1, 0));
    assert_eq!(world.id("b/1.jpg").0, before["a/1.jpg"].0);
    assert_eq!(world.id("a/2.jpg").0, before["a/2.jpg"].0, "still there: b/2.jpg is a copy");
}
