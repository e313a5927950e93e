//! Nearest neighbours among the vectors of one model.
//!
//! SQLite is the truth; everything here is a cache of it that may be deleted. A [`VectorIndex`] is a compact
//! matrix in a memory-mapped file (f16), what changed since it was written (a delta in memory and
//! tombstones), and, for large libraries, an HNSW graph over the matrix, built at the end of an indexing job.
//!
//! *Invariant*: this is the only place that knows instant-distance.
//! *Invariant*: every score that leaves this module comes from the exact scan's own kernel, whichever way the
//! photo was found.

mod changes;
mod dot;
mod graph;
mod graph_build;
mod graph_file;
mod id_set;
mod index;
mod matrix;
mod matrix_writer;
mod neighbour;
mod rows;
mod scan;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use dot::dot_rows;
pub use graph_build::{BuiltGraph, GraphBuild};
pub use id_set::IdSet;
pub use index::{IndexOptions, VectorIndex};
pub use matrix_writer::remove_cache;
pub use neighbour::Neighbour;
pub use source::{VectorChange, VectorSource};
