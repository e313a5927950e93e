//! People in a library, with the real networks.

use std::collections::{BTreeMap, BTreeSet};

use image::RgbImage;
use serde_json::Value;

use crate::faces::{actor, copy_actors, install, shared};
use crate::program::Home;

/// The actors of a series, each with five pictures of one face.
const ACTORS: [&str; 7] = ["amy", "bernadette", "howard", "leonard", "penny", "raj", "sheldon"];

/// The names of the files of each person, in order.
fn groups(home: &Home) -> BTreeSet<Vec<String>> {
    let people = home.json(["people"]);
    let groups = people["people"].as_array().unwrap().iter().map(|person| files_of(home, person));
    groups.collect()
}

fn files_of(home: &Home, person: &Value) -> Vec<String> {
    let shown = home.json(["people", "show", &person["id"].to_string()]);
    let name = |face: &Value| face["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let mut files: Vec<String> = shown["faces"].as_array().unwrap().iter().map(name).collect();
    files.sort();
    files
}

fn library(data: &std::path::Path, names: &[&str]) -> Home {
    let home = Home::new();
    install(&home, data);
    copy_actors(&home, data, names, 1..=5);
    home.json(["add", "photos"]);
    home
}

#[test]
fn nothing_is_known_of_faces_until_they_are_wanted_and_nothing_after_they_are_not() {
    let Some(data) = shared() else { return };
    let home = library(&data, &["amy", "raj"]);
    let off = home.json(["people", "status"]);
    assert_eq!((&off["state"], &off["faces"]), (&"off".into(), &0.into()));
    assert_eq!(home.json(["people"])["people"], Value::Array(Vec::new()));

    assert_eq!(home.json(["people", "on"])["state"], "on");
    let report = home.json(["index"]);
    assert_eq!((&report["indexed"], &report["failed"]), (&10.into(), &0.into()), "{report}");
    let on = home.json(["people", "status"]);
    assert_eq!(
        (&on["faces"], &on["unnamed"], &on["photos_to_see"]),
        (&10.into(), &2.into(), &0.into()),
        "{on}"
    );
    assert_eq!(home.json(["index"])["indexed"], 0, "no photo is looked at twice");

    assert_eq!(home.json(["people", "off"])["state"], "off");
    assert_eq!(home.json(["people", "status"])["faces"], 0);
    assert_eq!(home.json(["index"])["indexed"], 0);
    assert_eq!(home.json(["search", "people:1+"])["total"], 0);
}

#[test]
fn without_the_networks_photos_are_indexed_and_faces_wait() {
    let Some(data) = shared() else { return };
    let home = Home::new();
    copy_actors(&home, &data, &["amy"], 1..=3);
    home.json(["add", "photos"]);
    let on = home.json(["people", "on"]);
    assert_eq!((&on["state"], on["missing_models"].as_array().unwrap().len()), (&"needs-models".into(), 2));
    assert_eq!(home.json(["index"])["failed"], 0);
    install(&home, &data);
    assert_eq!(home.json(["index"])["indexed"], 3);
    assert_eq!(home.json(["people", "status"])["faces"], 3);
}

#[test]
fn actors_are_told_apart_in_whichever_order_their_photos_come() {
    let Some(data) = shared() else { return };
    let expected: BTreeSet<Vec<String>> =
        ACTORS.iter().map(|name| (1..=5).map(|number| format!("{name}{number}.png")).collect()).collect();
    let home = library(&data, &ACTORS);
    home.json(["people", "on"]);
    home.json(["index"]);
    assert_eq!(groups(&home), expected);

    let home = Home::new();
    install(&home, &data);
    home.json(["add", "photos"]);
    home.json(["people", "on"]);
    for number in [4, 2, 5, 1, 3] {
        let mut names = ACTORS;
        names.rotate_left(number);
        copy_actors(&home, &data, &names, number..=number);
        home.json(["index"]);
    }
    assert_eq!(groups(&home), expected);
}

#[test]
fn names_and_refusals_outlive_the_folder_that_they_were_of() {
    let Some(data) = shared() else { return };
    let home = library(&data, &["amy", "raj", "penny"]);
    home.json(["people", "on"]);
    home.json(["index"]);
    let people = home.json(["people"]);
    let people: BTreeMap<String, String> = people["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| (files_of(&home, person)[0].clone(), person["id"].to_string()))
        .collect();
    home.json(["people", "name", &people["amy1.png"], "Amy"]);
    home.json(["people", "name", &people["raj1.png"], "Raj"]);
    let penny = home.json(["people", "show", &people["penny1.png"]]);
    home.json(["people", "not-a-face", &penny["faces"][0]["id"].to_string()]);
    let check = || {
        assert_eq!(home.json(["search", "person:amy"])["total"], 5);
        assert_eq!(home.json(["search", "person:raj"])["total"], 5);
        assert_eq!(home.json(["search", "people:0"])["total"], 1, "what was removed does not come back");
    };
    check();
    home.json(["index"]);
    check();
    std::fs::rename(home.photos(), home.photos().with_file_name("moved")).unwrap();
    home.json(["index"]);
    check();
    std::fs::rename(home.photos().with_file_name("moved"), home.photos()).unwrap();
    home.json(["remove", "photos"]);
    assert_eq!(home.json(["people"])["people"], Value::Array(Vec::new()));
    home.json(["add", "photos"]);
    check();
    assert_eq!(home.json(["people", "undo"])["undone"], "not-a-face");
    assert_eq!(home.json(["search", "people:0"])["total"], 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_picture_with_hundreds_of_faces_is_indexed_within_bounds() {
    let Some(data) = shared() else { return };
    let home = Home::new();
    install(&home, &data);
    // Twenty by fifteen faces, each 100 pixels wide.
    let mut crowd = RgbImage::new(2400, 1800);
    for place in 0..300u32 {
        let name = ACTORS[place as usize % ACTORS.len()];
        let face = image::open(actor(&data, name, 1 + place as usize % 5)).unwrap().to_rgb8();
        let face = image::imageops::resize(&face, 120, 120, image::imageops::FilterType::Triangle);
        let (x, y) = (i64::from(place % 20 * 120), i64::from(place / 20 * 120));
        image::imageops::replace(&mut crowd, &face, x, y);
    }
    crowd.save(home.photos().join("crowd.png")).unwrap();
    home.json(["add", "photos"]);
    home.json(["people", "on"]);
    let indexing = home.start(["index", "--json"]);
    let mut peak = 0;
    while let Some(bytes) = peak_memory(indexing.id()) {
        peak = bytes;
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let report = indexing.end().object();
    assert_eq!((&report["indexed"], &report["failed"]), (&1.into(), &0.into()), "{report}");
    let faces = home.json(["people", "status"])["faces"].as_u64().unwrap();
    assert!(faces >= 270, "{faces} of 300");
    assert_eq!(home.json(["people"])["people"], Value::Array(Vec::new()), "all are in one picture");
    assert!((1..1_500_000_000).contains(&peak), "{peak} bytes");
}

/// The most bytes that a process had in memory so far; nothing once it has ended.
#[cfg(target_os = "linux")]
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}
