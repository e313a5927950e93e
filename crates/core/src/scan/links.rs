//! Links to files: which of them are photos of their own.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::FileAccess;
use super::rules::is_junk;
use super::walk::FoundLink;
use crate::catalog::Folder;
use crate::catalog::stored_path::relative;
use crate::media::NamedAs;

/// Keeps the links that add a photo: those to files that no scan lists, one link for each file. `links` are pairs
/// of any tag and a link; the order decides which of several links to one file is kept. `own` is the library's folder.
pub(super) fn that_add_a_photo<T>(
    links: Vec<(T, FoundLink)>,
    folders: &[Folder],
    own: Option<&Path>,
    files: &FileAccess<'_>,
) -> Vec<(T, FoundLink)> {
    let mut targets: HashSet<PathBuf> = HashSet::new();
    let adds = |(_, link): &(T, FoundLink)| !is_listed(&link.target, folders, own, files);
    links.into_iter().filter(adds).filter(|(_, link)| targets.insert(link.target.clone())).collect()
}

/// A scan of the folders finds the file under its own name.
fn is_listed(target: &Path, folders: &[Folder], own: Option<&Path>, files: &FileAccess<'_>) -> bool {
    if (files.named_as)(target) == NamedAs::Other || own.is_some_and(|own| target.starts_with(own)) {
        return false;
    }
    let in_folder = |folder: &Folder| {
        let rel = relative(target, &folder.path);
        rel.is_some_and(|rel| !rel.split(|byte| *byte == b'/').any(is_junk))
    };
    folders.iter().any(in_folder)
}
