//! Running other programs.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::places::Places;

/// `cargo` for the project, building where the project builds.
pub(crate) fn cargo(places: &Places) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&places.root).env("CARGO_TARGET_DIR", &places.target);
    command
}

/// Shows the command, runs it in the open, and fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", shown(command));
    let status = command.status().with_context(|| format!("{} could not be started", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs the command unseen and gives what it wrote to its standard output; its errors stay visible.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} could not be started", shown(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}", shown(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} wrote no UTF-8", shown(command)))
}

/// The release build of an example, ready to be run. It is built as a part of the whole workspace: for one package alone, cargo
/// would choose other features of what all share, and build that anew.
pub(crate) fn example(places: &Places, name: &str, features: &[&str]) -> Result<Command> {
    let mut build = cargo(places);
    build.args(["build", "--release", "--quiet", "--workspace", "--example", name]);
    run(build.args(features.iter().flat_map(|feature| ["--features", feature])))?;
    let mut command = Command::new(places.example(name));
    command.current_dir(&places.root);
    Ok(command)
}

/// True when the command can be run and ends well. Nothing of it is seen.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).map(|word| quoted(&word)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    if word.is_empty() || word.contains(char::is_whitespace) { format!("'{word}'") } else { word.to_owned() }
}
