//! What a scan finds, and what it opens for that.

use super::*;

#[test]
fn photos_are_found_in_all_folders_and_junk_is_passed_by() {
    let world = World::new();
    for rel in [
        "a/1.jpg",
        "a/2.JPG",
        "a/deep/er/3.jpg",
        "a/사진/여행 🏖.jpg",
        "a/text.txt",
        "a/._1.jpg",
        "a/.hidden/4.jpg",
        "a/@eaDir/1.jpg/SYNOPHOTO_THUMB_XL.jpg",
        "a/node_modules/5.jpg",
        "a/$RECYCLE.BIN/6.jpg",
        "a/folder.jpg/7.jpg",
        "b/elsewhere.jpg",
    ] {
        world.file(rel, rel);
    }
    world.file("a/no extension", "PHOTO");
    world.file("a/README", "text");
    let report = world.scan();
    let expected = [
        "a/1.jpg",
        "a/2.JPG",
        "a/deep/er/3.jpg",
        "a/folder.jpg/7.jpg",
        "a/no extension",
        "a/사진/여행 🏖.jpg",
    ];
    assert_eq!(world.paths(), expected);
    assert_eq!((report.found, report.new, report.unreadable), (6, 6, 0));
    assert_eq!(world.opened(), 2, "only the files whose name tells nothing");
}

#[test]
fn unchanged_files_are_not_opened() {
    let world = World::new();
    for n in 0..50 {
        world.file(format!("a/{n}.jpg"), &format!("content {n}"));
    }
    world.file("a/no extension", "PHOTO");
    world.scan();
    world.index();
    let before = world.photos();
    let report = world.scan();
    assert_eq!((report.found, report.unchanged, report.new), (51, 51, 0));
    assert_eq!(world.opened(), 0);
    assert_eq!(world.photos(), before);
    world.file("a/new.jpg", "of a size that no other file has");
    assert_eq!(world.scan().new, 1);
    assert_eq!(world.opened(), 0);
}

#[test]
fn what_a_name_does_not_tell_is_looked_at_once() {
    let world = World::new();
    world.files(&[
        ("a/plain", "PHOTO"),
        ("a/trailing.dot.jpg.", "PHOTO 2"),
        ("a/Trip 12.5 at sea", "PHOTO 33"),
        ("a/y.jpg.bak", "PHOTO 444"),
        ("a/notes", "text"),
        ("a/x/data.q7", "data"),
        ("a/named.txt", "PHOTO"),
    ]);
    assert_eq!(world.scan().found, 4);
    assert_eq!(world.paths(), ["a/Trip 12.5 at sea", "a/plain", "a/trailing.dot.jpg.", "a/y.jpg.bak"]);
    assert_eq!(world.opened(), 6);
    assert_eq!((world.scan().unchanged, world.opened()), (4, 0));

    world.touch("a/notes", 5);
    assert_eq!((world.scan().unchanged, world.opened()), (4, 1), "it changed");
    world.file("a/x/data.q7", "PHOTO 5555");
    assert_eq!((world.scan().new, world.opened()), (1, 1));
    world.delete("a/notes");
    assert_eq!((world.scan().unchanged, world.opened()), (5, 0));
    world.file("a/notes", "text");
    world.touch("a/notes", 5);
    world.scan();
    assert_eq!(world.opened(), 1, "what was deleted is forgotten");
}

#[test]
fn the_librarys_own_folder_is_passed_by() {
    let world = World::new();
    world.files(&[("a/1.jpg", "one"), ("a/library/thumbnails/2.jpg", "two")]);
    let catalog = Catalog::open(&world.path("a/library/catalog.db")).unwrap();
    catalog.add_folder(&world.path("a")).unwrap();
    for _ in 0..2 {
        let report = scan(&catalog, &ScanRequest::default(), &FileAccess::default(), &mut |_| true).unwrap();
        assert_eq!(report.found, 1);
    }
}

#[test]
fn a_panic_in_one_thread_ends_the_walk() {
    let world = World::new();
    (0..20).for_each(|n| world.file(format!("a/{n}/1.jpg"), "one"));
    let named_as = |_: &Path| -> NamedAs { panic!("as the test wants") };
    let files = FileAccess { named_as: &named_as, ..FileAccess::default() };
    let walked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        walk(&world.path("a"), &HashSet::new(), &files, &Familiar::default(), &mut |_| true);
    }));
    assert!(walked.is_err());
}

#[test]
fn a_new_time_alone_does_not_cost_a_second_reading() {
    let world = World::new();
    world.files(&[("a/1.jpg", "one"), ("a/2.jpg", "two")]);
    world.scan();
    world.index();
    let before = world.photos();
    world.touch("a/1.jpg", 5);
    let report = world.scan();
    assert_eq!((report.unchanged, report.changed), (2, 0));
    assert_eq!(world.opened(), 1);
    assert_eq!(world.photos(), before);
    world.scan();
    assert_eq!(world.opened(), 0);
}

#[test]
fn a_changed_file_is_read_again_and_answers_with_its_old_vector_until_then() {
    let world = World::new();
    world.files(&[("a/1.jpg", "one"), ("a/2.jpg", "two")]);
    world.scan();
    world.index();
    let (id, old) = (world.id("a/1.jpg"), world.vector("a/1.jpg"));
    world.file("a/1.jpg", "one, edited");
    let report = world.scan();
    assert_eq!((report.changed, report.unchanged), (1, 1));
    assert_eq!(world.photos()["a/1.jpg"], (id.0, "pending"));
    assert_eq!(world.vector("a/1.jpg"), old);
    world.index();
    assert_eq!(world.vector("a/1.jpg"), Some(vector_of(b"one, edited")));
    assert_eq!(world.id("a/1.jpg"), id);
}

#[test]
fn a_folder_inside_another_lists_no_photo_twice() {
    let world = World::new();
    world.files(&[("a/1.jpg", "one"), ("a/in/2.jpg", "two"), ("a/in/deeper/3.jpg", "tri")]);
    world.scan();
    world.index();
    let before = world.photos();
    let inner = world.add("a/in");
    assert_eq!(world.photos(), before);
    let report = world.scan();
    assert_eq!((report.found, report.unchanged), (3, 3));
    assert_eq!(world.test.folder_counts(inner).unwrap().photos, 2);
    world.test.remove_folder(inner).unwrap();
    assert_eq!(world.scan().unchanged, 3);
    assert_eq!(world.photos(), before);
    assert_eq!(world.opened(), 0);
}
