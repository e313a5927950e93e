//! Nearest neighbours among the vectors of one model.
//!
//! SQLite is the truth; everything here is a cache of it that may be deleted. A [`VectorIndex`] is a compact
//! matrix in a memory-mapped file (f16), what changed since it was written (a delta in memory and
//! tombstones), and, for large libraries, an HNSW graph over the matrix, built in the background.
//!
//! *Invariant*: this is the only place that knows instant-distance.
//! *Invariant*: every score that leaves this module comes from the exact scan's own kernel, whichever way the
//! photo was found.

mod changes;
mod dot;
mod graph;
mod graph_file;
mod graph_job;
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

pub use id_set::IdSet;
pub use index::{GraphState, IndexOptions, VectorIndex};
pub use neighbour::Neighbour;
pub use source::{VectorChange, VectorSource};
