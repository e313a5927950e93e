//! Deleted is not out of reach.

use super::*;

#[test]
fn a_deleted_file_is_hidden_at_once_comes_back_whole_and_is_forgotten_after_the_grace() {
    const DAY: i64 = 86_400_000;
    let world = World::new();
    world.files(&[("a/1.jpg", "one"), ("a/2.jpg", "two")]);
    world.scan_at(0);
    world.index();
    let before = world.photos();
    world.rename("a/1.jpg", "away.jpg");
    assert_eq!(world.scan_at(DAY).missing, 1);
    assert_eq!(world.paths(), ["a/2.jpg"]);
    let report = world.scan_at(20 * DAY);
    assert_eq!((report.missing, report.forgotten), (0, 0));
    world.rename("away.jpg", "a/1.jpg");
    assert_eq!(world.scan_at(25 * DAY).unchanged, 2);
    assert_eq!(world.opened(), 0, "same place, size and time");
    assert_eq!(world.photos(), before);

    world.rename("a/1.jpg", "away.jpg");
    world.scan_at(30 * DAY);
    world.rename("away.jpg", "a/new place.jpg");
    assert_eq!(world.scan_at(59 * DAY).moved, 1);
    assert_eq!(world.id("a/new place.jpg").0, before["a/1.jpg"].0);

    world.delete("a/new place.jpg");
    world.scan_at(60 * DAY);
    let report = world.scan_at(91 * DAY);
    assert_eq!((report.forgotten, report.orphaned.len()), (1, 1));
    assert_eq!(world.test.counts(None).unwrap().missing, 0);
    assert_eq!(world.test.model_counts().unwrap(), [(model("clip"), 1)]);
}

#[test]
fn an_unreachable_folder_is_offline_and_nothing_of_it_is_forgotten() {
    const YEAR: i64 = 365 * 86_400_000;
    let world = World::new();
    world.files(&[("a/1.jpg", "one"), ("a/x/2.jpg", "two"), ("b/3.jpg", "tri")]);
    world.add("b");
    world.scan_at(0);
    world.index();
    let before = world.photos();
    type Step = fn(&World);
    let unplugged: [(&str, Step, Step); 2] = [
        ("the folder is gone", |_| {}, |_| {}),
        (
            "an empty mount point is left",
            |world| fs::create_dir(world.path("a")).unwrap(),
            |world| fs::remove_dir(world.path("a")).unwrap(),
        ),
    ];
    for (case, leave, take_away) in unplugged {
        world.rename("a", "unplugged");
        leave(&world);
        for round in 1..3 {
            let report = world.scan_at(round * YEAR);
            assert_eq!(
                (report.found, report.missing, report.offline, report.forgotten),
                (1, 0, 2, 0),
                "{case}"
            );
            assert_eq!(report.unreachable, [world.path("a")], "{case}");
        }
        let photos = world.photos();
        assert_eq!(photos["a/1.jpg"], (before["a/1.jpg"].0, "offline"), "{case}");
        assert!(!world.test.folders().unwrap()[0].online);
        take_away(&world);
        world.rename("unplugged", "a");
        let report = world.scan_at(3 * YEAR);
        assert_eq!((report.unchanged, report.offline), (3, 0), "{case}");
        assert_eq!(world.photos(), before, "{case}");
        assert_eq!(world.opened(), 0, "{case}");
    }
}

#[test]
fn another_drive_at_the_same_place_hides_nothing_of_the_first() {
    let world = World::new();
    world.files(&[("a/1.jpg", "one"), ("a/2.jpg", "two")]);
    world.scan_at(0);
    world.rename("a", "first");
    world.file("a/3.jpg", "three");
    for now in 1..3 {
        world.scan_at(now);
        assert_eq!(world.photos()["a/1.jpg"].1, "offline");
        assert_eq!(world.photos()["a/3.jpg"].1, "pending");
    }
    world.rename("a", "second");
    world.rename("first", "a");
    for now in 3..5 {
        world.scan_at(now);
        assert_eq!(world.photos()["a/1.jpg"].1, "pending");
        assert_eq!(world.photos()["a/3.jpg"].1, "offline");
    }
}

#[test]
fn a_folder_that_was_emptied_hides_its_photos_but_never_forgets_them_while_it_is_empty() {
    const YEAR: i64 = 365 * 86_400_000;
    let world = World::new();
    world.file("a/1.jpg", "one");
    world.scan_at(0);
    world.index();
    let id = world.id("a/1.jpg");
    world.rename("a/1.jpg", "away.jpg");
    let report = world.scan_at(1);
    assert_eq!((report.missing, report.offline, world.photos().len()), (1, 0, 0));
    assert_eq!(world.scan_at(YEAR).forgotten, 0);
    world.rename("away.jpg", "a/1.jpg");
    world.scan_at(YEAR);
    assert_eq!(world.id("a/1.jpg"), id);
}

#[test]
fn a_namesake_on_another_drive_does_not_take_over_a_photo() {
    const YEAR: i64 = 365 * 86_400_000;
    let world = World::new();
    world.files(&[("a/1.jpg", "one"), ("a/2.jpg", "two")]);
    world.scan_at(0);
    world.index();
    let (before, vector) = (world.photos(), world.vector("a/1.jpg"));
    world.rename("a", "first");
    world.files(&[("a/1.jpg", "another"), ("a/3.jpg", "three")]);
    for round in 1..4 {
        let report = world.scan_at(round * YEAR);
        world.index();
        assert_eq!((report.found, report.offline, report.forgotten), (2, 1, 0), "round {round}");
        let photos = world.photos();
        assert_ne!(photos["a/1.jpg"].0, before["a/1.jpg"].0);
        assert_eq!(photos["a/2.jpg"], (before["a/2.jpg"].0, "offline"));
    }
    world.rename("a", "second");
    world.rename("first", "a");
    let report = world.scan_at(4 * YEAR);
    assert_eq!((report.found, report.new, report.changed), (2, 0, 0));
    let photos = world.photos();
    assert_eq!((photos["a/1.jpg"], photos["a/2.jpg"]), (before["a/1.jpg"], before["a/2.jpg"]));
    assert_eq!(photos["a/3.jpg"].1, "offline");
    assert_eq!(world.vector("a/1.jpg"), vector);
}

#[test]
fn a_drive_with_another_number_on_which_everything_was_renamed_holds_the_same_photos() {
    const YEAR: i64 = 365 * 86_400_000;
    let world = World::new();
    world.files(&[("a/1.jpg", "one"), ("a/2.jpg", "two"), ("a/3.jpg", "tri")]);
    world.scan_at(0);
    world.index();
    let before = world.photos();
    world.rename("a", "before");
    world.rename("before/1.jpg", "a/x/one.jpg");
    world.rename("before/2.jpg", "a/x/two.jpg");
    let report = world.scan_at(1);
    assert_eq!((report.moved, report.new, report.missing, report.offline), (2, 0, 1, 0));
    let expected = [("a/x/one.jpg", before["a/1.jpg"]), ("a/x/two.jpg", before["a/2.jpg"])];
    assert_eq!(world.photos(), expected.map(|(rel, photo)| (rel.to_owned(), photo)).into());
    assert_eq!(world.scan_at(YEAR).forgotten, 1, "what was gone from it before is gone from it now");
}

#[test]
fn a_folder_taken_from_another_or_given_back_knows_which_of_its_photos_are_gone() {
    let world = World::new();
    world.files(&[("a/1.jpg", "one"), ("a/in/2.jpg", "two")]);
    world.scan();
    world.delete("a/in/2.jpg");
    let inner = world.add("a/in");
    let report = world.scan();
    assert_eq!((report.missing, report.offline, report.unreachable), (1, 0, vec![]));

    world.file("a/in/3.jpg", "tri");
    world.scan();
    world.delete("a/in/3.jpg");
    world.test.remove_folder(inner).unwrap();
    let report = world.scan();
    assert_eq!((report.found, report.missing, report.offline), (1, 1, 0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_drive_that_is_pulled_during_the_walk_is_out_of_reach() {
    use std::process::Command;
    let world = World::new();
    world.file("a/1.jpg", "one");
    let drive = world.path("a/drive");
    fs::create_dir(&drive).unwrap();
    let run =
        |command: &mut Command| command.arg(&drive).output().is_ok_and(|output| output.status.success());
    if !run(Command::new("mount").args(["-t", "tmpfs", "tmpfs"])) {
        println!("skipped: a file system cannot be mounted here");
        return;
    }
    world.files(&[("a/drive/2.jpg", "two"), ("a/drive/deep/3.jpg", "tri")]);
    world.scan();
    // Its first directory is being listed, the others are not.
    let named_as = |name: &Path| {
        if name == Path::new("2.jpg") {
            assert!(run(Command::new("umount").arg("--lazy")));
        }
        media::named_as(name)
    };
    let files = FileAccess { named_as: &named_as, ..FileAccess::default() };
    let report = scan(&world.test, &ScanRequest::default(), &files, &mut |_| true).unwrap();
    assert_eq!((report.missing, report.offline), (0, 1));
    assert_eq!(world.photos()["a/drive/deep/3.jpg"].1, "offline");
}
