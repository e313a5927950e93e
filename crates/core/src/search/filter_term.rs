//! The filters of the query language: their names, and what a value does to a [`Filter`].

use super::date::{Misread, parse_range, parse_single};
use super::filter::{CountSpan, DateSpan, Filter};
use super::query_error::QueryProblem;

/// A word before a colon that is a filter. Every other word before a colon is text: `re:zero`, `https://…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FilterName {
    Folder,
    Camera,
    Date,
    Since,
    Until,
    Person,
    People,
    Is,
}

impl FilterName {
    pub(super) const ALL: [Self; 8] = [
        Self::Folder,
        Self::Camera,
        Self::Date,
        Self::Since,
        Self::Until,
        Self::Person,
        Self::People,
        Self::Is,
    ];

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
            Self::Person => "person",
            Self::People => "people",
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
            Self::Person => "person:\"Alice B\"",
            Self::People => "people:1-3",
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
            Self::Person if is_negated => filter.not_people.push(value.to_owned()),
            Self::Person => filter.people.push(value.to_owned()),
            Self::People if is_negated => filter.not_faces.push(count(value)?),
            Self::People => filter.faces.push(count(value)?),
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

/// Reads `2`, `3+` and `1-3`.
fn count(value: &str) -> Result<CountSpan, Misread> {
    let misread = || (QueryProblem::NotACount { value: value.to_owned() }, 0..value.len());
    let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse::<u32>().map_err(|_| misread()),
        false => Err(misread()),
    };
    let (least, most) = if let Some(least) = value.strip_suffix('+') {
        (number(least)?, None)
    } else if let Some((least, most)) = value.split_once('-') {
        (number(least)?, Some(number(most)?))
    } else {
        (number(value)?, Some(number(value)?))
    };
    match most {
        Some(most) if most < least => Err(misread()),
        _ => Ok(CountSpan { least, most }),
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
