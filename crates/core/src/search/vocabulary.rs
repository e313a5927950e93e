//! What the filters of a query can name in a library.

use std::collections::{BTreeMap, HashSet};

use super::comparable::comparable;

/// A month in which photos were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// Of the Gregorian calendar.
    pub year: i16,
    /// From 1.
    pub month: i8,
    /// How many photos were taken then.
    pub photos: u64,
}

/// Names that lead to photos, each with the number of photos.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Full paths of folders with `/` between names.
    pub(super) paths: Vec<Name>,
    /// Names of folders, one for all that are called the same.
    pub(super) folders: Vec<Name>,
    pub(super) cameras: Vec<Name>,
    pub(super) people: Vec<Name>,
    /// The latest first.
    pub(super) months: Vec<Month>,
}

/// A name and what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub text: String,
    /// The text as it is compared.
    pub compared: String,
    pub photos: u64,
}

impl Name {
    fn new(text: String, photos: u64) -> Self {
        Self { compared: comparable(&text), text, photos }
    }
}

impl Vocabulary {
    /// `folders` are full paths, each with the photos in it and in the folders inside it; `months` come latest first.
    pub fn new(
        folders: Vec<(String, u64)>,
        cameras: Vec<(String, u64)>,
        people: Vec<(String, u64)>,
        months: Vec<Month>,
    ) -> Self {
        let named = |names: Vec<(String, u64)>| -> Vec<Name> {
            names.into_iter().map(|(text, photos)| Name::new(text, photos)).collect()
        };
        let mut paths = named(folders);
        paths.iter_mut().for_each(|path| path.text = path.text.replace('\\', "/"));
        Self { folders: called(&paths), paths, cameras: named(cameras), people: named(people), months }
    }

    /// Photos in all of the months.
    pub(crate) fn photos(&self) -> u64 {
        self.months.iter().map(|month| month.photos).sum()
    }
}

/// The names of folders. What lies in a folder inside another of the same name is counted once.
fn called(paths: &[Name]) -> Vec<Name> {
    let known: HashSet<&str> = paths.iter().map(|path| path.compared.as_str()).collect();
    let mut names: BTreeMap<&str, Name> = BTreeMap::new();
    for path in paths {
        let Some(name) = last_name(&path.compared) else { continue };
        let mut holders = path.compared.match_indices('/').map(|(end, _)| &path.compared[..end]);
        if holders.any(|holder| known.contains(holder) && last_name(holder) == Some(name)) {
            continue;
        }
        let text = last_name(&path.text).unwrap_or_default();
        names.entry(name).or_insert_with(|| Name::new(text.to_owned(), 0)).photos += path.photos;
    }
    names.into_values().collect()
}

fn last_name(path: &str) -> Option<&str> {
    path.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_one_name_are_counted_together_and_no_photo_twice() {
        let folders = [
            ("/p", 9),
            ("/p/Rome", 5),
            ("/p/Rome/rome", 2),
            ("/p/Rome/old", 1),
            ("D:\\rome", 4),
            ("/p/Caf\u{e9}", 1),
            ("/q/Cafe\u{301}", 1),
            ("/", 1),
        ];
        let folders = folders.map(|(path, photos)| (path.to_owned(), photos)).to_vec();
        let vocabulary = Vocabulary::new(folders, Vec::new(), Vec::new(), Vec::new());
        let found: Vec<_> = vocabulary.folders.iter().map(|name| (name.text.as_str(), name.photos)).collect();
        assert_eq!(found, [("Caf\u{e9}", 2), ("old", 1), ("p", 9), ("Rome", 9)]);
        assert_eq!(vocabulary.paths[4].text, "D:/rome");
    }
}
