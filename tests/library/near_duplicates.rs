//! Near-duplicates among the shared pictures: every pair that shows the same, and no other.

use std::path::PathBuf;

use crate::program::Home;

/// The shared pictures, where they are.
fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("KINDRED_TESTDATA").map(PathBuf::from);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    Some(named.unwrap_or_else(beside).join("near-dup")).filter(|folder| folder.is_dir())
}

#[test]
fn every_variant_of_a_shared_picture_is_found_and_nothing_else() {
    let Some(folder) = shared() else {
        eprintln!("skipped: the shared pictures are not here");
        return;
    };
    let home = Home::new();
    home.run([std::ffi::OsStr::new("add"), folder.as_os_str()]);
    for space in ["meaning", "look"] {
        let found = home.json(["explore", "duplicates", "--space", space]);
        let group_of = |path: &str| {
            let photos = |group: &serde_json::Value| group["photos"].as_array().unwrap().clone();
            let is_in = |group: &&serde_json::Value| photos(group).iter().any(|photo| photo["path"] == path);
            found["groups"].as_array().unwrap().iter().find(is_in).map(|group| group["keeper"].clone())
        };
        let photos = home.json(["list"]);
        let ready = photos["photos"].as_array().unwrap().iter().filter(|photo| photo["state"] == "ready");
        let paths: Vec<&str> = ready.map(|photo| photo["path"].as_str().unwrap()).collect();
        assert!(paths.len() >= 20, "{paths:?}");
        let (mut right, mut missed) = (0, 0);
        for (at, a) in paths.iter().enumerate() {
            for b in &paths[..at] {
                let together = group_of(a).is_some_and(|group| group_of(b) == Some(group));
                match (together, number(a) == number(b)) {
                    (true, true) => right += 1,
                    (false, true) => missed += 1,
                    (true, false) => panic!("{a} and {b} do not show the same"),
                    (false, false) => {}
                }
            }
        }
        assert!(right * 100 >= (right + missed) * 95, "{space}: {right} found, {missed} missed");
    }
}

/// The number of the picture that a file shows; the one file without a number shows what most of them do.
fn number(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let name = name.split(['_', '.']).next().unwrap_or(name);
    if name == "alpha" { "ukbench00120" } else { name }
}
