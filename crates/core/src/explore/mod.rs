//! What a library is made of: near-duplicates, outliers, themes and a map. Pure functions over vectors and small pictures.
//!
//! Everything here is deterministic: the same photos with the same vectors give the same answer, in whatever order they come
//! and however many threads work on it. Photos are sorted by id before anything else, random numbers are seeded, and no sum
//! depends on how work was cut into pieces.
//!
//! *Invariant*: nothing here knows the catalog, files or networks.

pub mod duplicates;
mod eigen;
pub mod map;
mod neighbours;
pub mod outliers;
mod pca;
mod products;
mod random;
mod space;
mod steps;
pub mod themes;

pub use neighbours::{GRAPH_NEIGHBOURS, Neighbours};
pub use pca::{Principal, principal};
pub use space::Space;
#[cfg(test)]
pub(crate) use steps::testing;
pub use steps::{Stage, Step, Steps};
