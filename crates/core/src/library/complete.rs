//! How a query goes on in this library.

use super::Library;
use crate::error::Result;
use crate::search::{Completion, Vocabulary, unfinished};

impl Library {
    /// What could stand at `cursor` of a query, the likeliest first: names of filters, and the folders, cameras, people, years and
    /// months of this library. Those of a large one that has just changed may be the ones of before. `cursor` and the places of the
    /// answer count UTF-16 code units, as text fields do.
    ///
    /// # Errors
    /// There is no library yet, and a name in it is to be completed.
    pub fn complete(&self, query: &str, cursor: usize) -> Result<Vec<Completion>> {
        let Some(place) = unfinished(query, cursor) else { return Ok(Vec::new()) };
        match place.is_name() {
            true => Ok(place.completions(&*self.vocabulary()?)),
            false => Ok(place.completions(&Vocabulary::default())),
        }
    }
}
