//! Who is who: which faces are one person's, and what the user's decisions make of that.
//!
//! *Invariant*: pure functions. Nothing here reads a file, a database or a clock, and the order in which photos came makes no
//! difference: faces are handed over in the order of their contents and places.
//!
//! - [`neighbours`]: the nearest good faces of each face. The only step whose work grows with the square of the faces, and only
//!   new ones are compared.
//! - [`clusters`]: groups of faces that look like one person, by the lists of neighbours.
//! - [`decided`]: what the user's decisions say, of people and of single faces.
//! - [`identities`]: which person a group is.
//! - [`suggestions`]: what is worth asking.

pub(crate) mod area;
pub(crate) mod clusters;
#[cfg(test)]
mod clusters_tests;
pub(crate) mod decided;
pub(crate) mod identities;
pub(crate) mod neighbours;
pub(crate) mod quality;
pub(crate) mod suggestions;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod thresholds;
pub(crate) mod verdicts;

pub use area::FaceArea;
pub use clusters::{Node, Thresholds, clusters};
pub use decided::DecisionKind;
pub use neighbours::{List, Near, connect};
pub use thresholds::{DIM, GOOD};
