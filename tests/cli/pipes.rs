//! A reader that has had enough.

use std::process::Stdio;

use crate::pictures;
use crate::program::Home;

#[test]
fn a_closed_pipe_ends_the_program_quietly() {
    let home = Home::new();
    for number in 0..40 {
        pictures::write(&home.photos(), format!("{number}.png"), number);
    }
    home.json(["add", "photos"]);
    for arguments in [&["list"][..], &["list", "--json"], &["status"], &["models", "list"], &["--help"]] {
        let mut command = home.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        assert!(output.stderr.is_empty(), "{arguments:?}: {output:?}");
    }
}
