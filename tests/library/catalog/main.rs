//! The catalog under programs that are killed, and under several programs at once.

// Tests say what they expect by failing, their helping functions too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kindred_core::ModelKey;
use kindred_core::catalog::{Catalog, IndexOutcome, IndexedPhoto, Listing, WriterLock};
use kindred_core::media::{Metadata, content_hash};
use kindred_core::scan::{FileAccess, ScanRequest, folder_path, scan};

/// Names the folder in which [`the_other_program`] indexes.
const DIR: &str = "KINDRED_TEST_INDEX_DIR";

fn model() -> ModelKey {
    ModelKey { model_id: "test".to_owned(), pipeline_version: 1, dim: 8 }
}

fn catalog_in(dir: &Path) -> PathBuf {
    dir.join("library").join("catalog.db")
}

fn vector_of(content: &[u8]) -> Vec<f32> {
    content_hash(content)[..8].iter().map(|byte| f32::from(*byte) / 256.0).collect()
}

/// Scans and reads what is pending, in small batches; tells each finished batch.
fn index(catalog: &Catalog, told: &mut dyn FnMut(usize)) {
    scan(catalog, &ScanRequest::default(), &FileAccess::default(), &mut |_| true).unwrap();
    let keys = [model()];
    let mut after = None;
    loop {
        let work = catalog.pending(&keys, None, None, after, 4).unwrap();
        let Some(last) = work.last() else { return };
        after = Some(last.id);
        let batch: Vec<IndexedPhoto> = work
            .iter()
            .map(|photo| {
                let content = fs::read(&photo.path).unwrap();
                let outcome = IndexOutcome::Ready {
                    hash: content_hash(&content),
                    metadata: Metadata::default(),
                    colour: None,
                    vectors: vec![Some(vector_of(&content))],
                };
                IndexedPhoto { photo: photo.id, stamp: photo.stamp, outcome, faces: None }
            })
            .collect();
        assert_eq!(catalog.write_indexed(&keys, &batch).unwrap().stale, 0);
        told(batch.len());
    }
}

/// Run by other tests as a program of its own.
#[test]
fn the_other_program() {
    let Some(dir) = std::env::var_os(DIR).map(PathBuf::from) else { return };
    let _lock = WriterLock::acquire(&dir.join("library"), "the other program", &mut |_| true).unwrap();
    let catalog = Catalog::open(&catalog_in(&dir)).unwrap();
    println!("opened");
    let mut done = 0;
    index(&catalog, &mut |photos| {
        done += photos;
        println!("done {done}");
        if done == photos {
            // A test that wants to look at it in the middle holds this end open.
            std::io::stdin().read_line(&mut String::new()).unwrap();
        }
    });
}

/// It waits after its first batch while `input` is open.
fn start_the_other_program(dir: &Path, input: Stdio) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_other_program", "--nocapture"])
        .env(DIR, dir)
        .stdin(input)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn write_photos(folder: &Path, count: usize) {
    fs::create_dir_all(folder.join("deeper")).unwrap();
    for n in 0..count {
        let dir = if n % 3 == 0 { "deeper" } else { "" };
        fs::write(folder.join(dir).join(format!("{n:04}.jpg")), format!("photo {n}")).unwrap();
    }
}

/// What the library holds: for each file its content and its vector.
type Contents = BTreeMap<PathBuf, (Option<[u8; 32]>, Option<Vec<f32>>)>;

fn contents(catalog: &Catalog) -> Contents {
    let mut contents = BTreeMap::new();
    catalog
        .list(Listing::All, &mut |row| {
            let vector = catalog.vector(&model(), row.id)?;
            assert_eq!(contents.insert(row.path, (row.hash, vector)), None, "listed twice");
            Ok(())
        })
        .unwrap();
    contents
}

#[test]
fn a_program_killed_at_any_moment_loses_no_finished_batch_and_can_go_on() {
    const PHOTOS: usize = 400;
    let dir = tempfile::tempdir().unwrap();
    let photos = folder_path(dir.path()).unwrap().join("photos");
    write_photos(&photos, PHOTOS);
    Catalog::open(&catalog_in(dir.path())).unwrap().add_folder(&photos).unwrap();
    let mut kept = 0;
    for kill in 0..60_usize {
        let mut child = start_the_other_program(dir.path(), Stdio::null());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Now after some batches, now after some time: in the middle of a scan, a batch, or between.
        let mut finished = 0;
        let enough = (kill * 7) % 5 * 4;
        for line in lines.by_ref().map_while(Result::ok) {
            if let Some(done) = line.strip_prefix("done ") {
                finished = done.parse().unwrap();
            }
            if finished >= enough && (line.ends_with("opened") || finished > 0) {
                break;
            }
        }
        std::thread::sleep(Duration::from_micros((kill as u64 * 977) % 9000));
        child.kill().unwrap();
        child.wait().unwrap();

        let catalog = Catalog::open(&catalog_in(dir.path())).unwrap();
        assert_eq!(catalog.integrity().unwrap(), Vec::<String>::new());
        let ready = catalog.counts(None).unwrap().ready as usize;
        assert!(ready >= kept + finished, "{ready} ready, {kept} before, {finished} told of");
        let vectors: u64 = catalog.model_counts().unwrap().iter().map(|(_, photos)| photos).sum();
        assert_eq!(vectors as usize, ready);
        kept = ready;
        if kept == PHOTOS {
            break;
        }
    }
    let catalog = Catalog::open(&catalog_in(dir.path())).unwrap();
    index(&catalog, &mut |_| {});

    let undisturbed = Catalog::open(&dir.path().join("undisturbed.db")).unwrap();
    undisturbed.add_folder(&photos).unwrap();
    index(&undisturbed, &mut |_| {});
    assert_eq!(contents(&catalog).len(), PHOTOS);
    assert_eq!(contents(&catalog), contents(&undisturbed));
}

#[test]
fn readers_work_while_another_program_writes_and_a_second_writer_waits() {
    const PHOTOS: usize = 200;
    let dir = tempfile::tempdir().unwrap();
    let photos = folder_path(dir.path()).unwrap().join("photos");
    write_photos(&photos, PHOTOS);
    Catalog::open(&catalog_in(dir.path())).unwrap().add_folder(&photos).unwrap();
    let mut child = start_the_other_program(dir.path(), Stdio::piped());
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("opened") {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "the other program ended");
    }
    let drain = std::thread::spawn(move || output.lines().map_while(Result::ok).for_each(drop));
    let mut last = 0;
    for look in 0.. {
        let has_ended = child.try_wait().unwrap().is_some();
        let reader = Catalog::open_read_only(&catalog_in(dir.path())).unwrap();
        let counts = reader.counts(None).unwrap();
        assert!(counts.ready >= last, "what was seen once stays");
        last = counts.ready;
        assert!(contents(&reader).len() as u64 >= counts.total);
        let lock = WriterLock::acquire(&dir.path().join("library"), "the second", &mut |holder| {
            assert!(holder.is_none_or(|holder| holder.program == "the other program"), "{holder:?}");
            false
        });
        assert!(look > 0 || lock.is_err(), "the other program is at work");
        if has_ended || lock.is_ok() {
            break;
        }
        // From now on it need not wait for us.
        drop(child.stdin.take());
    }
    assert!(child.wait().unwrap().success());
    drain.join().unwrap();
    let reader = Catalog::open_read_only(&catalog_in(dir.path())).unwrap();
    assert_eq!(reader.counts(None).unwrap().ready, PHOTOS as u64);
}
