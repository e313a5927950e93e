//! What `kindred` answers.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, thread};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::places::Places;
use crate::process;

/// How many photos of each answer are shown.
const SHOWN: &str = "6";

/// Runs `kindred` on one library.
pub(super) struct Kindred<'a> {
    pub places: &'a Places,
    /// Absent: the user's own.
    pub library: Option<PathBuf>,
}

/// An answer with its question.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    #[serde(skip)]
    pub question: Asked,
    /// What the first result should be called, where that is known; a number may follow.
    #[serde(skip)]
    pub right: Option<&'static str>,
    pub model: Option<String>,
    pub took_ms: f64,
    pub strong: usize,
    pub total: usize,
    pub results: Vec<Found>,
}

/// What was asked.
#[derive(Debug)]
pub(super) enum Asked {
    Words(String),
    Like { photo: PathBuf, by: &'static str },
}

/// One photo of an answer.
#[derive(Debug, Deserialize)]
pub(super) struct Found {
    pub rank: usize,
    pub path: PathBuf,
    pub score: Option<f32>,
}

impl Answer {
    /// Whether the first result is the right one; `None` where nobody knows.
    pub(super) fn is_right(&self) -> Option<bool> {
        let right = self.right?;
        Some(self.results.first().is_some_and(|first| is_called(&first.path, right)))
    }
}

/// Whether a picture is the one of that name, or another of the same: "a cat", "a cat 2".
fn is_called(path: &Path, name: &str) -> bool {
    let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
    stem == name
        || stem
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(' '))
            .is_some_and(|number| number.parse::<u32>().is_ok())
}

impl Asked {
    pub(super) fn is_by_look(&self) -> bool {
        matches!(self, Self::Like { by: "look", .. })
    }
}

impl Default for Asked {
    fn default() -> Self {
        Self::Words(String::new())
    }
}

impl Kindred<'_> {
    /// In the open.
    pub(super) fn run(&self, arguments: &[&OsStr]) -> Result<()> {
        println!();
        process::run(self.command().args(arguments))
    }

    pub(super) fn search(&self, question: &str, right: Option<&'static str>) -> Result<Answer> {
        let mut command = self.command();
        command.args(["--json", "search", "--limit", SHOWN, "--", question]);
        Ok(Answer { question: Asked::Words(question.to_owned()), right, ..answer(&mut command)? })
    }

    pub(super) fn similar(&self, photo: &Path, by: &'static str) -> Result<Answer> {
        let mut command = self.command();
        command.args(["--json", "similar", "--limit", SHOWN, "--by", by, "--"]).arg(photo);
        Ok(Answer { question: Asked::Like { photo: photo.to_path_buf(), by }, ..answer(&mut command)? })
    }

    /// A small JPEG of every photo of the answers that can be read, by its path. They are kept in `folder`.
    pub(super) fn thumbnails(&self, folder: &Path, answers: &[&Answer]) -> Result<HashMap<PathBuf, Vec<u8>>> {
        let mut paths: Vec<&Path> = Vec::new();
        for answer in answers {
            paths.extend(answer.results.iter().map(|found| found.path.as_path()));
            if let Asked::Like { photo, .. } = &answer.question {
                paths.push(photo);
            }
        }
        paths.sort();
        paths.dedup();
        let mut command = Command::new(self.places.example("thumbnails"));
        let mut child = command.arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut stdin = child.stdin.take().context("a pipe to the example thumbnails")?;
        let request = serde_json::to_vec(&paths)?;
        // Written aside: the example may begin to print before it has read everything.
        let writer = thread::spawn(move || stdin.write_all(&request));
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "the example thumbnails ended with {}", output.status);
        writer.join().map_err(|_| anyhow::anyhow!("the example thumbnails was not asked"))??;
        let made: Vec<Option<PathBuf>> = serde_json::from_slice(&output.stdout)?;
        let read = paths.into_iter().zip(made).filter_map(|(path, made)| {
            let thumbnail = made?;
            Some(fs::read(&thumbnail).map(|bytes| (path.to_path_buf(), bytes)))
        });
        Ok(read.collect::<std::io::Result<_>>()?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.places.kindred());
        if let Some(library) = &self.library {
            command.arg("--library").arg(library);
        }
        command
    }
}

/// Asks unseen: graphics drivers talk on the standard error, again with every question. What stands there is told when the
/// question cannot be answered.
fn answer(command: &mut Command) -> Result<Answer> {
    let output = command.stdin(Stdio::null()).output().context("kindred could not be started")?;
    ensure!(
        output.status.success(),
        "kindred gave no answer: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    serde_json::from_slice(&output.stdout).context("the answer of kindred --json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_picture_of_the_same_is_right_too() {
        let is_right = |path: &str| {
            let found = Found { rank: 1, path: path.into(), score: None };
            Answer {
                question: Asked::default(),
                right: Some("a red circle"),
                model: None,
                took_ms: 1.0,
                strong: 1,
                total: 1,
                results: vec![found],
            }
            .is_right()
        };
        for right in ["/photos/a red circle.bmp", "a red circle 2.bmp", "a red circle 12.png"] {
            assert_eq!(is_right(right), Some(true), "{right}");
        }
        for wrong in ["a red circle left of a blue one.bmp", "a red circle2.bmp", "two.bmp"] {
            assert_eq!(is_right(wrong), Some(false), "{wrong}");
        }
    }
}
