//! Files whose name does not tell whether they are photos, and of which it is known.

use std::collections::HashMap;

use super::FileAccess;
use super::walk::FoundFile;
use crate::catalog::stored_path::from_bytes;
use crate::catalog::{FileStamp, KnownPhoto, OtherFiles};
use crate::media::NamedAs;

/// The files of one folder that need no look at their first bytes as long as they have the same size and time.
#[derive(Debug, Default)]
pub(super) struct Familiar {
    photos: HashMap<Box<[u8]>, FileStamp>,
    others: OtherFiles,
}

impl Familiar {
    pub(super) fn new(others: OtherFiles) -> Self {
        Self { photos: HashMap::new(), others }
    }

    /// Takes note of a known photo if its name does not tell that it is one.
    pub(super) fn know(&mut self, photo: &KnownPhoto, files: &FileAccess<'_>) {
        if !photo.missing && (files.named_as)(&from_bytes(&photo.rel)) == NamedAs::Unknown {
            self.photos.insert(photo.rel.clone(), photo.stamp);
        }
    }

    /// Whether the file is a photo; `None` if it is not known as it is now.
    pub(super) fn is_photo(&self, file: &FoundFile) -> Option<bool> {
        let known = |files: &HashMap<_, _>| files.get(&file.rel) == Some(&file.stamp);
        if known(&self.photos) { Some(true) } else { known(&self.others).then_some(false) }
    }

    /// The files that are no photos.
    pub(super) fn others(&self) -> &OtherFiles {
        &self.others
    }
}
