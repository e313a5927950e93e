//! Errors as the page gets them.

use std::collections::BTreeMap;

use kindred_core::Error;
use serde::Serialize;

/// Result of every command.
pub(crate) type Result<T> = std::result::Result<T, CommandError>;

/// Why a command gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct CommandError {
    /// A stable word, for which the page has its own.
    pub code: String,
    /// In English, for what the page has no words for.
    pub message: String,
    /// What the message is about: `path`, `model`, and for a query `at` and `length`, in characters.
    pub params: BTreeMap<String, String>,
}

impl CommandError {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), params: BTreeMap::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// What this window cannot do on this system.
    pub(crate) fn unavailable(what: &str) -> Self {
        Self::new("unavailable", format!("{what} is not available here")).with("what", what)
    }

    /// A name that the system's dialog, or its drag and drop, could not hand over whole.
    pub(crate) fn not_unicode() -> Self {
        Self::new("not-unicode", "the name of what was chosen is no Unicode and did not arrive whole")
    }

    /// A picture of a query that this window does not know, or no longer.
    pub(crate) fn unknown_picture(token: &str) -> Self {
        Self::new("unknown-picture", "this picture of the query is not known any more").with("token", token)
    }

    /// A later question has taken the place of this one.
    pub(crate) fn superseded() -> Self {
        Error::Superseded.into()
    }
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        let params = error.params().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { code: error.code().to_owned(), message: error.to_string(), params }
    }
}
