//! How a query goes on in this library.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use super::Library;
use super::folder_tree::trees_of;
use crate::catalog::Catalog;
use crate::error::Result;
use crate::search::{Completion, Vocabulary, unfinished};

impl Library {
    /// What could stand at `cursor` of a query, the likeliest first: names of filters, and the folders, cameras, people, years and
    /// months of this library. `cursor` and the places of the answer count UTF-16 code units, as text fields do.
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

    /// The names in the library, read anew when it has changed.
    fn vocabulary(&self) -> Result<Arc<Vocabulary>> {
        let revision = self.revision()?;
        let mut known = self.vocabulary.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, vocabulary)) = &*known
            && *of == revision
        {
            return Ok(Arc::clone(vocabulary));
        }
        let vocabulary = Arc::new(vocabulary_of(&self.connect()?)?);
        *known = Some((revision, Arc::clone(&vocabulary)));
        Ok(vocabulary)
    }
}

fn vocabulary_of(catalog: &Catalog) -> Result<Vocabulary> {
    let mut folders = Vec::new();
    for tree in trees_of(catalog)? {
        let root = tree.path.to_string_lossy().into_owned();
        let within = root.trim_end_matches(['/', '\\']);
        folders.extend(tree.subfolders.iter().map(|sub| (format!("{within}/{}", sub.relative), sub.photos)));
        folders.push((root, tree.photos));
    }
    let taken = catalog.cameras_and_months()?;
    let decided = catalog.decided()?;
    let mut people: BTreeMap<&str, u64> = BTreeMap::new();
    for counts in catalog.people()? {
        if let Some(name) = decided.name(counts.person) {
            *people.entry(name).or_default() += counts.photos;
        }
    }
    let people = people.into_iter().map(|(name, photos)| (name.to_owned(), photos)).collect();
    Ok(Vocabulary::new(folders, taken.cameras, people, taken.months))
}
