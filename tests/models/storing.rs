//! What is in the store: importing, noticing changes, verifying, removing.

use std::fs::{self, File, FileTimes};

use kindred_models::{DownloadProgress, FileRole, InstallState, ModelError};

use crate::fixture::{FILE, Fixture, ID, SlotText, content, sha256};

const LENGTH: usize = 100_000;

/// Addresses that no test here asks.
fn nowhere() -> [String; 1] {
    ["http://127.0.0.1:1/w".to_owned()]
}

/// A model whose weights come in two formats, with a second required file and one that nobody can check.
fn with_alternatives(safetensors: &[u8], pickle: &[u8], projection: &[u8]) -> Fixture {
    Fixture::with_slots(&[
        SlotText::new("weights")
            .variant("model.safetensors", safetensors, &nowhere())
            .variant("pytorch_model.bin", pickle, &nowhere())
            .unknown_variant("model_f16.safetensors", &nowhere()),
        SlotText::new("projection").variant("projection.bin", projection, &nowhere()),
    ])
}

#[test]
fn a_file_is_imported_by_its_content_whatever_it_is_called() {
    let bytes = content(LENGTH);
    let fixture = Fixture::new(&bytes, &nowhere());
    let elsewhere = tempfile::tempdir().unwrap();
    let source = elsewhere.path().join("내려받은 파일 (1).download");
    fs::write(&source, &bytes).unwrap();
    let mut reports: Vec<DownloadProgress> = Vec::new();
    let path = fixture.store.import(ID, &source, &mut |p| reports.push(p)).unwrap();
    assert_eq!(path, fixture.path(FILE));
    fixture.assert_installed(&bytes);
    assert!(fs::read(&source).unwrap() == bytes, "the user's file stays as it was");
    assert_eq!(reports.last().unwrap().bytes_done, LENGTH as u64);

    fixture.import(&source).unwrap();
    fixture.assert_installed(&bytes);
}

#[test]
fn the_copy_of_an_import_that_was_killed_is_deleted_at_the_next_look() {
    let fixture = Fixture::new(&content(LENGTH), &nowhere());
    fixture.put(".import.tmp", &content(500));
    assert_eq!(fixture.state(), InstallState::Missing);
    assert_eq!(fixture.names(), Vec::<String>::new());
}

#[test]
fn a_file_of_another_length_is_refused_with_both_lengths() {
    let (first, second) = (content(LENGTH), content(LENGTH + 1));
    let fixture = with_alternatives(&first, &second, &content(10));
    let source = fixture.dir.path().join("mine.bin");
    fs::write(&source, b"abc").unwrap();
    let message = fixture.import(&source).unwrap_err().to_string();
    assert_eq!(
        message,
        format!(
            "{}: 3 bytes long, expected 100000 (model.safetensors) or 100001 (pytorch_model.bin) or 10 (projection.bin)",
            source.display()
        )
    );
    assert_eq!(fs::read(&source).unwrap(), b"abc");
    assert_eq!(fixture.state(), InstallState::Missing);
}

#[test]
fn a_file_of_the_right_length_and_another_content_is_refused_with_both_hashes() {
    let bytes = content(LENGTH);
    let fixture = Fixture::new(&bytes, &nowhere());
    let source = fixture.dir.path().join("mine.bin");
    let wrong = vec![1; LENGTH];
    fs::write(&source, &wrong).unwrap();
    match fixture.import(&source) {
        Err(ModelError::WrongHash { path, expected, found, kept }) => {
            assert_eq!(path, source);
            assert_eq!(expected, format!("{} ({FILE})", sha256(&bytes)));
            assert_eq!((found, kept), (sha256(&wrong), None));
        }
        other => panic!("{other:?}"),
    }
    assert!(fs::read(&source).unwrap() == wrong);
    assert_eq!(fixture.names(), Vec::<String>::new(), "nothing of it stays behind");
}

#[test]
fn what_is_no_file_is_refused() {
    let fixture = Fixture::new(&content(LENGTH), &nowhere());
    for source in [fixture.dir.path().join("absent"), fixture.dir.path().to_path_buf()] {
        let error = fixture.import(&source).unwrap_err();
        assert!(matches!(&error, ModelError::Io { path, .. } if *path == source), "{error}");
    }
}

#[test]
fn either_variant_fills_the_slot_and_the_model_is_whole_when_all_slots_are_filled() {
    let (first, second, projection) = (content(LENGTH), content(LENGTH + 1), content(500));
    let fixture = with_alternatives(&first, &second, &projection);
    let source = fixture.dir.path().join("some file");
    fs::write(&source, &second).unwrap();
    assert_eq!(fixture.import(&source).unwrap(), fixture.path("pytorch_model.bin"));
    assert_eq!(fixture.state(), InstallState::Partial { bytes: 100_001 });
    let reason = fixture.store.files(ID).unwrap_err().to_string();
    assert!(reason.contains("projection.bin is missing"), "{reason}");

    fs::write(&source, &projection).unwrap();
    fixture.import(&source).unwrap();
    let weights = fixture.path("pytorch_model.bin");
    assert_eq!(fixture.state(), InstallState::Installed { path: weights.clone() });
    let files = fixture.store.files(ID).unwrap();
    assert_eq!((files[0].role, &files[0].path, files[0].bytes), (FileRole::Weights, &weights, 100_001));
    assert_eq!(files[1].role, FileRole::Projection);

    // The other variant beside it takes precedence, being the better one.
    fs::write(&source, &first).unwrap();
    fixture.import(&source).unwrap();
    assert_eq!(fixture.state(), InstallState::Installed { path: fixture.path("model.safetensors") });
}

#[test]
fn a_variant_that_cannot_be_checked_does_not_count() {
    let fixture = with_alternatives(&content(10), &content(11), &content(12));
    fixture.put("projection.bin", &content(12));
    let unknown = fixture.put("model_f16.safetensors", &content(13));
    assert_eq!(fixture.state(), InstallState::Partial { bytes: 12 });
    assert!(matches!(fixture.import(&unknown), Err(ModelError::WrongSize { .. })));
    assert!(unknown.exists());
}

#[test]
fn a_file_put_there_by_hand_is_checked_and_then_installed() {
    let bytes = content(LENGTH);
    let fixture = Fixture::new(&bytes, &nowhere());
    let path = fixture.put(FILE, &bytes);
    fixture.assert_installed(&bytes);
    assert_eq!(fixture.import(&path).unwrap(), path, "importing it from where it is changes nothing");
    fixture.assert_installed(&bytes);

    let wrong = fixture.put(FILE, &vec![1; LENGTH]);
    assert!(matches!(fixture.import(&wrong), Err(ModelError::WrongHash { kept: None, .. })));
    assert!(wrong.exists());
}

#[test]
fn a_changed_file_is_noticed_without_being_asked_for() {
    let bytes = content(LENGTH);
    let fixture = Fixture::new(&bytes, &nowhere());
    fixture.put(FILE, &bytes);
    fixture.assert_installed(&bytes);

    fixture.put(FILE, &bytes[..500]);
    let InstallState::Damaged { reason } = fixture.state() else { panic!("{:?}", fixture.state()) };
    assert!(reason.ends_with("weights.bin: 500 bytes long, expected 100000"), "{reason}");
    assert!(matches!(fixture.store.verify_hash(ID), Err(ModelError::WrongSize { found: 500, .. })));

    fixture.put(FILE, &vec![1; LENGTH]);
    let InstallState::Damaged { reason } = fixture.state() else { panic!("{:?}", fixture.state()) };
    assert!(reason.contains(&sha256(&bytes)) && reason.contains(&sha256(&vec![1; LENGTH])), "{reason}");
    assert!(matches!(fixture.store.files(ID), Err(ModelError::NotInstalled { .. })));

    fixture.put(FILE, &bytes);
    fixture.assert_installed(&bytes);
}

#[test]
fn verifying_reads_the_file_again_even_if_it_looks_unchanged() {
    let bytes = content(LENGTH);
    let fixture = Fixture::new(&bytes, &nowhere());
    let path = fixture.put(FILE, &bytes);
    let verified = fixture.store.verify_hash(ID).unwrap();
    assert_eq!(verified[0].sha256.to_string(), sha256(&bytes));

    // A flipped bit under the old time: bad memory, or a bad disk.
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let mut flipped = bytes.clone();
    flipped[LENGTH / 2] ^= 1;
    fs::write(&path, &flipped).unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_times(FileTimes::new().set_modified(modified))
        .unwrap();
    assert_eq!(fixture.state(), InstallState::Installed { path: path.clone() });
    assert!(matches!(fixture.store.verify_hash(ID), Err(ModelError::WrongHash { .. })));
    assert!(matches!(fixture.state(), InstallState::Damaged { .. }), "and from then on everybody knows");
}

#[test]
fn a_model_that_is_not_there_cannot_be_verified() {
    let fixture = Fixture::new(&content(LENGTH), &nowhere());
    let message = fixture.store.verify_hash(ID).unwrap_err().to_string();
    assert!(message.contains(ID) && message.contains(FILE), "{message}");
}

#[test]
fn removing_deletes_what_is_ours_and_nothing_else() {
    let bytes = content(LENGTH);
    let fixture = Fixture::new(&bytes, &nowhere());
    assert_eq!(fixture.store.remove(ID).unwrap(), 0);
    for ours in [FILE, "weights.bin.part", "weights.bin.part.json", "weights.bin.rejected-0123456789ab"] {
        fixture.put(ours, &bytes);
    }
    assert!(matches!(fixture.state(), InstallState::Installed { .. }));
    let theirs = fixture.put("notes.txt", b"mine");
    assert!(fixture.store.remove(ID).unwrap() >= 4 * LENGTH as u64);
    assert_eq!(fixture.names(), ["notes.txt"]);
    assert_eq!(fixture.state(), InstallState::Missing);

    fs::remove_file(theirs).unwrap();
    fixture.put(FILE, &bytes);
    fixture.store.remove(ID).unwrap();
    assert!(!fixture.path("").exists(), "an empty folder goes too");
}

#[test]
fn discarding_a_download_leaves_what_is_whole() {
    let bytes = content(LENGTH);
    let fixture = Fixture::new(&bytes, &nowhere());
    assert_eq!(fixture.store.discard_download(ID).unwrap(), 0);
    fixture.put("weights.bin.part", &bytes[..1000]);
    fixture.put("weights.bin.part.json", b"{}");
    assert_eq!(fixture.state(), InstallState::Partial { bytes: 1000 });
    assert_eq!(fixture.store.discard_download(ID).unwrap(), 1002);
    assert_eq!(fixture.state(), InstallState::Missing);
    assert!(!fixture.path("").exists(), "an empty folder goes too");

    for there in [FILE, "weights.bin.part", "weights.bin.rejected-0123456789ab"] {
        fixture.put(there, &bytes);
    }
    assert_eq!(fixture.store.discard_download(ID).unwrap(), LENGTH as u64);
    assert!(matches!(fixture.state(), InstallState::Installed { .. }));
    let names = fixture.names();
    assert!(names.iter().any(|name| name == "weights.bin.rejected-0123456789ab"), "{names:?}");
    assert!(matches!(fixture.store.discard_download("starter"), Err(ModelError::BuiltIn { .. })));
}
