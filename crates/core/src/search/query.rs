//! A query, parsed.

use std::path::PathBuf;

use super::filter::Filter;
use crate::ids::PhotoId;

/// What is looked for, and among which photos.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// What the photos should resemble. Without terms the photos that pass the filter are browsed, newest first.
    pub terms: Vec<Term>,
    /// Which photos are considered.
    pub filter: Filter,
}

/// One direction in the space of vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// How much it counts; negative for what is not wanted. Finite, never 0.
    pub weight: f32,
    /// What is turned into a vector.
    pub source: TermSource,
}

/// What a term is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermSource {
    /// Words, as they were typed.
    Text(String),
    /// A picture file. The query language has no pictures; the shells add them.
    Image(PathBuf),
    /// A photo of the library, which the shells add as well.
    Photo(PhotoId),
}
