//! What people read.

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::Home;

#[test]
fn every_command_answers_in_words_too() {
    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    let photo = pictures::write(&home.photos(), "a.png", 1);
    pictures::write(&home.photos(), "b.png", 2);
    let broken = pictures::write_broken(&home.photos(), "broken.jpg");
    let (clip, photo, broken) = (clip.to_str().unwrap(), photo.to_str().unwrap(), broken.to_str().unwrap());

    for (arguments, expected) in [
        (&["add", "photos", "--model", clip][..], &["3 photos found", "2  brought up to date", broken][..]),
        (&["index"], &["2  unchanged", "1  could not be read"]),
        (&["retry"], &["1  could not be read"]),
        (&["search", "disc", "--limit", "1"], &["   1  ", ".png", "answered by clip-"]),
        (&["similar", photo], &["b.png"]),
        (&["similar", photo, "--by", "look"], &["b.png", "answered by the starter model"]),
        (&["list"], &["ready", photo, "failed", broken]),
        (&["list", "--failed"], &[broken]),
        (&["folders"], &["3 photos", "photos"]),
        (
            &["status"],
            &["3 in all", "2 ready", "clip-", "starter (look): 2 of 3 photos", "by look: the starter model"],
        ),
        (&["doctor", "--device", "cpu"], &["CPU", "ok", "database"]),
        (&["models", "list"], &["clip-vit-b-32", "MIT", "missing", "built in", "CLIP knows far more"]),
        (&["models", "verify", clip], &["ok"]),
        (&["models", "remove", "resnet50"], &["freed"]),
        (&["--version"], &["kindred "]),
        (&["remove", "photos"], &["forgot 3 photos", "untouched"]),
    ] {
        let run = home.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {run:#?}");
        for words in expected {
            assert!(run.text().contains(words), "{arguments:?}: no \"{words}\" in {run:#?}");
        }
    }
    let vector = home.run(["embed", "--text", "disc", "--model", clip]);
    assert_eq!(
        vector.text().lines().filter_map(|line| line.parse::<f32>().ok()).count(),
        20,
        "one number a line"
    );
}

#[test]
fn progress_is_written_in_lines_where_nobody_watches_and_never_into_the_answer() {
    let home = Home::new();
    pictures::write(&home.photos(), "a.png", 1);
    let run = home.run(["add", "photos", "--json"]);
    assert!(run.stderr.contains("looking through the folders"), "{run:#?}");
    assert!(!run.stderr.contains('\u{1b}'), "no escape sequences in a log: {run:#?}");
    run.object();
}
