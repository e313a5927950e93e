//! What can be wrong with a query, and where.

use std::ops::Range;

/// A query that cannot be understood. Points at the characters in question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct QueryError {
    /// What is wrong, in words.
    pub problem: QueryProblem,
    /// Bytes of the query it is about. Never empty, always at character boundaries.
    pub bytes: Range<usize>,
    /// The same stretch in characters (Unicode scalar values).
    pub chars: Range<usize>,
}

impl QueryError {
    pub(super) fn new(problem: QueryProblem, query: &str, bytes: Range<usize>) -> Self {
        let count = |upto: usize| query.get(..upto).map_or(0, |text| text.chars().count());
        let chars = count(bytes.start)..count(bytes.end);
        Self { problem, bytes, chars }
    }
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryProblem {
    /// A quotation mark opens and none closes.
    #[error("this quotation mark is never closed")]
    UnclosedQuote,
    /// `""`.
    #[error("there is nothing between the quotation marks")]
    EmptyPhrase,
    /// `folder:` with nothing after it.
    #[error("{name}: needs a value right after the colon, for example {example}")]
    MissingValue {
        /// The filter.
        name: &'static str,
        /// A value that works.
        example: &'static str,
    },
    /// `2:folder:x`.
    #[error(
        "a filter is true or not and takes no weight; write \"{written}\" in quotes to search for the words"
    )]
    WeightedFilter {
        /// The filter as typed.
        written: String,
    },
    /// `0:dog`, `1000:dog`.
    #[error("the weight {weight} is not between 0.01 and 100; to exclude something, write a minus before it")]
    WeightOutOfRange {
        /// The weight as typed.
        weight: String,
    },
    /// `is:nonsense`.
    #[error("is:{value} is not known; is:offline is (photos whose folder cannot be reached)")]
    UnknownState {
        /// The value as typed.
        value: String,
    },
    /// `date:yesterday`, `date:2024-13`.
    #[error("{text} is not a date; write 2024, 2024-05 or 2024-05-31")]
    NotADate {
        /// The date as typed.
        text: String,
    },
    /// `since:2024..2025`.
    #[error("{name}: takes one date, not a range; use date:{range}")]
    RangeNotAllowed {
        /// The filter.
        name: &'static str,
        /// The range as typed.
        range: String,
    },
    /// `date:2024-08..2024-05`.
    #[error("this range ends before it begins")]
    BackwardRange,
    /// `date:..`.
    #[error("a range needs a date at one end at least")]
    OpenRange,
    /// `since:2025 until:2024`.
    #[error(
        "together with the filters before it, this leaves no moment in which a photo could have been taken"
    )]
    NoTimeLeft,
    /// `people:many`, `people:3-1`.
    #[error("{value} is not a number of people; write 0, 3+ or 1-3")]
    NotACount {
        /// The value as typed.
        value: String,
    },
    /// `is:offline -is:offline`.
    #[error("this contradicts an earlier is: filter, so no photo could be found")]
    Contradiction,
    /// Words where only filters can be.
    #[error("only filters can stand here, such as folder:rome or date:2024; words cannot")]
    OnlyFilters,
}

impl QueryProblem {
    /// A stable word for programs; the text of the problem is for people.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnclosedQuote => "unclosed-quote",
            Self::EmptyPhrase => "empty-phrase",
            Self::MissingValue { .. } => "missing-value",
            Self::WeightedFilter { .. } => "weighted-filter",
            Self::WeightOutOfRange { .. } => "weight-out-of-range",
            Self::UnknownState { .. } => "unknown-state",
            Self::NotADate { .. } => "not-a-date",
            Self::RangeNotAllowed { .. } => "range-not-allowed",
            Self::BackwardRange => "backward-range",
            Self::OpenRange => "open-range",
            Self::NoTimeLeft => "no-time-left",
            Self::NotACount { .. } => "not-a-count",
            Self::Contradiction => "contradiction",
            Self::OnlyFilters => "only-filters",
        }
    }

    /// The parts of the query that the problem speaks of, by name: `name` and `example` of a filter, and `written`, what was
    /// typed.
    pub fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::MissingValue { name, example } => {
                vec![("name", (*name).to_owned()), ("example", (*example).to_owned())]
            }
            Self::RangeNotAllowed { name, range } => {
                vec![("name", (*name).to_owned()), ("written", range.clone())]
            }
            Self::WeightedFilter { written }
            | Self::WeightOutOfRange { weight: written }
            | Self::UnknownState { value: written }
            | Self::NotACount { value: written }
            | Self::NotADate { text: written } => vec![("written", written.clone())],
            Self::UnclosedQuote
            | Self::EmptyPhrase
            | Self::BackwardRange
            | Self::OpenRange
            | Self::NoTimeLeft
            | Self::Contradiction
            | Self::OnlyFilters => Vec::new(),
        }
    }
}
