//! `kindred people`, `kindred faces` and `kindred similar --by face`.

use serde_json::Value;

use crate::faces::{actor, copy_actors, install, shared};
use crate::pictures;
use crate::program::{Home, paths};

fn people() -> Option<(Home, std::path::PathBuf)> {
    let data = shared()?;
    let home = Home::new();
    install(&home, &data);
    copy_actors(&home, &data, &["amy", "howard"], 1..=4);
    home.json(["add", "photos"]);
    home.json(["people", "on"]);
    home.json(["index"]);
    Some((home, data))
}

/// The number of the person with a face in that file.
fn person_in(home: &Home, file: &str) -> String {
    let people = home.json(["people", "list"]);
    for person in people["people"].as_array().unwrap() {
        let id = person["id"].to_string();
        let shown = home.json(["people", "show", &id]);
        if shown["faces"]
            .as_array()
            .unwrap()
            .iter()
            .any(|face| face["path"].as_str().unwrap().ends_with(file))
        {
            return id;
        }
    }
    panic!("nobody is in {file}: {people}");
}

fn faces_of(home: &Home, who: &str) -> Vec<String> {
    let shown = home.json(["people", "show", who]);
    shown["faces"].as_array().unwrap().iter().map(|face| face["id"].to_string()).collect()
}

#[test]
fn faces_of_any_file_are_listed_with_their_landmarks() {
    let Some((home, data)) = people() else { return };
    let file = actor(&data, "amy", 5);
    let found = home.json(["faces".as_ref(), file.as_os_str()]);
    let size = image::image_dimensions(&file).unwrap();
    assert_eq!(
        (found["width"].as_u64(), found["height"].as_u64()),
        (Some(size.0.into()), Some(size.1.into()))
    );
    let [face] = &found["faces"].as_array().unwrap()[..] else { panic!("{found}") };
    assert_eq!(face["box"].as_array().unwrap().len(), 4);
    let landmarks = face["landmarks"].as_array().unwrap();
    assert_eq!((landmarks.len(), landmarks[0].as_array().unwrap().len()), (5, 2));
    let number = |value: &Value| value.as_f64().unwrap();
    assert!((0.8..=1.0).contains(&number(&face["score"])) && (0.0..=1.0).contains(&number(&face["quality"])));
    let [x, y, width, height] = [0, 1, 2, 3].map(|at| number(&face["box"][at]));
    for eye in &landmarks[..2] {
        assert!((x..x + width).contains(&number(&eye[0])) && (y..y + height).contains(&number(&eye[1])));
    }
    assert!(number(&landmarks[0][0]) < number(&landmarks[1][0]), "the person's right eye is on the left");
    let none = pictures::write(&home.photos(), "none.png", 3);
    assert_eq!(home.json(["faces".as_ref(), none.as_os_str()])["faces"], Value::Array(Vec::new()));
    let words = home.run(["faces".as_ref(), file.as_os_str()]).text();
    assert!(words.contains("score 0.") && words.lines().count() == 1, "{words}");
}

#[test]
fn people_are_named_merged_split_and_taken_back() {
    let Some((home, _)) = people() else { return };
    let (amy, howard) = (person_in(&home, "amy1.png"), person_in(&home, "howard1.png"));
    let named = home.json(["people", "name", &amy, "Amy F"]);
    assert_eq!((named["person"].to_string(), &named["same_name"]), (amy.clone(), &Value::Null));
    let same = home.run(["people", "name", &howard, "amy f"]);
    assert!(same.stderr.contains(&format!("people merge {amy} {howard}")), "{same:#?}");
    let unclear = home.run(["--json", "people", "show", "Amy F"]);
    assert_eq!(
        (unclear.code, &unclear.object()["error"]["code"]),
        (Some(2), &"usage".into()),
        "{unclear:#?}"
    );
    assert_eq!(home.json(["people", "undo"])["undone"], "name");

    home.json(["people", "merge", "Amy F", &howard]);
    assert_eq!(home.json(["people", "show", "amy f"])["person"]["faces"], 8);
    assert_eq!(home.json(["people", "undo"])["undone"], "merge");
    assert_eq!(home.json(["people", "show", "amy f"])["person"]["faces"], 4);

    let faces = faces_of(&home, &howard);
    let split = home.json(["people", "split", &howard, &faces[0], &faces[1]])["person"].to_string();
    assert_eq!(faces_of(&home, &split), faces[..2]);
    home.json(["people", "is", "Howard", &faces[2]]);
    home.json(["people", "is-not", "Howard", &faces[2]]);
    home.json(["people", "hide", &split]);
    let people = home.json(["people"]);
    assert_eq!(people["people"].as_array().unwrap().last().unwrap()["hidden"], true, "{people}");
    home.json(["people", "hide", &split, "--undo"]);
    home.json(["people", "cover", &split, &faces[1]]);
    assert_eq!(home.json(["people", "show", &split])["person"]["cover"].to_string(), faces[1]);
    let mut undone = Vec::new();
    while let Some(kind) = home.json(["people", "undo"])["undone"].as_str() {
        undone.push(kind.to_owned());
    }
    assert_eq!(undone, ["cover", "hide", "hide", "this-is-not", "this-is", "split", "name"]);
    assert!(home.run(["people"]).text().contains("(no name)  4 faces in 4 photos"));
}

#[test]
fn what_cannot_be_said_is_refused_with_words() {
    let Some((home, _)) = people() else { return };
    for (arguments, code, exit) in [
        (&["people", "show", "Nobody"][..], "usage", 2),
        (&["people", "show", "#999"], "unknown-person", 1),
        (&["people", "not-a-face", "999"], "unknown-face", 1),
        (&["people", "split", "1", "x"], "usage", 2),
        (&["people", "forget"], "usage", 2),
        (&["search", "people:many"], "query", 2),
    ] {
        let run = home.run([&["--json"], arguments].concat());
        assert_eq!(
            (run.code, &run.object()["error"]["code"]),
            (Some(exit), &code.into()),
            "{arguments:?}: {run:#?}"
        );
    }
}

#[test]
fn photos_are_found_by_who_is_in_them() {
    let Some((home, data)) = people() else { return };
    let stranger = actor(&data, "amy", 5);
    let found = home.json(["similar".as_ref(), stranger.as_os_str(), "--by".as_ref(), "face".as_ref()]);
    assert_eq!(
        (&found["strong"], &found["total"], &found["model"]),
        (&4.into(), &8.into(), &"mobilefacenet".into())
    );
    let first: Vec<_> = paths(&found, "results").into_iter().take(4).collect();
    assert!(first.iter().all(|path| path.to_str().unwrap().contains("amy")), "{found}");

    home.json(["people", "name", &person_in(&home, "amy1.png"), "Amy F"]);
    assert_eq!(home.json(["search", "person:\"amy f\""])["total"], 4);
    assert_eq!(home.json(["search", "-person:amy people:1"])["total"], 4);
    let both = home.photos().join("both.png");
    let open = |name| image::open(actor(&data, name, 5)).unwrap().to_rgb8();
    let (left, right) = (open("howard"), open("amy"));
    let mut picture = image::RgbImage::new(left.width() + right.width(), left.height().max(right.height()));
    image::imageops::replace(&mut picture, &left, 0, 0);
    image::imageops::replace(&mut picture, &right, i64::from(left.width()), 0);
    picture.save(&both).unwrap();
    home.json(["index"]);
    assert_eq!(home.json(["search", "person:amy people:2+"])["total"], 1);
    let several =
        home.run(["--json".as_ref(), "similar".as_ref(), both.as_os_str(), "--by".as_ref(), "face".as_ref()]);
    assert_eq!(several.object()["error"]["code"], "several-faces", "{several:#?}");
    for (number, name) in [("1", "howard"), ("2", "amy")] {
        let arguments =
            ["similar".as_ref(), both.as_os_str(), "--by".as_ref(), "face".as_ref(), "--face".as_ref()];
        let found = home.json([&arguments[..], &[number.as_ref()]].concat());
        assert!(paths(&found, "results")[0].to_str().unwrap().contains(name), "{number}: {found}");
    }
    home.json(["people", "forget", "--all"]);
    let off = home.run([
        "--json".as_ref(),
        "similar".as_ref(),
        stranger.as_os_str(),
        "--by".as_ref(),
        "face".as_ref(),
    ]);
    assert_eq!(off.object()["error"]["code"], "people-off", "{off:#?}");
}
