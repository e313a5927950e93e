//! The numbers that decide who is one person. They were chosen on the curve in `docs/measurements.md`.

/// Components of a face's vector.
pub const DIM: usize = 128;

/// Faces of at least this quality make groups; the others only join them.
pub const GOOD: f32 = 0.35;

/// Faces this much alike are put together first: the cores of groups.
pub(crate) const CORE: f32 = 0.70;

/// Two groups become one while their faces are, on average, at least this much alike.
pub(crate) const JOIN: f32 = 0.40;

/// A poor face joins the group that it is this much like, on average.
pub(crate) const ATTACH: f32 = 0.40;

/// Faces less alike than this are no neighbours.
pub(crate) const FLOOR: f32 = 0.30;

/// Neighbours that are kept of each face.
pub(crate) const NEIGHBOURS: usize = 32;

/// From here on two faces are taken for one person's where nothing else is known.
pub(crate) const SAME_PERSON: f32 = 0.40;
