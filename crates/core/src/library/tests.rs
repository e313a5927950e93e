//! What is found, kept, forgotten and told, whatever the networks say.

use std::time::Duration;

use super::testing::{World, picture};
use super::*;
use crate::media::{ThumbnailSize, content_hash};

/// How many thumbnails there are of each content.
fn thumbnails(world: &World, contents: &[&[u8]]) -> Vec<usize> {
    let of = |content: &&[u8]| {
        let hash = content_hash(content);
        let sizes = ThumbnailSize::ALL.iter();
        sizes.filter(|size| world.library.thumbnails.path(&hash, **size).exists()).count()
    };
    contents.iter().map(of).collect()
}

#[test]
fn thumbnails_go_with_the_last_photo_of_their_content() {
    let world = World::new();
    let (one, two) = (world.folder("one"), world.folder("two"));
    let (red, dark, black) = (picture(200), picture(90), picture(0));
    let contents = [red.as_slice(), &dark, &black];
    for (folder, name, content) in [(&one, "a.png", &red), (&one, "b.png", &dark), (&two, "copy.png", &red)] {
        std::fs::write(folder.join(name), content).unwrap();
    }
    world.add(&[one.clone(), two.clone()]);
    world.index();
    assert_eq!(thumbnails(&world, &contents), [2, 2, 0]);

    std::fs::write(one.join("b.png"), &black).unwrap();
    world.index();
    assert_eq!(thumbnails(&world, &contents), [2, 0, 2], "the content was replaced");

    assert_eq!(world.remove(&one).photos, 2);
    assert_eq!(thumbnails(&world, &contents), [2, 0, 0], "the copy still needs its own");
    world.remove(&two);
    assert_eq!(thumbnails(&world, &contents), [0, 0, 0]);
}

#[test]
fn a_folder_inside_another_counts_its_failures_itself() {
    let world = World::new();
    let (outer, inner) = (world.folder("p"), world.folder("p/inner"));
    std::fs::write(outer.join("a.jpg"), "no picture").unwrap();
    std::fs::write(inner.join("b.jpg"), "no picture").unwrap();
    std::fs::write(inner.join("c.png"), picture(1)).unwrap();
    world.add(&[outer.clone(), inner.clone()]);
    world.index();
    for (folder, found, failed, unchanged) in [(outer, 1, 1, 0), (inner, 2, 1, 1)] {
        let report = world.try_index(Some(vec![folder])).unwrap();
        assert_eq!((report.found, report.failed, report.unchanged), (found, failed, unchanged), "{report:?}");
        assert_eq!(report.failures.len() as u64, failed);
    }
}

#[test]
fn a_model_that_is_not_to_be_had_does_not_keep_photos_out() {
    let world = World::new();
    let folder = world.folder("p");
    std::fs::write(folder.join("a.png"), picture(1)).unwrap();
    world.add(&[folder]);
    let catalog = Catalog::open(&world.library.places.catalog()).unwrap();
    catalog.set_setting("model.meaning", "folder:/no/such/model").unwrap();
    let error = world.try_index(None).unwrap_err();
    assert!(matches!(error, Error::Model(_)), "{error}");
    assert_eq!(world.library.status().unwrap().photos.total, 1);
}

#[test]
fn a_question_to_an_older_catalog_is_refused_while_another_program_writes() {
    let world = World::new();
    world.add(&[]);
    let path = world.library.places.catalog();
    let mut bytes = std::fs::read(&path).unwrap();
    // SQLite's "user version".
    bytes[60..64].copy_from_slice(&1u32.to_be_bytes());
    std::fs::write(&path, &bytes).unwrap();
    let _held = WriterLock::acquire(world.library.dir(), "another program", &mut |_| false).unwrap();
    let error = world.library.status().unwrap_err();
    assert!(matches!(error, Error::LibraryBusy { .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn waiting_for_another_writer_is_told_and_ends_when_the_job_is_cancelled() {
    let world = World::new();
    let folder = world.folder("p");
    world.add(std::slice::from_ref(&folder));
    let _held = WriterLock::acquire(world.library.dir(), "another program", &mut |_| false).unwrap();
    type Work<'a> = &'a dyn Fn(&JobControl, &mut dyn FnMut(&Progress)) -> Result<()>;
    let works: [Work<'_>; 4] = [
        &|control, told| world.library.add_folders(std::slice::from_ref(&folder), control, told),
        &|control, told| world.library.remove_folder(&folder, control, told).map(drop),
        &|control, told| world.library.set_damaged_database_aside(control, told).map(drop),
        &|control, told| world.library.index(&IndexRequest::default(), control, told).map(drop),
    ];
    for work in works {
        let control = JobControl::default();
        let mut messages = Vec::new();
        let done = work(&control, &mut |progress| {
            messages.extend(progress.message.clone());
            assert_eq!(progress.phase, Phase::Waiting);
            control.cancel();
        });
        assert!(matches!(done, Err(Error::Cancelled)), "{done:?}");
        assert!(messages.len() == 1 && messages[0].contains("another program"), "{messages:?}");
    }
}

#[test]
fn a_question_does_not_wait_for_another_one_while_nothing_changes() {
    let world = World::new();
    let folder = world.folder("p");
    std::fs::write(folder.join("a.png"), picture(1)).unwrap();
    world.add(&[folder]);
    world.index();
    let key = ModelKey { model_id: "clip".to_owned(), pipeline_version: 1, dim: 4 };
    let first = world.library.index_of(&key).unwrap();
    let held = first.read();
    let (sender, second) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| sender.send(world.library.index_of(&key).map(|index| index.read().is_some())));
        let answered = second.recv_timeout(Duration::from_secs(60));
        drop(held);
        assert!(matches!(answered, Ok(Ok(true))), "{answered:?}");
    });
}
