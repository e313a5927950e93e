//! Photos that show the same picture: copies, other sizes and formats, mirrored, turned, cropped, edited, and bursts.
//!
//! Candidates are pairs with like fingerprints ([`Signature`]) and near neighbours among vectors. Each pair is looked at
//! ([`Picture`]) before it counts: first as a whole, in all eight ways to lay one square on another, then by points that both have
//! in common, which finds crops and any turn.

mod affine;
mod candidates;
mod features;
mod groups;
mod picture;
mod relation;
mod signature;
mod square;

pub use candidates::{NEIGHBOURS, candidates};
pub use groups::{Candidate, Group, Member, Pair, Reason, grouped};
pub use picture::Picture;
#[cfg(test)]
pub(crate) use picture::testing::drawn;
pub use relation::{Facts, Relation, related};
pub use signature::{SIGNATURE_VERSION, Signature};
