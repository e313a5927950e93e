//! Work that takes long: indexing, and fetching models.

mod downloads;
mod indexing;

pub(crate) use downloads::Downloads;
pub(crate) use indexing::Indexing;
