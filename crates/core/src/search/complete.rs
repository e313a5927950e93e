//! How a query that is being typed could go on.

use std::borrow::Cow;
use std::cmp::Reverse;

use serde::Serialize;

use super::comparable::comparable;
use super::filter_term::FilterName;
use super::unfinished::{Unfinished, What};
use super::vocabulary::{Month, Name, Vocabulary};

/// More are not looked through by anybody.
const MOST: usize = 20;

/// What could stand in place of a part of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// First UTF-16 code unit of the query that is replaced.
    pub from: usize,
    /// The one after the last that is replaced.
    pub to: usize,
    /// What is put there, quoted where it must be.
    pub text: String,
    /// What it is.
    pub kind: CompletionKind,
    /// Photos that it leads to, where it is a name in the library.
    pub count: Option<u64>,
}

/// What a completion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CompletionKind {
    /// A folder's name, or the end of its path.
    Folder,
    /// A camera's name.
    Camera,
    /// A year or a month.
    Date,
    /// A person's name.
    Person,
    /// A word of the query language.
    Key,
}

impl Unfinished<'_> {
    /// What could stand there, the likeliest first, at most 20. What stands there already is left out.
    pub fn completions(&self, vocabulary: &Vocabulary) -> Vec<Completion> {
        match self.what {
            What::Key => {
                let word = |name: &FilterName| match name {
                    FilterName::Is => "is:offline".to_owned(),
                    name => format!("{}:", name.word()),
                };
                self.listed(FilterName::ALL.iter().map(word).filter(|word| self.begins(word)))
            }
            What::Value(FilterName::Is) => {
                self.listed(Some("offline".to_owned()).filter(|word| self.begins(word)))
            }
            What::Value(FilterName::People) => {
                let counts = ["0", "1", "2", "3+"].map(str::to_owned);
                self.listed(counts.into_iter().filter(|count| self.begins(count)))
            }
            What::Value(FilterName::Person) => {
                self.named(ranked(&vocabulary.people, &comparable(self.typed)), CompletionKind::Person)
            }
            What::Value(FilterName::Folder) => self.folders(vocabulary),
            What::Value(FilterName::Camera) => {
                self.named(ranked(&vocabulary.cameras, &comparable(self.typed)), CompletionKind::Camera)
            }
            What::Value(FilterName::Date | FilterName::Since | FilterName::Until) => {
                let dates = dates(&vocabulary.months, self.typed);
                self.offered(dates.map(|(date, photos)| (date, Some(photos))), CompletionKind::Date)
            }
        }
    }

    fn begins(&self, word: &str) -> bool {
        word.get(..self.typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(self.typed))
    }

    /// By name, or where a slash was typed by the end of the path that goes on with it.
    fn folders(&self, vocabulary: &Vocabulary) -> Vec<Completion> {
        let typed = comparable(self.typed);
        if !typed.contains('/') {
            return self.named(ranked(&vocabulary.folders, &typed), CompletionKind::Folder);
        }
        let is_absolute = typed.starts_with('/') || typed.as_bytes().get(1..3) == Some(b":/");
        let end_of = |path: &'_ Name| -> Option<(String, u64)> {
            let from = match is_absolute {
                true => path.compared.starts_with(&typed).then_some(0)?,
                false => path.compared.find(&format!("/{typed}"))? + 1,
            };
            // The path's own letters, where lower case has kept their places.
            let text = path.text.get(from..).filter(|_| path.text.len() == path.compared.len());
            Some((text.unwrap_or(&path.compared[from..]).to_owned(), path.photos))
        };
        let mut found: Vec<(String, u64)> = vocabulary.paths.iter().filter_map(end_of).collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found.dedup_by(|again, first| {
            let is_same = again.0 == first.0;
            first.1 += if is_same { again.1 } else { 0 };
            is_same
        });
        found.sort_by_key(|(text, photos)| (text.matches('/').count(), Reverse(*photos)));
        self.quoted(found.into_iter(), CompletionKind::Folder)
    }

    fn named<'a>(&self, names: impl Iterator<Item = &'a Name>, kind: CompletionKind) -> Vec<Completion> {
        self.quoted(names.map(|name| (name.text.clone(), name.photos)), kind)
    }

    fn quoted(&self, names: impl Iterator<Item = (String, u64)>, kind: CompletionKind) -> Vec<Completion> {
        let values = names.filter_map(|(name, photos)| Some((quoted(&name)?.into_owned(), Some(photos))));
        self.offered(values, kind)
    }

    fn listed(&self, words: impl IntoIterator<Item = String>) -> Vec<Completion> {
        self.offered(words.into_iter().map(|word| (word, None)), CompletionKind::Key)
    }

    fn offered(
        &self,
        texts: impl Iterator<Item = (String, Option<u64>)>,
        kind: CompletionKind,
    ) -> Vec<Completion> {
        let unit = |byte: usize| self.query[..byte].encode_utf16().count();
        let (from, to) = (unit(self.bytes.start), unit(self.bytes.end));
        let replaced = &self.query[self.bytes.clone()];
        let new = texts.filter(|(text, _)| text != replaced).take(MOST);
        new.map(|(text, count)| Completion { from, to, text, kind, count }).collect()
    }
}

/// The names that hold `typed`: those that begin with it, those in which a word does, and the others; of each kind those of
/// most photos first.
fn ranked<'a>(names: &'a [Name], typed: &str) -> impl Iterator<Item = &'a Name> {
    let place = |name: &&'a Name| {
        let at = name.compared.find(typed)?;
        let begins_a_word =
            name.compared[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        Some(match at {
            0 => 0,
            _ if begins_a_word => 1,
            _ => 2,
        })
    };
    let mut found: Vec<(usize, &Name)> =
        names.iter().filter_map(|name| Some((place(&name)?, name))).collect();
    found.sort_by_key(|(place, name)| (*place, Reverse(name.photos)));
    found.into_iter().map(|(_, name)| name)
}

/// Years, and from the fourth digit on months, that go on from `typed`, the latest first.
fn dates(months: &[Month], typed: &str) -> impl Iterator<Item = (String, u64)> {
    let mut dates: Vec<(String, u64)> = Vec::new();
    for month in months {
        let date = match typed.len() {
            ..4 => format!("{:04}", month.year),
            _ => format!("{:04}-{:02}", month.year, month.month),
        };
        if !date.starts_with(typed) {
            continue;
        }
        match dates.last_mut() {
            Some((last, photos)) if *last == date => *photos += month.photos,
            _ => dates.push((date, month.photos)),
        }
    }
    dates.into_iter()
}

/// A value as it must be written to be read as one; `None` for a name with both kinds of quotation marks, which cannot be.
fn quoted(value: &str) -> Option<Cow<'_, str>> {
    let is_mark = |c: char| matches!(c, '"' | '“' | '”' | '„');
    if !value.contains(char::is_whitespace) && !value.starts_with(is_mark) {
        return Some(Cow::Borrowed(value));
    }
    match (value.contains('"'), value.contains(['“', '”'])) {
        (false, _) => Some(Cow::Owned(format!("\"{value}\""))),
        (true, false) => Some(Cow::Owned(format!("“{value}”"))),
        (true, true) => None,
    }
}

#[cfg(test)]
#[path = "complete_tests.rs"]
mod tests;
