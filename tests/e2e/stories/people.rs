//! The people in the photos: consent, names, what is not theirs, faces in the viewer, searches, and all of it erased.
//!
//! It takes photos of real people and the networks' own weights, which are in no repository: they are looked for in
//! `KINDRED_TESTDATA`, or in `../shared/data` beside the checkout. Without them the story counts as skipped.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{App, PATIENCE, Seen, Stage, keys, photo_id, until};

/// Folders of one person each, and the names that they are given.
const PEOPLE: [(&str, &str); 3] =
    [("Ariel_Sharon", "Ariel"), ("Colin_Powell", "Colin"), ("Hugo_Chavez", "Hugo")];
/// Photos of each.
const EACH: usize = 6;
/// The networks, and the files of their weights.
const NETWORKS: [(&str, &str); 2] =
    [("yunet", "yunet_s_640_640.onnx"), ("mobilefacenet", "MobileFaceNet.onnx")];
/// Faces are found and compared on the CPU.
const FINDING: Duration = Duration::from_secs(300);
const WITHOUT_NAME: &str = "Person without a name, ";

#[test]
fn people_are_found_after_consent_named_corrected_searched_for_and_erased() {
    let Some(data) = test_data() else { return };
    let Some(stage) = Stage::set("people") else { return };
    for (folder, _) in PEOPLE {
        copy_some(&data.join("faces/lfw-subset-100").join(folder), &stage.photos());
    }
    let app = stage.open(&[]);
    app.add_and_index(&stage.photos(), PEOPLE.len() * EACH);
    consents(&app, &data);
    names_everybody(&app);
    sees_people_on_the_map(&app);
    takes_a_name_back_and_gives_it_again(&app);
    takes_a_face_away_and_back(&app);
    sees_faces_in_the_viewer(&app);
    finds_by_face_and_by_name(&app);
    erases(&app);
}

fn consents(app: &App<'_>, data: &Path) {
    let page = &app.page;
    page.click(&page.the("button", "People"));
    page.the("heading", "Find the people in your photos");
    for words in ["Nothing leaves this machine", "Faces are personal data", "MS-Celeb-1M"] {
        page.says(words);
    }
    page.the_one_like("button", "Turn on and download");
    app.is_accessible("consent");
    app.shot("consent");
    assert_eq!(asked(app, "people_status", &json!({}))["state"], "off");

    for (id, file) in NETWORKS {
        asked(app, "model_import", &json!({ "id": id, "path": data.join("weights").join(file) }));
    }
    page.click(&page.the("button", "Settings"));
    page.click(&page.the("button", "Read about it and turn on…"));
    page.click(&page.the("button", "Turn on"));
    let found = until(FINDING, || (large_groups(app).len() >= PEOPLE.len()).then_some(()));
    found.unwrap_or_else(|| panic!("{} people were found:\n{}", large_groups(app).len(), page.text()));
    app.waits_for_the_end(PEOPLE.len() * EACH);
    app.is_accessible("people");
    app.shot("found");
}

/// Each person's page has photos of one person alone, and tells who it is.
fn names_everybody(app: &App<'_>) {
    let page = &app.page;
    for _ in PEOPLE {
        let card = large_groups(app).into_iter().next().expect("somebody without a name");
        page.click(&card);
        page.the("grid", "Photos");
        let files = app.files();
        let is_of = |(folder, _): &&(&str, &str)| files.iter().all(|file| file.starts_with(folder));
        let (_, name) = PEOPLE.iter().find(is_of).unwrap_or_else(|| panic!("several people: {files:?}"));
        page.press(&[keys::F2]);
        page.write(&page.the("combobox", "Name"), name);
        page.press(&[keys::ENTER]);
        page.says(&format!("Named {name}"));
        app.is_accessible("person");
        app.shot(name);
        page.click(&page.the("button", "Back"));
        page.the_one_like("button", &format!("{name}, "));
    }
}

fn sees_people_on_the_map(app: &App<'_>) {
    let page = &app.page;
    page.click(&page.the("button", "Map"));
    page.the_one_like("application", "Map of ");
    page.select(&page.the("combobox", "Colour"), "Colour: Person");
    let legend = page.the("list", "Colour: Person");
    let told = "return document.querySelector('ul[aria-label=\"Colour: Person\"]').innerText";
    let everybody = |text: &str| PEOPLE.iter().all(|(_, name)| text.contains(name));
    let text =
        until(PATIENCE, || page.run(told, &[]).as_str().filter(|text| everybody(text)).map(str::to_owned));
    let text = text.unwrap_or_else(|| panic!("who is not in {}", legend.name));
    assert_eq!(
        text.matches(&format!("{EACH} photos")).count(),
        PEOPLE.len(),
        "each has their photos: {text}"
    );
    app.is_accessible("map by person");
    app.shot("map-by-person");
    page.click(&page.the("button", "People"));
}

fn takes_a_name_back_and_gives_it_again(app: &App<'_>) {
    let page = &app.page;
    page.press_together(&[keys::CONTROL, 'z']);
    page.says("The name is as it was");
    let card = until(PATIENCE, || large_groups(app).into_iter().next());
    page.focus(&card.expect("one is without a name again"));
    page.press(&[keys::F2]);
    // Names that are known are offered while one types; a new one is none of them.
    page.write(&page.the("combobox", "Name"), "A new name");
    app.shot("renaming");
    page.press(&[keys::ENTER]);
    let card = page.the_one_like("button", "A new name, ");
    let focused = until(PATIENCE, || page.focused("button").filter(|button| button.name == card.name));
    focused.expect("the card keeps the focus");
    page.press_together(&[keys::CONTROL, 'z']);
    page.says("The name is as it was");
}

fn takes_a_face_away_and_back(app: &App<'_>) {
    let page = &app.page;
    let (folder, name) = opens_somebody(app);
    let before = app.cells().len();
    page.focus(&app.cells()[0]);
    page.press(&['x']);
    page.says(&format!("1 face taken from {name}"));
    app.waits_for_all(before - 1);
    app.shot("not-them");
    page.click(&page.the("button", "Undo"));
    app.waits_for_all(before);
    assert!(app.files().iter().all(|file| file.starts_with(folder)));
}

fn sees_faces_in_the_viewer(app: &App<'_>) {
    let page = &app.page;
    let (_, name) = opens_somebody(app);
    page.double_click(&app.cells()[0]);
    let viewer = page.the("dialog", "Photo");
    page.press(&['p']);
    let faces = page.the_in(&viewer, "group", "Faces in this photo");
    let is_theirs = |face: &Seen| face.name.starts_with(name);
    let face = until(PATIENCE, || page.all_in(&faces, "button").into_iter().find(is_theirs));
    page.click(&face.unwrap_or_else(|| panic!("no face of {name}")));
    let card = page.the("dialog", name);
    page.the_in(&card, "button", "All photos of this person");
    page.the_in(&card, "button", "Not a face");
    app.is_accessible("viewer with faces");
    app.shot("faces");
    page.press(&[keys::ESCAPE]);
    page.waits_without("dialog", name);
    page.the("dialog", "Photo");
    page.press(&[keys::ESCAPE]);
    page.waits_without("dialog", "Photo");
}

fn finds_by_face_and_by_name(app: &App<'_>) {
    let page = &app.page;
    let (folder, name) = opens_somebody(app);
    let theirs = app.cells().len();
    let has_one_face = |cell: &Seen| {
        let faces = asked(app, "photo_faces", &json!({ "photo": photo_id(&cell.name) }));
        faces.as_array().is_some_and(|faces| faces.len() == 1)
    };
    let cell = app.cells().into_iter().find(has_one_face).expect("a photo with one face");
    page.right_click(&cell);
    page.click(&page.the_one_like("menuitem", "Find this person"));
    let way = page.the("button", "By face");
    assert_eq!(page.attribute(&way, "aria-pressed").as_deref(), Some("true"));
    app.waits_for_first(folder, 3);
    app.shot("by-face");

    page.click(&page.the("button", "Clear the search"));
    let bar = page.the("combobox", "Search");
    page.write(&bar, &format!("person:{}", &name[..2]));
    page.the_one_like("option", &format!("person:{name}"));
    app.shot("completion");
    page.press(&[keys::DOWN, keys::ENTER]);
    page.the("img", &format!("With {name}"));
    app.waits_for_all(theirs);
    app.shot("chip");
    page.click(&page.the("button", &format!("{name}: In the photo, or not in it")));
    page.the("img", &format!("Without {name}"));
    app.waits_for_all(PEOPLE.len() * EACH - theirs);
    page.click(&page.the("button", "Clear the search"));
}

fn erases(app: &App<'_>) {
    let page = &app.page;
    page.click(&page.the("button", "Settings"));
    page.click(&page.the("button", "Turn off and erase…"));
    let question = page.the("dialog", "Erase all faces and names?");
    app.shot("erase");
    page.click(&page.the_in(&question, "button", "Turn off and erase"));
    page.says("All faces and names are erased");
    let status = asked(app, "people_status", &json!({}));
    assert_eq!((&status["state"], &status["faces"]), (&json!("off"), &json!(0)));
    page.click(&page.the("button", "People"));
    page.the("heading", "Find the people in your photos");
}

/// Goes to the page of somebody who has a name; their folder and their name.
fn opens_somebody(app: &App<'_>) -> (&'static str, &'static str) {
    let page = &app.page;
    page.click(&page.the("button", "People"));
    let card = until(PATIENCE, || {
        let buttons = page.all("button");
        PEOPLE.into_iter().find_map(|who| {
            let card = buttons.iter().find(|button| button.name.starts_with(&format!("{}, ", who.1)))?;
            Some((card.clone(), who))
        })
    });
    let (card, who) = card.expect("somebody has a name");
    page.click(&card);
    page.the("grid", "Photos");
    who
}

/// The cards of people without a name who are in most photos of a folder.
fn large_groups(app: &App<'_>) -> Vec<Seen> {
    let is_large = |button: &Seen| {
        let count =
            button.name.strip_prefix(WITHOUT_NAME).and_then(|rest| rest.split(' ').next()?.parse().ok());
        count.is_some_and(|photos: usize| photos > EACH / 2)
    };
    app.page.all("button").into_iter().filter(is_large).collect()
}

/// What the program answers, as the page itself asks it.
fn asked(app: &App<'_>, command: &str, arguments: &Value) -> Value {
    let ask = "return __TAURI_INTERNALS__.invoke(arguments[0], arguments[1])";
    app.page.run(ask, &[json!(command), arguments.clone()])
}

fn copy_some(from: &Path, to: &Path) {
    let files = std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|end| end == "jpg")).collect();
    files.sort();
    assert!(files.len() >= EACH, "{} has {} photos", from.display(), files.len());
    for file in &files[..EACH] {
        std::fs::copy(file, to.join(file.file_name().unwrap())).unwrap();
    }
}

fn test_data() -> Option<PathBuf> {
    let data = std::env::var_os("KINDRED_TESTDATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let there = data.join("faces/lfw-subset-100").is_dir()
        && NETWORKS.iter().all(|(_, file)| data.join("weights").join(file).is_file());
    if !there {
        println!("skipped: people: no faces and weights in {}", data.display());
    }
    there.then_some(data)
}
