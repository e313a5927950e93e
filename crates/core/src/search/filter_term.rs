//! The filters of the query language: their names, and what a value does to a [`Filter`].

use super::date::{Misread, parse_range, parse_single};
use super::filter::{DateSpan, Filter};
use super::query_error::QueryProblem;

/// A word before a colon that is a filter. Every other word before a colon is text: `re:zero`, `https://…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FilterName {
    Folder,
    Camera,
    Date,
    Since,
    Until,
    Is,
}

impl FilterName {
    pub(super) const ALL: [Self; 6] =
        [Self::Folder, Self::Camera, Self::Date, Self::Since, Self::Until, Self::Is];

    /// The filter that `word` begins with, its colon included, and the number of bytes that takes.
    pub(super) fn at_start_of(word: &str) -> Option<(Self, usize)> {
        let (name, _) = word.split_once(':')?;
        let filter = Self::ALL.into_iter().find(|filter| filter.word().eq_ignore_ascii_case(name))?;
        Some((filter, name.len() + 1))
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Camera => "camera",
            Self::Date => "date",
            Self::Since => "since",
            Self::Until => "until",
            Self::Is => "is",
        }
    }

    pub(super) const fn example(self) -> &'static str {
        match self {
            Self::Folder => "folder:\"Summer 2024\"",
            Self::Camera => "camera:canon",
            Self::Date => "date:2024-05..2024-08",
            Self::Since => "since:2024-05",
            Self::Until => "until:2024-05-31",
            Self::Is => "is:offline",
        }
    }

    /// Adds the condition, or its contrary, to `filter`.
    ///
    /// # Errors
    /// What is wrong with `value`, and where in it.
    pub(super) fn apply(self, filter: &mut Filter, value: &str, is_negated: bool) -> Result<(), Misread> {
        match self {
            Self::Folder if is_negated => filter.not_folders.push(value.to_owned()),
            Self::Folder => filter.folders.push(value.to_owned()),
            Self::Camera if is_negated => filter.not_cameras.push(value.to_owned()),
            Self::Camera => filter.cameras.push(value.to_owned()),
            Self::Date if is_negated => filter.not_dates.push(parse_range(value)?),
            Self::Date => narrow(filter, parse_range(value)?, value)?,
            Self::Since | Self::Until => {
                let named = parse_single(self.word(), value)?;
                // Not since May is: up to the end of April. Not until May is: from June on.
                let span = match (self, is_negated) {
                    (Self::Since, false) => DateSpan { from: named.from, until: None },
                    (Self::Since, true) => DateSpan { from: None, until: named.from },
                    (_, false) => DateSpan { from: None, until: named.until },
                    (_, true) => DateSpan { from: named.until, until: None },
                };
                narrow(filter, span, value)?;
            }
            Self::Is => {
                if !value.eq_ignore_ascii_case("offline") {
                    let value = value.to_owned();
                    return Err((QueryProblem::UnknownState { value: value.clone() }, 0..value.len()));
                }
                if filter.offline.replace(!is_negated) == Some(is_negated) {
                    return Err((QueryProblem::Contradiction, 0..value.len()));
                }
            }
        }
        Ok(())
    }
}

/// Keeps what lies both in the filter's time and in `span`.
fn narrow(filter: &mut Filter, span: DateSpan, value: &str) -> Result<(), Misread> {
    filter.from = filter.from.max(span.from);
    filter.until = [filter.until, span.until].into_iter().flatten().min();
    match (filter.from, filter.until) {
        (Some(from), Some(until)) if until <= from => Err((QueryProblem::NoTimeLeft, 0..value.len())),
        _ => Ok(()),
    }
}
