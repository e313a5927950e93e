//! What cannot be done: the exit code, the words, and the object for scripts.

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::Home;

/// The command ends with `code`; its words contain `words`, and so does the message of its JSON error, whose code is
/// `name`.
fn check(home: &Home, arguments: &[&str], code: i32, name: &str, words: &str) {
    let plain = home.run(arguments);
    assert_eq!(plain.code, Some(code), "{arguments:?}: {plain:#?}");
    assert!(plain.stderr.contains(words), "{arguments:?}: no \"{words}\" in {plain:#?}");
    assert!(plain.stdout.is_empty(), "{arguments:?}: {plain:#?}");

    let json = home.run([&["--json"], arguments].concat());
    assert_eq!(json.code, Some(code), "{arguments:?}: {json:#?}");
    let object = json.object();
    let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["error"], "{object}");
    let keys: Vec<&String> = object["error"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["code", "message"], "{object}");
    assert_eq!(object["error"]["code"], name, "{arguments:?}: {object}");
    let message = object["error"]["message"].as_str().unwrap();
    assert!(message.contains(words), "{arguments:?}: no \"{words}\" in {message}");
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_2() {
    let home = Home::new();
    for (arguments, words) in [
        (&["frobnicate"][..], "frobnicate"),
        (&["search"], "QUERY"),
        (&["search", "dog", "--limit", "many"], "many"),
        (&["search", "--nonsense", "dog"], "--nonsense"),
        (&["similar", "x.png", "--by", "smell"], "smell"),
        (&["embed"], "--text"),
        (&["embed", "--text", "a", "--image", "b"], "--image"),
        (&["list", "--failed", "--offline"], "--offline"),
        (&["add"], "FOLDER"),
        (&["status", "--device", "abacus"], "abacus"),
        (&["search", "dog", "--model", "a", "--model", "b"], "--model"),
        (&["search", "dog", "--image"], "--image"),
        (&["--model", "a", "index"], "--model"),
        (&["status", "--library", ""], "--library"),
        (&["models", "get"], "ID"),
    ] {
        check(&home, arguments, 2, "usage", words);
    }
}

#[test]
fn a_query_that_cannot_be_understood_ends_with_2_and_is_pointed_at() {
    let home = Home::new();
    home.json(["add".as_ref(), home.photos().as_os_str()]);
    check(&home, &["search", "beach date:someday"], 2, "query", "someday");
    check(&home, &["search", "beach \"red car"], 2, "query", "quotation mark");
    for (query, shown) in [
        ("beach date:someday", "  beach date:someday\n             ^^^^^^^"),
        ("바다 date:someday", "  바다 date:someday\n            ^^^^^^^"),
    ] {
        let run = home.run(["search", query]);
        assert!(run.stderr.contains(shown), "{run:#?}");
    }
}

#[test]
fn without_a_library_there_is_nothing_to_ask() {
    let home = Home::new();
    for arguments in [
        &["search", "dog"][..],
        &["similar", "x.png"],
        &["info", "x.png"],
        &["list"],
        &["folders"],
        &["status"],
        &["index"],
        &["retry"],
        &["remove", "photos"],
    ] {
        check(&home, arguments, 1, "no-library", "kindred add");
    }
    assert!(!home.library().exists(), "a question makes no library");
}

#[test]
fn what_is_known_of_a_photo_is_asked_of_photos_of_the_library() {
    let home = Home::new();
    home.json(["add", "photos"]);
    pictures::write(&home.photos(), "new.png", 1);
    for photo in ["photos/new.png", "photos", "nowhere.png"] {
        check(&home, &["info", photo], 1, "unknown-photo", "not a photo of this library");
    }
}

#[test]
fn the_starter_model_can_be_neither_fetched_nor_replaced_nor_removed() {
    let home = Home::new();
    for arguments in [
        &["models", "get", "starter"][..],
        &["models", "remove", "starter"],
        &["models", "import", "starter", "x"],
    ] {
        check(&home, arguments, 1, "model", "built into the program");
    }
}

#[test]
fn models_that_are_unknown_or_for_something_else_are_refused() {
    let home = Home::new();
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    let (_clip, clip) = unpacked("clip-f32");
    pictures::write(&home.photos(), "a.png", 1);
    home.json(["add".as_ref(), home.photos().as_os_str(), "--model".as_ref(), resnet.as_os_str()]);
    let (resnet, clip) = (resnet.to_str().unwrap(), clip.to_str().unwrap());

    check(&home, &["search", "dog", "--model", "no-such-model"], 1, "model", "no-such-model");
    check(&home, &["models", "get", "no-such-model"], 1, "model", "no-such-model");
    check(&home, &["models", "verify", "no-such-model"], 1, "model", "no-such-model");
    check(&home, &["models", "remove", "no-such-model"], 1, "model", "no-such-model");
    check(&home, &["models", "import", "no-such-model", "x"], 1, "model", "no-such-model");
    check(&home, &["search", "dog", "--model", "clip-vit-b-32"], 1, "model", "clip-vit-b-32");
    check(&home, &["search", "dog", "--model", resnet], 1, "wrong-purpose", "meaning");
    check(&home, &["similar", "photos/a.png", "--by", "look", "--model", clip], 1, "wrong-purpose", "look");
    check(&home, &["embed", "--text", "dog", "--model", resnet], 1, "wrong-purpose", "text");
    check(&home, &["search", "dog", "--model", clip], 1, "not-indexed", "kindred index --model");
    let look = ["similar", "photos/a.png", "--by", "look", "--model", "starter"];
    check(&home, &look, 1, "not-indexed", "kindred index --model starter");
    check(&home, &["embed", "--text", "dog", "--by", "look"], 1, "wrong-purpose", "text");
}

#[test]
fn a_file_that_is_no_model_is_refused_with_its_size_and_stays_where_it_is() {
    let home = Home::new();
    let file = home.photos().join("model.safetensors");
    std::fs::write(&file, b"not a model").unwrap();
    check(&home, &["models", "import", "clip-vit-b-32", file.to_str().unwrap()], 1, "wrong-file", "11 bytes");
    assert!(file.exists());
    let missing = home.photos().join("missing.safetensors");
    check(
        &home,
        &["models", "import", "clip-vit-b-32", missing.to_str().unwrap()],
        1,
        "model",
        "missing.safetensors",
    );
}

#[test]
fn files_and_folders_that_are_not_there_are_named() {
    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    let clip = clip.to_str().unwrap();
    pictures::write(&home.photos(), "a.png", 1);
    check(&home, &["add", "no-such-folder"], 1, "io", "no-such-folder");
    check(&home, &["add", "photos", "no-such-folder"], 1, "io", "no-such-folder");
    assert!(!home.library().exists(), "none is added when one cannot be");
    home.json(["add", "photos", "--model", clip]);
    check(&home, &["remove", "elsewhere"], 1, "unknown-folder", "elsewhere");
    check(&home, &["similar", "no-such.png"], 1, "unreadable", "no-such.png");
    check(&home, &["search", "--image", "no-such.png"], 1, "unreadable", "no-such.png");
    std::fs::write(home.photos().join("notes.jpg"), "no picture at all").unwrap();
    check(&home, &["embed", "--image", "photos/notes.jpg"], 1, "not-a-picture", "notes.jpg");
}

#[test]
fn a_damaged_model_folder_names_the_tensor_or_the_file() {
    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    let weights = clip.join("model.safetensors");
    let bytes = std::fs::read(&weights).unwrap();
    std::fs::write(&weights, &bytes[..bytes.len() / 2]).unwrap();
    let run = home.run(["embed", "--text", "dog", "--model", clip.to_str().unwrap()]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(run.stderr.contains("model.safetensors"), "{run:#?}");
}
