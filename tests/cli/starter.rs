//! The starter model: answers on a machine that has nothing else, and says that it was it.

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::{Home, paths};

/// A library of four pictures on a machine without models.
fn fresh() -> Home {
    let home = Home::new();
    for number in 0..4 {
        pictures::write(&home.photos(), format!("{number}.png"), number);
    }
    home
}

#[test]
fn a_fresh_machine_answers_every_kind_of_question() {
    let home = fresh();
    let added = home.json(["add", "photos"]);
    assert_eq!(
        (&added["indexed"], &added["models"]),
        (&4.into(), &serde_json::json!(["starter"])),
        "{added}"
    );

    let found = home.json(["search", "a red disc"]);
    assert_eq!((&found["model"], &found["total"]), (&"starter".into(), &4.into()), "{found}");
    for by in ["meaning", "look"] {
        let found = home.json(["similar", "photos/1.png", "--by", by]);
        assert_eq!((&found["model"], &found["total"]), (&"starter".into(), &3.into()), "by {by}: {found}");
        let own = home.json(["embed", "--image", "photos/1.png", "--by", by]);
        assert_eq!(own["model"], "starter", "{own}");
    }
    let text = home.json(["embed", "--text", "a red disc"]);
    let picture = home.json(["embed", "--image", "photos/1.png"]);
    assert_eq!((&text["model"], &text["dim"]), (&"starter".into(), &picture["dim"]), "one space for both");
    let found = home.json(["search", "--image", "photos/2.png"]);
    assert_eq!(paths(&found, "results")[0], home.photos().join("2.png"));
    assert!(found["results"][0]["score"].as_f64().unwrap() > 0.999, "{found}");
    assert!(!home.models().exists(), "no folder of models is needed, nor made");
}

#[test]
fn the_two_kinds_of_likeness_have_vectors_of_their_own() {
    let home = fresh();
    home.json(["add", "photos"]);
    let status = home.json(["status"]);
    assert_eq!((&status["meaning"], &status["look"]), (&"starter".into(), &"starter".into()));
    let purposes = status["models"].as_array().unwrap().iter().map(|model| {
        assert_eq!((&model["id"], &model["photos"]), (&"starter".into(), &4.into()), "{status}");
        model["purpose"].as_str().unwrap()
    });
    let mut purposes: Vec<&str> = purposes.collect();
    purposes.sort_unstable();
    assert_eq!(purposes, ["look", "meaning"]);
    let vector = |by| home.json(["embed", "--image", "photos/0.png", "--by", by])["vector"].clone();
    assert_ne!(vector("meaning"), vector("look"));
}

#[test]
fn who_answered_is_said_and_that_more_is_to_be_had() {
    let home = fresh();
    let added = home.run(["add", "photos"]);
    for words in ["CLIP knows far more", "kindred models get clip-vit-b-32", "605.2 MB"] {
        assert!(added.stderr.contains(words), "no \"{words}\" in {added:#?}");
    }
    let found = home.run(["search", "disc"]);
    assert!(found.text().contains("answered by the starter model"), "{found:#?}");
    assert!(!found.stderr.contains("CLIP"), "not with every answer: {found:#?}");
    let status = home.run(["status"]);
    for words in ["starter (meaning): 4 of 4 photos", "by meaning: the starter model"] {
        assert!(status.text().contains(words), "no \"{words}\" in {status:#?}");
    }
    assert!(status.stderr.contains("kindred models get clip-vit-b-32"), "{status:#?}");
}

#[test]
fn a_model_that_was_chosen_answers_alone_and_the_starter_model_can_be_chosen() {
    let home = fresh();
    let (_clip, clip) = unpacked("clip-f32");
    let clip = clip.to_str().unwrap();
    let added = home.json(["add", "photos", "--model", clip]);
    assert_eq!(
        added["models"].as_array().unwrap().len(),
        2,
        "CLIP for meaning, the starter for look: {added}"
    );
    assert!(home.json(["search", "disc"])["model"].as_str().unwrap().starts_with("clip-"));
    assert_eq!(home.json(["similar", "photos/0.png", "--by", "look"])["model"], "starter");

    let run = home.run(["--json", "search", "disc", "--model", "starter"]);
    assert_eq!(run.object()["error"]["code"], "not-indexed", "{run:#?}");
    let chosen = home.json(["index", "--model", "starter"]);
    assert_eq!(chosen["models"], serde_json::json!(["starter"]));
    assert_eq!(home.json(["search", "disc"])["model"], "starter");
    assert_eq!(home.json(["search", "disc", "--model", clip])["total"], 4, "its vectors are kept");
}

#[test]
fn a_starter_network_in_a_folder_is_a_model_for_both_kinds_of_likeness() {
    let home = fresh();
    let (_starter, starter) = unpacked("starter-f16");
    home.json(["add", "photos", "--model", starter.to_str().unwrap()]);
    let ids = ["meaning", "look"].map(|by| {
        let found = home.json(["similar", "photos/0.png", "--by", by]);
        found["model"].as_str().unwrap().to_owned()
    });
    assert!(ids[0].starts_with("starter-") && ids[0] == ids[1], "{ids:?}");
    assert_eq!(home.json(["search", "disc"])["model"], ids[0]);
    let status = home.json(["status"]);
    let dims = status["models"].as_array().unwrap().iter().map(|model| {
        assert_eq!(model["id"], ids[0]);
        (model["purpose"].as_str().unwrap(), model["dim"].as_u64().unwrap())
    });
    assert_eq!(dims.collect::<Vec<_>>(), [("look", 22), ("meaning", 20)]);
}
