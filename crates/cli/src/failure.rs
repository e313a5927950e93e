//! What went wrong, for people and for scripts.

use std::io;
use std::ops::Range;

use kindred_core::{Error, ModelError};
use serde_json::json;
use unicode_width::UnicodeWidthStr;

use crate::exit_code::ExitCode;
use crate::output::Output;
use crate::progress::tell;

/// Why a command did not end well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library refused.
    Library(Error),
    /// The arguments make no sense together.
    Usage(String),
    /// The answer could not be written.
    Output(io::Error),
    /// The user interrupted a job. Its answer has been printed, with how to go on.
    Interrupted,
    /// The user interrupted a job before it had an answer. Says how to go on.
    Stopped(String),
    /// Something is wrong with the library. The answer that was printed says what.
    Unhealthy,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Cancelled | Error::Model(ModelError::Cancelled) => {
                Self::Stopped("Interrupted.".to_owned())
            }
            error => Self::Library(error),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// Says how to go on, if the user interrupted the job.
    pub(crate) fn going_on(self, how: impl FnOnce() -> String) -> Self {
        match self {
            Self::Stopped(_) => Self::Stopped(how()),
            other => other,
        }
    }

    /// Says what went wrong: words on the standard error, and with `--json` one object on the standard output.
    pub(crate) fn report(&self, output: Output) -> ExitCode {
        match self {
            // The reader had enough, as `head` does: nothing is wrong.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::Done,
            Self::Interrupted | Self::Unhealthy => {}
            _ => {
                let message = self.message();
                let stopped = matches!(self, Self::Stopped(_));
                tell(&if stopped { message.clone() } else { format!("error: {message}") });
                self.pointer().iter().flatten().for_each(|line| tell(line));
                report_json(output, self.code(), &message);
            }
        }
        self.exit_code()
    }

    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::Usage,
            Self::Interrupted | Self::Stopped(_) => ExitCode::Interrupted,
            Self::Output(_) | Self::Unhealthy => ExitCode::Error,
            Self::Library(error) => match error.code() {
                "query" => ExitCode::Usage,
                _ => ExitCode::Error,
            },
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Library(error) => error.code(),
            Self::Usage(_) => "usage",
            Self::Output(_) => "output",
            Self::Interrupted | Self::Stopped(_) => "cancelled",
            Self::Unhealthy => "unhealthy",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Library(error) => {
                hint(error).map_or_else(|| error.to_string(), |hint| format!("{error}: {hint}"))
            }
            Self::Usage(words) | Self::Stopped(words) => words.clone(),
            Self::Output(error) => format!("the answer could not be written: {error}"),
            Self::Interrupted => "interrupted".to_owned(),
            Self::Unhealthy => "something is wrong with the library".to_owned(),
        }
    }

    /// The query, and below it carets at what is wrong.
    fn pointer(&self) -> Option<[String; 2]> {
        let Self::Library(Error::Query { query, source }) = self else { return None };
        Some(pointing(query, &source.bytes))
    }
}

/// The command that helps. The library itself knows no commands.
fn hint(error: &Error) -> Option<String> {
    Some(match error {
        Error::NoLibrary { .. } => "\"kindred add FOLDER\" makes one".to_owned(),
        Error::NotIndexed { asked: Some(asked), .. } => format!("\"kindred index --model {asked}\" does it"),
        Error::NotIndexed { asked: None, .. } => "\"kindred index\" does it".to_owned(),
        Error::CatalogDamaged { .. } => {
            "\"kindred doctor --set-aside\" renames it, so that \"kindred add\" can make a new one".to_owned()
        }
        _ => return None,
    })
}

/// The same error for scripts; nothing without `--json`.
pub(crate) fn report_json(output: Output, code: &str, message: &str) {
    if output.is_json() {
        // An output that cannot take the error either leaves the exit code to tell of it.
        let _ = output.answer(&json!({ "error": { "code": code, "message": message } }), |_| Ok(()));
    }
}

/// `bytes` lie at characters' boundaries; they may lie behind the last one.
fn pointing(query: &str, bytes: &Range<usize>) -> [String; 2] {
    let before = query.get(..bytes.start).unwrap_or(query);
    let wrong = query.get(bytes.clone()).unwrap_or_default();
    let carets = "^".repeat(wrong.width().max(1));
    [format!("  {query}"), format!("  {}{carets}", " ".repeat(before.width()))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_what_is_wrong_however_wide_the_characters_are() {
        for (query, bytes, carets) in [
            ("a date:x", 7..8, "       ^"),
            ("바다 date:x", 12..13, "          ^"),
            ("is:바다", 3..9, "   ^^^^"),
            ("dog", 3..3, "   ^"),
        ] {
            assert_eq!(pointing(query, &bytes), [format!("  {query}"), format!("  {carets}")]);
        }
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        let closed = Failure::Output(io::ErrorKind::BrokenPipe.into());
        assert_eq!(closed.report(Output::new(true)), ExitCode::Done);
    }
}
