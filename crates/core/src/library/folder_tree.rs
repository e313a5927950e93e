//! The folders of the library with the directories inside them that hold photos.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Library;
use super::answer::readable;
use crate::catalog::{Catalog, Folder, stored_path};
use crate::error::Result;
use crate::ids::FolderId;
use crate::scan;

/// A folder of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FolderTree {
    /// Which one.
    pub id: FolderId,
    /// Where it is.
    #[serde(serialize_with = "readable")]
    pub path: PathBuf,
    /// Its name; of the root of a file system the path.
    pub name: String,
    /// The last scan could reach it, and it can be listed now.
    pub online: bool,
    /// Photos in it and in everything inside it.
    pub photos: u64,
    /// The directories inside it that lead to photos: each directly before those inside it, those in one directory by name.
    pub subfolders: Vec<Subfolder>,
}

/// A directory inside a folder of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subfolder {
    /// Its name.
    pub name: String,
    /// Its path below the folder of the library, `/` between names.
    pub relative: String,
    /// Photos in it and in everything inside it.
    pub photos: u64,
}

impl Library {
    /// The folders of the library, in the order they were added, with the directories inside them.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn folder_tree(&self) -> Result<Vec<FolderTree>> {
        // A connection of its own: other questions do not wait until all paths are read.
        let mut trees = trees_of(&self.connect()?)?;
        for tree in &mut trees {
            // A mount point without its drive can be listed too: the last scan has told.
            tree.online = tree.online && scan::is_reachable(&tree.path);
        }
        Ok(trees)
    }
}

/// The trees; a folder that could be reached at the last scan counts as online.
pub(super) fn trees_of(catalog: &Catalog) -> Result<Vec<FolderTree>> {
    let mut trees: Vec<(FolderTree, Counts)> =
        catalog.folders()?.into_iter().map(|folder| (tree_of(folder), Counts::new())).collect();
    for directory in catalog.directories()? {
        let Some((tree, counts)) = trees.iter_mut().find(|(tree, _)| tree.id == directory.folder) else {
            continue;
        };
        tree.photos += directory.photos;
        let names: Vec<String> = match directory.rel.as_slice() {
            [] => Vec::new(),
            rel => rel.split(|byte| *byte == b'/').map(readable_name).collect(),
        };
        for depth in 1..=names.len() {
            *counts.entry(names[..depth].to_vec()).or_default() += directory.photos;
        }
    }
    let finished =
        trees.into_iter().map(|(tree, counts)| FolderTree { subfolders: subfolders(counts), ..tree });
    Ok(finished.collect())
}

/// Photos by path below the folder.
type Counts = BTreeMap<Vec<String>, u64>;

fn tree_of(folder: Folder) -> FolderTree {
    let name = folder.path.file_name().unwrap_or(folder.path.as_os_str()).to_string_lossy().into_owned();
    let (id, online) = (folder.id, folder.online);
    FolderTree { id, name, online, photos: 0, subfolders: Vec::new(), path: folder.path }
}

fn subfolders(counts: Counts) -> Vec<Subfolder> {
    let mut sorted: Vec<(Vec<String>, Vec<String>, u64)> = counts
        .into_iter()
        .map(|(names, photos)| (names.iter().map(|name| name.to_lowercase()).collect(), names, photos))
        .collect();
    sorted.sort();
    let subfolder = |(_, mut names, photos): (Vec<String>, Vec<String>, u64)| {
        let relative = names.join("/");
        Subfolder { name: names.pop().unwrap_or_default(), relative, photos }
    };
    sorted.into_iter().map(subfolder).collect()
}

fn readable_name(stored: &[u8]) -> String {
    Path::new(&stored_path::from_bytes(stored)).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::TestCatalog;

    #[test]
    fn a_directory_counts_what_is_inside_it_and_stands_before_it() {
        let test = TestCatalog::new();
        let names = ["b/x/1", "b/x/2", "b/3", "4", "a b/5", "a/deep/er/6", "B2/7"];
        test.with_photos("/p/Photos", &names);
        test.with_photos("/q", &[]);
        let trees = trees_of(&test).unwrap();
        let found: Vec<_> = trees[0]
            .subfolders
            .iter()
            .map(|sub| (sub.relative.as_str(), sub.name.as_str(), sub.photos))
            .collect();
        assert_eq!(
            found,
            [
                ("a", "a", 1),
                ("a/deep", "deep", 1),
                ("a/deep/er", "er", 1),
                ("a b", "a b", 1),
                ("b", "b", 3),
                ("b/x", "x", 2),
                ("B2", "B2", 1),
            ]
        );
        assert_eq!((trees[0].name.as_str(), trees[0].photos, trees[0].online), ("Photos", 7, true));
        assert_eq!((trees[1].name.as_str(), trees[1].photos, trees[1].subfolders.len()), ("q", 0, 0));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_unicode_are_shown_as_far_as_they_can_be() {
        use crate::catalog::{FileStamp, ScanWrite};
        let test = TestCatalog::new();
        let folder = test.add_folder(Path::new("/")).unwrap().id;
        let stamp = FileStamp { size: 1, mtime_ns: 0 };
        let new = ScanWrite::New { folder, rel: b"f\xFCr/a.jpg"[..].into(), stamp, volume: 1 };
        test.apply_scan(&[new], 1).unwrap();
        let trees = trees_of(&test).unwrap();
        assert_eq!(trees[0].name, "/");
        assert_eq!(trees[0].subfolders[0].relative, "f\u{FFFD}r");
    }
}
