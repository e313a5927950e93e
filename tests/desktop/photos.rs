//! The timeline and single photos.

use serde_json::json;

use crate::world::{SCENES, World};

/// One record of the timeline.
struct Record {
    time: f64,
    id: f64,
    aspect: f32,
    colour: u32,
    folder: u32,
    flags: u32,
}

fn timeline(bytes: &[u8]) -> (f64, Vec<Record>) {
    let (revision, records) = bytes.split_first_chunk::<8>().unwrap();
    assert_eq!(records.len() % 32, 0);
    let word = |bytes: &[u8], at: usize| <[u8; 4]>::try_from(&bytes[at..at + 4]).unwrap();
    let long = |bytes: &[u8], at: usize| <[u8; 8]>::try_from(&bytes[at..at + 8]).unwrap();
    let records = records.chunks_exact(32).map(|bytes| Record {
        time: f64::from_le_bytes(long(bytes, 0)),
        id: f64::from_le_bytes(long(bytes, 8)),
        aspect: f32::from_le_bytes(word(bytes, 16)),
        colour: u32::from_le_bytes(word(bytes, 20)),
        folder: u32::from_le_bytes(word(bytes, 24)),
        flags: u32::from_le_bytes(word(bytes, 28)),
    });
    (f64::from_le_bytes(*revision), records.collect())
}

#[test]
fn the_timeline_has_every_photo_newest_first() {
    let world = World::with_photos();
    let (revision, records) = timeline(&world.bytes("timeline"));
    assert!(revision >= 0.0);
    assert_eq!(records.len(), SCENES.len());
    assert!(records.is_sorted_by(|one, next| one.time >= next.time));
    let folder = world.status("ready")["folders"][0]["id"].as_u64().unwrap();
    for record in &records {
        assert!((record.aspect - 160.0 / 120.0).abs() < 1e-4, "{}", record.aspect);
        assert_eq!(u64::from(record.folder), folder);
        // The date is the file's: these pictures have no other.
        assert_eq!(record.flags, 8);
        assert!(record.colour <= 0xff_ffff);
        world.ok("photo", json!({ "id": record.id as i64 }));
    }
    // The red circle on white is light and reddish.
    let circle = records.iter().find(|record| record.id as i64 == world.id("circle.bmp")).unwrap();
    let [_, red, green, blue] = circle.colour.to_be_bytes();
    assert!(red > green && red > blue, "{:06x}", circle.colour);
}

#[test]
fn everything_that_is_known_of_a_photo_is_told() {
    let world = World::with_photos();
    let id = world.id("sea/sunset.bmp");
    let photo = world.ok("photo", json!({ "id": id }));
    let file = world.path("photos/sea/sunset.bmp").canonicalize().unwrap();
    assert_eq!(photo["path"], file.to_str().unwrap());
    assert_eq!(photo["name"], "sunset.bmp");
    assert_eq!(photo["folder"], file.parent().unwrap().to_str().unwrap());
    assert_eq!(photo["bytes"], file.metadata().unwrap().len());
    assert_eq!((&photo["width"], &photo["height"]), (&json!(160), &json!(120)));
    assert_eq!((&photo["state"], &photo["offline"]), (&json!("ready"), &json!(false)));
    assert_eq!(
        (&photo["takenAt"], &photo["camera"], &photo["latitude"]),
        (&json!(null), &json!(null), &json!(null))
    );
    let seen = photo["seenBy"].as_array().unwrap();
    let purposes: Vec<&str> = seen.iter().map(|seen| seen["purpose"].as_str().unwrap()).collect();
    assert_eq!(purposes.len(), 2, "{photo}");
    assert!(purposes.contains(&"meaning") && purposes.contains(&"look"), "{photo}");
    assert!(seen.iter().all(|seen| seen["model"] == "starter"));
    for id in [0, -1, 77, i64::MAX] {
        let (code, params) = world.error("photo", json!({ "id": id }));
        assert_eq!((code.as_str(), &params["photo"]), ("unknown-photo", &json!(id.to_string())));
    }
}
