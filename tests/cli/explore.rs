//! Exploring from the command line: near-duplicates, outliers, clusters, the map, in words and in every form they are written.

use std::fs;
use std::path::Path;

use kindred_scenes::{Colour, Figure, Layout, Scene, Shape, Size, View};
use serde_json::Value;

use crate::program::{Home, paths};

fn figure(colour: Colour, shape: Shape) -> Scene {
    Scene::Figure(Figure { colour, shape, layout: Layout::One(Size::Usual), background: Colour::White })
}

fn draw(home: &Home, name: &str, scene: &Scene, seed: u64, width: u32, height: u32) {
    let path = home.photos().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, scene.draw(width, height, seed).bitmap()).unwrap();
}

/// Eight sunsets and eight snowy mountains, a copy of one of each, and a red circle among the sunsets.
fn explored() -> Home {
    let home = Home::new();
    for seed in 0..8 {
        draw(&home, &format!("sea/{seed}.bmp"), &Scene::View(View::SunsetOverTheSea), seed, 200, 150);
        draw(&home, &format!("alps/{seed}.bmp"), &Scene::View(View::SnowyMountain), seed, 200, 150);
    }
    draw(&home, "sea/circle.bmp", &figure(Colour::Red, Shape::Circle), 1, 200, 150);
    fs::copy(home.photos().join("sea/3.bmp"), home.photos().join("alps/copy & paste.bmp")).unwrap();
    let mountain = image::open(home.photos().join("alps/5.bmp")).unwrap();
    mountain.fliph().save(home.photos().join("alps/mirrored.bmp")).unwrap();
    assert_eq!(home.json(["add", "photos"])["indexed"], 19);
    home
}

fn names(photos: &Value) -> Vec<String> {
    let names = photos.as_array().unwrap().iter().map(|photo| name(&photo["path"]));
    names.collect()
}

fn name(path: &Value) -> String {
    Path::new(path.as_str().unwrap()).file_name().unwrap().to_string_lossy().into_owned()
}

/// What a browser would fetch or run.
fn assert_self_contained(html: &str) {
    for foreign in ["http:", "https:", "<script", "<link", "url("] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
}

#[test]
fn duplicates_are_told_in_every_form_and_stay_where_they_are() {
    let home = explored();
    let found = home.json(["explore", "duplicates"]);
    assert_eq!((&found["photos"], &found["model"]), (&19.into(), &"starter".into()), "{found}");
    let groups = found["groups"].as_array().unwrap();
    let relation = |wanted: &str| {
        let photos = groups.iter().flat_map(|group| group["photos"].as_array().unwrap());
        photos
            .filter(|photo| photo["relation"] == wanted)
            .map(|photo| name(&photo["path"]))
            .collect::<Vec<_>>()
    };
    assert!([["mirrored.bmp"], ["5.bmp"]].iter().any(|one| relation("mirrored") == one), "{found}");
    let same = groups.iter().find(|group| group["photos"][1]["relation"] == "sameFile").unwrap();
    assert_eq!(same["reason"], "first", "{same}");
    let mut pair = names(&same["photos"]);
    pair.sort();
    assert_eq!(pair, ["3.bmp", "copy & paste.bmp"]);
    assert_eq!(
        (&same["photos"][0]["relation"], &same["photos"][0]["id"]),
        (&"keeper".into(), &same["keeper"])
    );

    let csv = home.run(["explore", "duplicates", "--csv"]);
    let text = csv.text();
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("path,keeper,relation,reason,similarity,width,height,bytes,format"),
        "{csv:#?}"
    );
    let others: usize = groups.iter().map(|group| group["photos"].as_array().unwrap().len() - 1).sum();
    assert_eq!(lines.count(), others, "{csv:#?}");

    let words = home.run(["explore", "duplicates", "--space", "look"]).text();
    assert!(words.contains("mirrored") && words.contains("Nothing was deleted"), "{words}");
    let run = home.run(["explore", "duplicates", "--html", "found.html"]);
    assert_eq!((run.code, run.text().as_str()), (Some(0), ""), "{run:#?}");
    let html = fs::read_to_string(home.photos().with_file_name("found.html")).unwrap();
    assert_self_contained(&html);
    assert!(html.contains("copy &amp; paste.bmp") && html.contains("src=\"data:image/jpeg;base64,"));
    assert_eq!(html.matches("<img ").count(), others + groups.len());
    assert!(home.photos().join("alps/copy & paste.bmp").exists());
}

#[test]
fn a_folder_is_explored_alone() {
    let home = explored();
    let alps = home.json(["explore", "duplicates", "--folder", "photos/alps"]);
    assert_eq!(alps["photos"], 10, "{alps}");
    let both = home.json(["explore", "map", "--folder", "photos/alps", "--folder", "photos/sea"]);
    assert_eq!(both["photos"], 19, "{both}");
    let run = home.run(["--json", "explore", "map", "--folder", "a\"b"]);
    assert_eq!((run.code, &run.object()["error"]["code"]), (Some(2), &"usage".into()), "{run:#?}");
}

#[test]
fn a_stranger_is_told_with_what_is_nearest_to_it() {
    let home = explored();
    let found = home.json(["explore", "outliers", "--space", "look", "--per-folder"]);
    let stranger = &found["outliers"][0];
    assert_eq!(name(&stranger["path"]), "circle.bmp", "{found}");
    assert!(stranger["folder"]["path"].as_str().unwrap().ends_with("sea"), "{stranger}");
    assert!(stranger["score"].as_f64().unwrap() > 1.1);
    assert_eq!(paths(stranger, "neighbours").len(), 3);
    let csv = home.run(["explore", "outliers", "--space", "look", "--per-folder", "--csv", "out.csv"]);
    assert_eq!((csv.code, csv.text().as_str()), (Some(0), ""), "{csv:#?}");
    let table = fs::read_to_string(home.photos().with_file_name("out.csv")).unwrap();
    assert!(table.starts_with("path,score,folder,nearest,similarity\n"), "{table}");
    assert!(table.lines().nth(1).unwrap().contains("circle.bmp"), "{table}");
    assert!(home.run(["explore", "outliers"]).text().contains("among 19"));
}

#[test]
fn clusters_have_names_and_the_photos_that_belong_to_them() {
    let home = explored();
    let found = home.json(["explore", "clusters", "--space", "look"]);
    let themes = found["themes"].as_array().unwrap();
    assert!(themes.len() >= 2, "{found}");
    for theme in themes {
        let members = theme["members"].as_array().unwrap();
        assert_eq!(theme["photos"], members.len(), "{theme}");
        let covers: Vec<&Value> = theme["covers"].as_array().unwrap().iter().collect();
        assert!(covers.iter().all(|cover| members.iter().any(|member| member["id"] == **cover)), "{theme}");
        let words = theme["words"].as_array().unwrap();
        assert!(!words.is_empty() && words.len() <= 3, "{theme}");
        assert!(words.iter().all(|word| word["en"].is_string() && word["ko"].is_string()), "{theme}");
    }
    assert_eq!(home.json(["explore", "themes", "--space", "look"]), found, "the same by its other name");
    let table = home.run(["explore", "clusters", "--space", "look", "--csv"]).text();
    assert!(table.starts_with("theme,parent,name,words,words_ko,path\n"), "{table}");
    home.run(["explore", "clusters", "--space", "look", "--html", "themes.html"]);
    assert_self_contained(&fs::read_to_string(home.photos().with_file_name("themes.html")).unwrap());
}

#[test]
fn the_map_has_a_place_for_every_photo_and_is_the_same_again() {
    let home = explored();
    let map = home.json(["explore", "map", "--space", "look"]);
    let points = map["points"].as_array().unwrap();
    assert_eq!((points.len(), &map["model"]), (19, &"starter".into()));
    assert!(points.iter().all(|point| ["x", "y"].iter().all(|at| point[at].as_f64().unwrap().abs() <= 1.0)));
    assert_eq!(home.json(["explore", "map", "--space", "look"]), map);
    fs::remove_dir_all(home.library().join("explored")).unwrap();
    assert_eq!(
        home.json(["explore", "map", "--space", "look"])["points"],
        map["points"],
        "without what was kept"
    );
    home.run(["explore", "map", "--html", "map.html"]);
    let html = fs::read_to_string(home.photos().with_file_name("map.html")).unwrap();
    assert_self_contained(&html);
    assert_eq!(html.matches("<title>").count(), 1 + 19, "the page's and one for each photo");
}

#[test]
fn what_cannot_be_asked_is_told() {
    let home = Home::new();
    let run = home.run(["--json", "explore", "map"]);
    assert_eq!((run.code, &run.object()["error"]["code"]), (Some(1), &"no-library".into()), "{run:#?}");
    for line in
        [&["explore"][..], &["explore", "map", "--csv", "--json"], &["explore", "map", "--space", "smell"]]
    {
        assert_eq!(home.run(line).code, Some(2), "{line:?}");
    }
    home.json(["add", "photos"]);
    assert_eq!(home.json(["explore", "map"])["photos"], 0);
    assert_eq!(home.json(["explore", "duplicates"])["groups"], serde_json::json!([]));
    assert_eq!(home.json(["explore", "outliers"])["outliers"], serde_json::json!([]));
    assert_eq!(home.json(["explore", "clusters"])["themes"], serde_json::json!([]));
}
