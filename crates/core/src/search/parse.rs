//! The query language.
//!
//! ```text
//! beach at sunset            words together are one text
//! "red car"                  a phrase is a text of its own
//! -people  -"red car"        not this: a minus right before a word or phrase, at its beginning
//! 2:dog  0.5:"red car"       counts twice, half; -2:dog
//! folder:rome  camera:canon  parts of a folder's or camera's name; quote values with spaces
//! date:2024-05..2024-08      also 2024, 2024-05, 2024-05-31, 2024.., ..2024; both ends count
//! since:2024  until:2024-05  from the beginning of, up to the end of
//! person:Alice               somebody who is seen, by name; several must all be there
//! people:0  people:3+        how many faces are seen; also people:2 and people:1-3
//! is:offline                 the photo's folder cannot be reached
//! -folder:rome …             the contrary of any filter
//! ```
//! Everything else is text: `well-known`, `12:30`, `re:zero`, `https://…`, a minus with a space after it.

use std::ops::{Range, RangeInclusive};

use super::filter::Filter;
use super::filter_term::FilterName;
use super::query::{Query, Term, TermSource};
use super::query_error::{QueryError, QueryProblem};

/// Weights outside make one term the only one, or none.
pub(crate) const WEIGHTS: RangeInclusive<f32> = 0.01..=100.0;

/// Reads a query. The text of all words without sign or weight comes first among its terms.
///
/// # Errors
/// [`QueryError`] with the place of what cannot be understood. Text alone is never an error.
pub fn parse(query: &str) -> Result<Query, QueryError> {
    let mut parser = Parser::new(query);
    let mut words: Vec<&str> = Vec::new();
    let mut terms = Vec::new();
    let mut filter = Filter::default();
    while let Some(item) = parser.next_item(&mut filter)? {
        match item {
            Item::Word(word) => words.push(word),
            Item::Term(weight, text) => {
                terms.push(Term { weight, source: TermSource::Text(text.to_owned()) });
            }
            Item::Filter => {}
        }
    }
    if !words.is_empty() {
        terms.insert(0, Term { weight: 1.0, source: TermSource::Text(words.join(" ")) });
    }
    Ok(Query { terms, filter })
}

enum Item<'a> {
    /// Part of the plain text.
    Word(&'a str),
    /// A text with its weight.
    Term(f32, &'a str),
    /// Taken into the filter.
    Filter,
}

/// Reads a query from left to right.
pub(super) struct Parser<'a> {
    query: &'a str,
    /// Byte up to which everything is read.
    pub(super) at: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(query: &'a str) -> Self {
        Self { query, at: 0 }
    }

    pub(super) fn skip_space(&mut self) {
        self.at = self.query.len() - self.rest().trim_start().len();
    }

    fn next_item(&mut self, filter: &mut Filter) -> Result<Option<Item<'a>>, QueryError> {
        self.skip_space();
        if self.rest().is_empty() {
            return Ok(None);
        }
        let start = self.at;
        let mut is_negated = self.take_minus();
        let weight = self.take_weight()?;
        is_negated |= weight.is_some() && !is_negated && self.take_minus();
        if let Some((name, length)) = FilterName::at_start_of(self.word()) {
            if weight.is_some() {
                let written = self.word().to_owned();
                return Err(self.error(QueryProblem::WeightedFilter { written }, start..self.word_end()));
            }
            return self.take_filter(name, length, is_negated, filter).map(|()| Some(Item::Filter));
        }
        let is_plain = !is_negated && weight.is_none();
        let weight = weight.unwrap_or(1.0) * if is_negated { -1.0 } else { 1.0 };
        let open = self.at;
        if let Some(phrase) = self.take_phrase()? {
            let text = &self.query[phrase];
            if text.trim().is_empty() {
                return Err(self.error(QueryProblem::EmptyPhrase, open..self.at));
            }
            return Ok(Some(Item::Term(weight, text)));
        }
        let word = self.word();
        self.at += word.len();
        Ok(Some(if is_plain { Item::Word(word) } else { Item::Term(weight, word) }))
    }

    fn take_filter(
        &mut self,
        name: FilterName,
        length: usize,
        is_negated: bool,
        filter: &mut Filter,
    ) -> Result<(), QueryError> {
        let start = self.at;
        self.at += length;
        let value = match self.take_phrase()? {
            Some(phrase) => phrase,
            None => {
                let value = self.at..self.word_end();
                self.at = value.end;
                value
            }
        };
        if self.query[value.clone()].trim().is_empty() {
            let problem = QueryProblem::MissingValue { name: name.word(), example: name.example() };
            return Err(self.error(problem, start..self.at));
        }
        name.apply(filter, &self.query[value.clone()], is_negated)
            .map_err(|(problem, at)| self.error(problem, value.start + at.start..value.start + at.end))
    }

    /// A minus that has something right after it. Two in a row are text, as is one between spaces.
    pub(super) fn take_minus(&mut self) -> bool {
        let after = self.rest().strip_prefix('-').and_then(|after| after.chars().next());
        let is_minus = after.is_some_and(|next| next != '-' && !next.is_whitespace());
        self.at += usize::from(is_minus);
        is_minus
    }

    /// A number and a colon, unless a digit (`12:30`, `16:9`) or nothing follows.
    pub(super) fn take_weight(&mut self) -> Result<Option<f32>, QueryError> {
        let Some((number, after)) = self.word().split_once(':') else { return Ok(None) };
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let is_weight = is_number && after.chars().next().is_some_and(|next| !next.is_ascii_digit());
        let Some(weight) = number.parse::<f32>().ok().filter(|_| is_weight) else { return Ok(None) };
        if !WEIGHTS.contains(&weight) {
            let problem = QueryProblem::WeightOutOfRange { weight: number.to_owned() };
            return Err(self.error(problem, self.at..self.at + number.len()));
        }
        self.at += number.len() + 1;
        Ok(Some(weight))
    }

    /// The inside of the quotation marks that open here, if any do. Typographic ones count: phones type them.
    pub(super) fn take_phrase(&mut self) -> Result<Option<Range<usize>>, QueryError> {
        let closing: &[char] = match self.rest().chars().next() {
            Some('"') => &['"'],
            Some('“' | '”' | '„') => &['”', '“'],
            _ => return Ok(None),
        };
        let open = self.at;
        let start = open + self.rest().chars().next().map_or(0, char::len_utf8);
        let Some(length) = self.query[start..].find(closing) else {
            return Err(self.error(QueryProblem::UnclosedQuote, open..start));
        };
        let inside = start..start + length;
        self.at = inside.end + self.query[inside.end..].chars().next().map_or(0, char::len_utf8);
        Ok(Some(inside))
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.query[self.at..]
    }

    /// What stands here up to the next space.
    pub(super) fn word(&self) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())]
    }

    pub(super) fn word_end(&self) -> usize {
        self.at + self.word().len()
    }

    fn error(&self, problem: QueryProblem, bytes: Range<usize>) -> QueryError {
        QueryError::new(problem, self.query, bytes)
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
