//! `cargo xtask test`: every test of the page and of the workspace, with totals at the end.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::places::Places;
use crate::{process, setup, ui};

/// Installs what is missing, then runs the tests in the release profile: networks are too slow without it.
/// The tests find these variables in their environment.
pub(crate) fn test(places: &Places, arguments: &[String], environment: &[(&str, &OsStr)]) -> Result<()> {
    setup::prepare(places, setup::TESTING)?;
    // Who names a test wants that one.
    if arguments.is_empty() {
        ui::test(places)?;
    }
    let (for_cargo, for_tests) = split(arguments);
    // Building first, on its own, shows cargo's progress; the run below is read line by line.
    process::run(cargo_test(places, for_cargo).arg("--no-run"))?;

    let (reader, writer) = io::pipe()?;
    let mut command = cargo_test(places, for_cargo);
    command.args(["--no-fail-fast", "--", "--show-output"]).args(for_tests);
    command.envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().context("cargo test could not be started")?;
    // The command keeps the pipe's writing end: while it lives, reading would never come to an end.
    drop(command);

    let mut tally = Tally::default();
    for line in BufReader::new(reader).lines() {
        if let Some(shown) = tally.take(&line?) {
            println!("{shown}");
        }
    }
    let status = child.wait()?;
    for reason in &tally.skipped {
        println!("skipped: {reason}");
    }
    println!("{}", tally.totals());
    if !status.success() {
        bail!("tests failed");
    }
    Ok(())
}

fn cargo_test(places: &Places, arguments: &[String]) -> Command {
    let mut command = process::cargo(places);
    command.args(["test", "--release"]);
    if !arguments.iter().any(|argument| argument.starts_with("-p") || argument.starts_with("--package")) {
        command.arg("--workspace");
    }
    command.args(arguments);
    command
}

/// What stands before `--` is cargo's, what stands after it is the tests'.
fn split(arguments: &[String]) -> (&[String], &[String]) {
    match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[]),
    }
}

/// Reads the output of `cargo test -- --show-output`.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    passed: u64,
    failed: u64,
    ignored: u64,
    /// Reasons that tests gave for not having tested anything.
    skipped: Vec<String>,
    /// Between the headings of what successful tests wrote: seen here, not shown.
    in_successes: bool,
}

impl Tally {
    /// Counts a line; gives it back when it is worth showing.
    fn take<'a>(&mut self, line: &'a str) -> Option<&'a str> {
        // With one test thread the word stands behind the name of the test.
        if let Some(reason) =
            line.strip_prefix("skipped: ").or_else(|| Some(line.split_once(" ... skipped: ")?.1))
        {
            self.skipped.push(reason.to_owned());
            return None;
        }
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.in_successes = false;
            self.passed += count(counts, "passed");
            self.failed += count(counts, "failed");
            self.ignored += count(counts, "ignored");
            return Some(line);
        }
        if line == "ok" || (line.starts_with("test ") && line.ends_with(" ... ok")) {
            return None;
        }
        match line {
            "successes:" => self.in_successes = true,
            "failures:" => self.in_successes = false,
            _ => {}
        }
        (!self.in_successes && !line.trim().is_empty()).then_some(line)
    }

    /// A skipped test ran and passed as far as cargo knows; here it counts only as skipped.
    fn totals(&self) -> String {
        let skipped = self.skipped.len() as u64;
        let passed = self.passed.saturating_sub(skipped);
        format!("{passed} passed, {} failed, {} skipped", self.failed, skipped + self.ignored)
    }
}

/// The number before `word` in `ok. 12 passed; 0 failed; …`.
fn count(counts: &str, word: &str) -> u64 {
    let mut words = counts.split([' ', ';']).filter(|w| !w.is_empty());
    let mut before = "";
    words
        .find_map(|w| {
            if w == word {
                before.parse().ok()
            } else {
                before = w;
                None
            }
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
running 3 tests
test decode::every_file_of_the_corpus ... ok

successes:

---- decode::every_file_of_the_corpus stdout ----
skipped: no test data at ../shared/data
chatter

successes:
    decode::every_file_of_the_corpus

test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s

running 1 test
test x ... FAILED

failures:

---- x stdout ----
panicked at x

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
";

    #[test]
    fn skipped_tests_are_counted_and_not_as_passed() {
        let mut tally = Tally::default();
        let shown: Vec<&str> = OUTPUT.lines().filter_map(|line| tally.take(line)).collect();
        assert_eq!(tally.totals(), "2 passed, 1 failed, 2 skipped");
        assert_eq!(tally.skipped, ["no test data at ../shared/data"]);
        assert!(shown.contains(&"panicked at x"));
        assert!(shown.contains(&"test x ... FAILED"));
        assert!(!shown.iter().any(|line| line.contains("chatter") || line.contains("every_file")));
    }

    #[test]
    fn arguments_are_split_at_the_two_dashes() {
        let all: Vec<String> = ["-p", "kindred-core", "--", "--ignored"].map(str::to_owned).to_vec();
        assert_eq!(split(&all), (&all[..2], &all[3..]));
        assert_eq!(split(&all[..2]), (&all[..2], &[][..]));
    }
}
