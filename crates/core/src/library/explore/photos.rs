//! Rows of the catalog, for those who explore.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::catalog::{PhotoRow, PhotoState};
use crate::error::Result;
use crate::ids::{FolderId, PhotoId};
use crate::library::Library;
use crate::search::Filter;

impl Library {
    /// The photos that pass a filter and were read, in order of id.
    pub(super) fn ready_rows(&self, filter: &Filter) -> Result<Vec<PhotoRow>> {
        // A connection of its own: others do not wait until all rows are read.
        let catalog = self.connect()?;
        let mut rows = catalog.rows(&catalog.photos_matching(filter)?)?;
        rows.retain(|row| row.state == PhotoState::Ready && row.hash.is_some());
        Ok(rows)
    }

    /// The directories in which photos lie, with the places of their photos among `photos`, in order of path.
    pub(super) fn directories(&self, photos: &[PhotoId]) -> Result<Vec<(FolderId, PathBuf, Vec<usize>)>> {
        let place: HashMap<PhotoId, usize> = photos.iter().copied().zip(0..).collect();
        let mut directories: HashMap<(PathBuf, FolderId), Vec<usize>> = HashMap::new();
        for row in self.connect()?.rows(photos)? {
            let directory = row.path.parent().unwrap_or(Path::new("")).to_path_buf();
            directories.entry((directory, row.folder)).or_default().extend(place.get(&row.id));
        }
        let mut directories: Vec<_> =
            directories.into_iter().map(|((path, folder), places)| (folder, path, places)).collect();
        directories.sort_unstable_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
        directories.iter_mut().for_each(|(_, _, places)| places.sort_unstable());
        Ok(directories)
    }
}
