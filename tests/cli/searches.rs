//! Searching, and the vectors behind it.

use std::path::Path;

use serde_json::Value;

use crate::fixtures::{fixture, unpacked};
use crate::pictures;
use crate::program::{Home, paths};

/// A library of `count` pictures, indexed with the small CLIP and the small ResNet50.
fn indexed(count: u32) -> Home {
    let home = Home::new();
    for number in 0..count {
        pictures::write(&home.photos(), format!("{number}.png"), number);
    }
    let (_clip, clip) = unpacked("clip-f32");
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    let kept = home.models().join("kept");
    copy(&clip, &kept.join("clip"));
    copy(&resnet, &kept.join("resnet"));
    home.json([
        "add".as_ref(),
        home.photos().as_os_str(),
        "--model".as_ref(),
        kept.join("clip").as_os_str(),
        "--model".as_ref(),
        kept.join("resnet").as_os_str(),
    ]);
    home
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Ranks count from `first`, scores are cosines and do not rise.
fn check_ranking(answer: &Value, first: u64) {
    let results = answer["results"].as_array().unwrap();
    let mut before = 1.0001;
    for (place, result) in results.iter().enumerate() {
        let keys: Vec<&String> = result.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "offline", "path", "rank", "score"], "{result}");
        assert_eq!(result["rank"], first + place as u64);
        let score = result["score"].as_f64().unwrap();
        assert!((-1.0001..=before).contains(&score), "{answer}");
        before = score;
    }
}

/// What a network ran on, and why.
fn check_device(device: &Value) {
    let keys: Vec<&String> = device.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["kind", "name", "reason"], "{device}");
}

#[test]
fn a_search_ranks_every_photo_and_pages_through_them() {
    let home = indexed(9);
    let all = home.json(["search", "a red disc", "--limit", "100"]);
    let keys: Vec<&String> = all.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["device", "model", "results", "strong", "took_ms", "total"]);
    check_device(&all["device"]);
    assert_eq!(all["total"], 9);
    assert!(all["took_ms"].as_f64().unwrap() > 0.0);
    check_ranking(&all, 1);

    let whole = paths(&all, "results");
    let first = home.json(["search", "a red disc", "--limit", "4"]);
    let second = home.json(["search", "a red disc", "--limit", "4", "--offset", "4"]);
    check_ranking(&second, 5);
    assert_eq!(paths(&first, "results"), whole[..4]);
    assert_eq!(paths(&second, "results"), whole[4..8]);
}

#[test]
fn a_minus_turns_a_ranking_round() {
    let home = indexed(6);
    let liked = paths(&home.json(["search", "disc"]), "results");
    let mut disliked = paths(&home.json(["search", "--", "-disc"]), "results");
    disliked.reverse();
    assert_eq!(liked, disliked);
    let unquoted = home.json(["search", "-disc", "--limit", "6"]);
    assert_eq!(paths(&unquoted, "results"), liked.iter().rev().cloned().collect::<Vec<_>>());
}

#[test]
fn pictures_are_terms_of_a_query_with_sign_and_weight() {
    let home = indexed(6);
    let photo = home.photos().join("3.png");
    let argument = photo.to_str().unwrap();
    let found = home.json(["search", "--image", argument]);
    check_ranking(&found, 1);
    assert_eq!(paths(&found, "results")[0], photo);
    assert!(found["results"][0]["score"].as_f64().unwrap() > 0.999);

    let away = home.json(["search", "--image", &format!("-{argument}")]);
    assert_eq!(paths(&away, "results").last(), Some(&photo));

    let mixed = home.json(["search", "disc", "--image", &format!("50:{argument}"), "--image", argument]);
    assert_eq!(paths(&mixed, "results")[0], photo);
}

#[test]
fn filters_narrow_a_search_and_alone_list_photos() {
    let home = indexed(4);
    let inside = home.photos().join("inside");
    std::fs::create_dir(&inside).unwrap();
    let photo = pictures::write(&inside, "x.png", 77);
    home.json(["index"]);

    assert_eq!(paths(&home.json(["search", "disc folder:inside"]), "results"), std::slice::from_ref(&photo));
    let alone = home.json(["search", "folder:inside"]);
    assert_eq!(paths(&alone, "results"), [photo]);
    assert!(alone["model"].is_null() && alone["results"][0]["score"].is_null(), "{alone}");
    assert!(alone["device"].is_null(), "no network ran: {alone}");
    assert!(paths(&home.json(["search", "disc until:1970"]), "results").is_empty());
}

#[test]
fn similar_photos_come_by_meaning_and_by_look_and_without_the_photo_itself() {
    let home = indexed(5);
    let photo = home.photos().join("2.png");
    std::fs::copy(&photo, home.photos().join("copy.png")).unwrap();
    home.json(["index"]);
    let mut models = Vec::new();
    for by in ["meaning", "look"] {
        let found = home.json(["similar", photo.to_str().unwrap(), "--by", by]);
        check_ranking(&found, 1);
        let paths = paths(&found, "results");
        assert_eq!(paths.len(), 5, "{found}");
        assert!(!paths.contains(&photo));
        assert_eq!(paths[0], home.photos().join("copy.png"), "by {by}");
        models.push(found["model"].as_str().unwrap().to_owned());
    }
    assert!(models[0].starts_with("clip-") && models[1].starts_with("resnet50-"), "{models:?}");
}

#[test]
fn any_file_can_be_asked_about() {
    let home = indexed(3);
    let outside = pictures::write(home.library().parent().unwrap(), "outside.png", 1);
    let found = home.json(["similar".as_ref(), outside.as_os_str()]);
    check_device(&found["device"]);
    let known = home.json(["similar", "photos/1.png"]);
    assert!(known["device"].is_null(), "no network ran for a photo whose vector is known: {known}");
    assert_eq!(paths(&found, "results")[0], home.photos().join("1.png"));
    assert_eq!(found["total"], 3);
}

#[test]
fn embed_prints_a_unit_vector_and_the_one_that_the_reference_library_gives() {
    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    let golden: Value = serde_json::from_slice(&std::fs::read(fixture("golden.json")).unwrap()).unwrap();
    let networks = golden["networks"].as_array().unwrap();
    let network = networks.iter().find(|network| network["folder"] == "clip-f32").unwrap();
    let text = &network["texts"][0];
    let image = network["images"].as_array().unwrap().iter().find(|image| image["exact"] == true).unwrap();
    let picture = fixture(image["picture"].as_str().unwrap());
    for (option, value, expected) in [
        ("--text", text["text"].as_str().unwrap(), &text["vector"]),
        ("--image", picture.to_str().unwrap(), &image["vector"]),
    ] {
        let answer =
            home.json(["embed", option, value, "--model", clip.to_str().unwrap(), "--device", "cpu"]);
        let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["device", "dim", "model", "vector"]);
        assert_eq!(answer["device"]["kind"], "cpu");
        let (vector, expected) = (numbers(&answer["vector"]), numbers(expected));
        assert_eq!(answer["dim"], vector.len());
        assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-5);
        assert!(cosine(&vector, &expected) > 0.9999, "{option} {value}: {}", cosine(&vector, &expected));
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}
