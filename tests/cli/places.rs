//! Where the program looks: the command line, the environment, the usual place.

use crate::pictures;
use crate::program::{Home, Run};

#[test]
fn the_library_of_the_command_line_wins_and_may_stand_anywhere() {
    let home = Home::new();
    pictures::write(&home.photos(), "a.png", 1);
    home.json(["add", "photos", "--library", "elsewhere"]);
    assert!(!home.library().exists(), "nothing is put where the environment says");
    for line in [["--library", "elsewhere", "status"], ["status", "--library", "elsewhere"]] {
        assert_eq!(home.json(line)["photos"]["total"], 1, "{line:?}");
    }
    let hint = home.run(["index", "--library", "elsewhere"]);
    assert!(
        hint.stderr.contains("`kindred index --library elsewhere`"),
        "hints are for that library: {hint:#?}"
    );
}

#[test]
fn an_empty_variable_names_nothing() {
    let home = Home::new();
    let user = home.photos();
    let mut command = home.command(["status"]);
    command.env("KINDRED_LIBRARY", "").env("KINDRED_MODELS", "").env("KINDRED_MIRROR", "");
    command.env_remove("XDG_DATA_HOME").env("HOME", &user).env("LOCALAPPDATA", &user).env("APPDATA", &user);
    let run = Run::from(command.output().unwrap());
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(run.stderr.contains("there is no library in"), "{run:#?}");
}
