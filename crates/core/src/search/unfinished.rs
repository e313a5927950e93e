//! What stands at the cursor of a query that is being typed, and could go on.

use std::ops::Range;

use super::filter_term::FilterName;
use super::parse::Parser;

/// A filter, or the beginning of one's name, at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished<'a> {
    pub(super) query: &'a str,
    pub(super) what: What,
    /// What was typed of it before the cursor, quotation marks left out.
    pub(super) typed: &'a str,
    /// Bytes that a completion replaces.
    pub(super) bytes: Range<usize>,
}

/// What could go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A word, which may become the name of a filter.
    Key,
    /// The value of a filter.
    Value(FilterName),
}

impl Unfinished<'_> {
    /// Its completions are names in the library; those of other places are words of the query language.
    pub fn is_name(&self) -> bool {
        !matches!(self.what, What::Key | What::Value(FilterName::People | FilterName::Is))
    }
}

/// What stands at `cursor`, which counts UTF-16 code units as text fields do. `None` where nothing is to be completed: between
/// words, in a phrase, after a weight.
pub fn unfinished(query: &str, cursor: usize) -> Option<Unfinished<'_>> {
    let cursor = byte_at(query, cursor);
    let mut parser = Parser::new(query);
    loop {
        parser.skip_space();
        if parser.at > cursor || parser.rest().is_empty() {
            return None;
        }
        let mut is_weighted = false;
        parser.take_minus();
        // A weight that is out of range is not for this to complain of.
        if let Ok(Some(_)) = parser.take_weight() {
            is_weighted = true;
            parser.take_minus();
        }
        let start = parser.at;
        if let Some((name, length)) = FilterName::at_start_of(parser.word()) {
            let value = start + length;
            if cursor < value {
                return key(query, start, cursor, value).filter(|_| !is_weighted);
            }
            parser.at = value;
            let place = Value::at(&mut parser, cursor);
            if cursor <= place.bytes.end {
                return Some(place.unfinished(query, cursor, name)).filter(|_| !is_weighted);
            }
            continue;
        }
        match parser.take_phrase() {
            Ok(Some(_)) if cursor < parser.at => return None,
            Ok(Some(_)) => continue,
            // It goes on to the end.
            Err(_) => return None,
            Ok(None) => {}
        }
        let end = parser.word_end();
        if cursor <= end {
            return key(query, start, cursor, cursor).filter(|_| !is_weighted);
        }
        parser.at = end;
    }
}

fn key(query: &str, start: usize, cursor: usize, end: usize) -> Option<Unfinished<'_>> {
    let typed = query.get(start..cursor).filter(|typed| !typed.is_empty())?;
    Some(Unfinished { query, what: What::Key, typed, bytes: start..end })
}

/// Where the value of a filter stands.
struct Value {
    /// All of it, with its quotation marks.
    bytes: Range<usize>,
    /// What is between them.
    inside: Range<usize>,
}

impl Value {
    /// The value that begins where the parser is, which goes behind it.
    fn at(parser: &mut Parser<'_>, cursor: usize) -> Self {
        let start = parser.at;
        match parser.take_phrase() {
            Ok(Some(inside)) => Self { bytes: start..parser.at, inside },
            Ok(None) => {
                parser.at = parser.word_end();
                Self { bytes: start..parser.at, inside: start..parser.at }
            }
            // The end of the query would be too much to replace: it goes to the end of the word at the cursor.
            Err(_) => {
                let open = parser.rest().chars().next().map_or(0, char::len_utf8);
                parser.at = cursor.max(start + open);
                parser.at = parser.word_end();
                Self { bytes: start..parser.at, inside: start + open..parser.at }
            }
        }
    }

    fn unfinished<'a>(&self, query: &'a str, cursor: usize, name: FilterName) -> Unfinished<'a> {
        let Range { start, end } = self.inside.clone();
        let upto = cursor.clamp(start, end);
        let typed = &query[start..upto];
        let what = What::Value(name);
        if !matches!(name, FilterName::Date | FilterName::Since | FilterName::Until) {
            return Unfinished { query, what, typed, bytes: self.bytes.clone() };
        }
        // Each end of a range is completed by itself.
        let from = typed.rfind("..").map_or(start, |dots| start + dots + 2);
        let to = query[upto..end].find("..").map_or(end, |dots| upto + dots);
        Unfinished { query, what, typed: &query[from..upto], bytes: from..to }
    }
}

/// The byte at which the UTF-16 code unit of that number begins, or the character that it is part of; the end beyond it.
fn byte_at(text: &str, unit: usize) -> usize {
    let mut units = 0;
    for (byte, character) in text.char_indices() {
        units += character.len_utf16();
        if units > unit {
            return byte;
        }
    }
    text.len()
}
