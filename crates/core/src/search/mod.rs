//! What a search means: the query language and how it goes on, how terms are combined, and where relevance ends.
//!
//! *Invariant*: pure functions. Nothing here reads a file, a database or a clock.

mod combine;
mod comparable;
mod complete;
mod date;
mod filter;
mod filter_term;
mod modes;
mod only_filters;
mod parse;
mod query;
mod query_error;
mod relevance;
mod unfinished;
mod vocabulary;

pub use combine::{CombineError, combine};
pub(crate) use comparable::comparable;
pub use complete::{Completion, CompletionKind};
pub use filter::{CountSpan, DateSpan, Filter};
pub use only_filters::parse_filters;
pub(crate) use parse::WEIGHTS;
pub use parse::parse;
pub use query::{Query, Term, TermSource};
pub use query_error::{QueryError, QueryProblem};
pub use relevance::{Scores, relevance_cut};
pub use unfinished::{Unfinished, unfinished};
pub use vocabulary::{Month, Vocabulary};
