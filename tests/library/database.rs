//! Databases that cannot be used as they are.

use std::fs;
use std::path::PathBuf;

use crate::pictures;
use crate::program::Home;

/// Where SQLite keeps the number that a program gives its layout ("user version"): four bytes, most significant
/// first (<https://www.sqlite.org/fileformat.html#user_version_number>).
const USER_VERSION: std::ops::Range<usize> = 60..64;

fn library() -> (Home, PathBuf) {
    let home = Home::new();
    pictures::write(&home.photos(), "a.png", 1);
    home.json(["add", "photos"]);
    let database = home.library().join("catalog.db");
    assert!(database.is_file());
    (home, database)
}

/// Every command fails with that code, and the file stays as it is, byte for byte.
fn check_refused(home: &Home, database: &PathBuf, code: &str, words: &str) {
    let before = fs::read(database).unwrap();
    for arguments in
        [&["status"][..], &["list"], &["search", "dog"], &["index"], &["add", "photos"], &["retry"]]
    {
        let run = home.run([&["--json"], arguments].concat());
        assert_eq!(run.code, Some(1), "{arguments:?}: {run:#?}");
        assert_eq!(run.object()["error"]["code"], code, "{arguments:?}: {run:#?}");
        assert!(run.stderr.contains(words), "{arguments:?}: {run:#?}");
    }
    assert!(fs::read(database).unwrap() == before, "the database was written to");
}

#[test]
fn a_database_of_a_newer_program_is_refused_with_words() {
    let (home, database) = library();
    let mut bytes = fs::read(&database).unwrap();
    bytes[USER_VERSION].copy_from_slice(&9999u32.to_be_bytes());
    fs::write(&database, bytes).unwrap();
    check_refused(&home, &database, "newer-database", "newer version of Kindred");
}

#[test]
fn a_damaged_database_is_reported_and_never_overwritten() {
    let (home, database) = library();
    let mut bytes = fs::read(&database).unwrap();
    for byte in bytes.iter_mut().skip(16) {
        *byte = byte.wrapping_mul(31).wrapping_add(7);
    }
    fs::write(&database, bytes).unwrap();
    check_refused(&home, &database, "damaged-database", "damaged");

    let doctor = home.run(["doctor", "--json", "--device", "cpu"]);
    assert_eq!(doctor.code, Some(1), "{doctor:#?}");
    let report = doctor.object();
    assert_eq!(report["healthy"], false, "{report}");
}

#[test]
fn damage_in_the_middle_is_reported_where_it_is_met_and_can_be_set_aside() {
    let home = Home::new();
    for number in 0..600 {
        fs::write(home.photos().join(format!("photo with a long name, number {number}.jpg")), "no picture")
            .unwrap();
    }
    home.json(["add", "photos"]);
    let database = home.library().join("catalog.db");
    let mut bytes = fs::read(&database).unwrap();
    let page = 4096;
    let (middle, end) = (bytes.len() / 2 / page * page, bytes.len() - page);
    bytes[middle..end].fill(0xEE);
    fs::write(&database, &bytes).unwrap();
    for arguments in [&["list"][..], &["search", "folder:photos"], &["index"], &["remove", "photos"]] {
        let run = home.run([&["--json"], arguments].concat());
        assert_eq!(run.object()["error"]["code"], "damaged-database", "{arguments:?}: {run:#?}");
        for words in [database.to_str().unwrap(), "kindred doctor --set-aside"] {
            assert!(run.stderr.contains(words), "{arguments:?}: no \"{words}\" in {run:#?}");
        }
    }
    assert_eq!(home.run(["doctor", "--device", "cpu"]).code, Some(1));
    let aside = home.json(["doctor", "--set-aside"])["set_aside"].as_str().unwrap().to_owned();
    assert!(fs::read(aside).unwrap() == bytes, "it is kept as it was");
}

#[test]
fn an_empty_database_is_no_library_and_stays_empty_until_one_is_made() {
    let (home, database) = library();
    fs::write(&database, "").unwrap();
    for arguments in [&["status"][..], &["list"], &["search", "dog"], &["index"], &["remove", "photos"]] {
        let run = home.run([&["--json"], arguments].concat());
        assert_eq!(run.object()["error"]["code"], "no-library", "{arguments:?}: {run:#?}");
    }
    assert_eq!(fs::read(&database).unwrap(), b"");
    assert_eq!(home.json(["add", "photos"])["indexed"], 1);
}

#[test]
fn a_log_beside_an_empty_database_is_kept() {
    let (home, database) = library();
    let log = home.library().join("catalog.db-wal");
    fs::write(&database, "").unwrap();
    fs::write(&log, [7; 9000]).unwrap();
    check_refused(&home, &database, "damaged-database", "damaged");
    assert_eq!(fs::read(&log).unwrap(), [7; 9000]);
    home.json(["doctor", "--set-aside"]);
    assert_eq!(home.json(["add", "photos"])["indexed"], 1);
}

#[test]
fn a_damaged_database_is_set_aside_on_request_and_a_sound_one_never() {
    let (home, database) = library();
    assert!(home.json(["doctor", "--set-aside"])["set_aside"].is_null());
    assert_eq!(home.json(["status"])["photos"]["total"], 1);

    let damaged = vec![b'x'; 5000];
    fs::write(&database, &damaged).unwrap();
    let aside = home.json(["doctor", "--set-aside"])["set_aside"].as_str().unwrap().to_owned();
    assert!(fs::read(aside).unwrap() == damaged, "it is kept as it was");
    assert_eq!(home.run(["status"]).code, Some(1), "there is no library now");
    assert_eq!(home.json(["add", "photos"])["indexed"], 1);
}

#[test]
fn something_that_is_no_database_is_not_overwritten() {
    let home = Home::new();
    pictures::write(&home.photos(), "a.png", 1);
    fs::create_dir(home.library()).unwrap();
    let database = home.library().join("catalog.db");
    fs::write(&database, "a letter to a friend, not a database at all").unwrap();
    check_refused(&home, &database, "damaged-database", "damaged");
}
