//! Where vectors come from: the truth that an index is a cache of.

use half::f16;

use crate::error::Result;
use crate::ids::PhotoId;

/// The log of vectors of one model.
///
/// *Invariant*: sequence numbers start at 1, never go down and are never used twice; a change of a vector,
/// its removal included, gets a higher one than everything before it.
pub trait VectorSource {
    /// A number that only this source has, drawn at random when it was created and kept for ever: a cache
    /// that was made from another catalog is not mistaken for one of this. 0 when there is none.
    fn origin(&self) -> u64 {
        0
    }

    /// The latest sequence number there is.
    ///
    /// # Errors
    /// Those of the source.
    fn latest(&self) -> Result<i64>;

    /// Calls `visit` with each change after `seq`, in order of sequence number, and returns
    /// [`Self::latest`]. `seq` 0 asks for everything live (removals may be left out).
    ///
    /// # Errors
    /// Those of the source, and whatever `visit` returns: it ends the walk.
    fn changes_since(&self, seq: i64, visit: &mut dyn FnMut(VectorChange<'_>) -> Result<()>) -> Result<i64>;
}

/// One step of the log.
#[derive(Debug, Clone, Copy)]
pub enum VectorChange<'a> {
    /// The photo has this vector now, whether it had one before or not. Unit length, `dim` components.
    Put {
        /// Whose vector.
        photo: PhotoId,
        /// Its components.
        vector: &'a [f16],
    },
    /// The photo has no vector any more, or is gone.
    Removed {
        /// Whose vector.
        photo: PhotoId,
    },
}
