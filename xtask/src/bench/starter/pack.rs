//! Sets of pictures with right answers, made by models/starter/train.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use super::metrics::Measure;

/// A folder with `set.json` and `pictures/`.
#[derive(Debug, Deserialize)]
pub(super) struct Pack {
    /// For the table.
    pub title: String,
    #[serde(flatten)]
    pub set: Set,
    /// Where it lies.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// What is asked. Goals are shares, 0 to 1; pictures are counted from 0.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Set {
    /// Which of these classes is it?
    Classify {
        /// The prompts of each class; the first is its name.
        classes: Vec<Vec<String>>,
        pictures: Vec<Labelled>,
        /// For the nearest class, and for the nearest five.
        goals: [f64; 2],
    },
    /// Which pictures does this sentence describe?
    Retrieve { pictures: Vec<String>, queries: Vec<Query>, measure: Measure, goal: f64 },
    /// Which pictures look like this one?
    Look { pictures: Vec<String>, labels: Vec<serde_json::Value>, measure: Measure, goal: f64 },
    /// Which picture is this one a copy of? Pairs of copy and original.
    Copies { pictures: Vec<String>, pairs: Vec<[usize; 2]>, goal: f64 },
}

#[derive(Debug, Deserialize)]
pub(super) struct Labelled {
    pub file: String,
    pub label: usize,
}

#[derive(Debug, Deserialize)]
pub(super) struct Query {
    pub text: String,
    pub relevant: Vec<usize>,
}

/// The packs in `folder`, in the order of their names.
///
/// # Errors
/// There are none, or one is not what it should be.
pub(super) fn read_all(folder: &Path) -> Result<Vec<Pack>> {
    let mut packs = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            packs.extend(Some(entry?.path()).filter(|path| path.join("set.json").is_file()));
        }
    }
    if packs.is_empty() {
        bail!(
            "no sets of pictures to measure with in {}: models/starter/train/README.md tells how to make them, and --packs \
             names another folder",
            folder.display()
        );
    }
    packs.sort();
    packs.iter().map(|pack| read(pack)).collect()
}

fn read(folder: &Path) -> Result<Pack> {
    let path = folder.join("set.json");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let pack: Pack = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    pack.set.check().with_context(|| path.display().to_string())?;
    Ok(Pack { folder: folder.to_path_buf(), ..pack })
}

impl Set {
    /// The pictures' files, in order.
    pub(super) fn files(&self) -> Vec<&str> {
        match self {
            Self::Classify { pictures, .. } => pictures.iter().map(|picture| picture.file.as_str()).collect(),
            Self::Retrieve { pictures, .. } | Self::Look { pictures, .. } | Self::Copies { pictures, .. } => {
                pictures.iter().map(String::as_str).collect()
            }
        }
    }

    /// The sentences, in order.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Classify { classes, .. } => classes.iter().flatten().map(String::as_str).collect(),
            Self::Retrieve { queries, .. } => queries.iter().map(|query| query.text.as_str()).collect(),
            Self::Look { .. } | Self::Copies { .. } => Vec::new(),
        }
    }

    fn check(&self) -> Result<()> {
        let count = self.files().len();
        let are_pictures = |indices: &[usize]| indices.iter().all(|index| *index < count);
        let is_share = |goal: &f64| (0.0..=1.0).contains(goal);
        match self {
            Self::Classify { classes, pictures, goals } => {
                ensure!(classes.iter().all(|prompts| !prompts.is_empty()), "a class without a prompt");
                ensure!(pictures.iter().all(|picture| picture.label < classes.len()), "an unknown label");
                ensure!(goals.iter().all(is_share), "a goal that is no share");
            }
            Self::Retrieve { queries, goal, .. } => {
                for query in queries {
                    let right = &query.relevant;
                    ensure!(
                        !right.is_empty() && are_pictures(right),
                        "\"{}\" has no right picture",
                        query.text
                    );
                }
                ensure!(is_share(goal), "a goal that is no share");
            }
            Self::Look { labels, goal, .. } => {
                ensure!(labels.len() == count, "{} labels for {count} pictures", labels.len());
                ensure!(is_share(goal), "a goal that is no share");
            }
            Self::Copies { pairs, goal, .. } => {
                ensure!(
                    pairs.iter().all(|pair| are_pictures(pair) && pair[0] != pair[1]),
                    "a pair of no two pictures"
                );
                ensure!(is_share(goal), "a goal that is no share");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_set_is_read_and_nonsense_is_not() {
        for (json, pictures, texts) in [
            (
                r#"{"kind":"classify","title":"t","goals":[0.3,0.6],"classes":[["cat","a photo of a cat"],["dog"]],
                    "pictures":[{"file":"0.png","label":1}]}"#,
                Some(1),
                3,
            ),
            (
                r#"{"kind":"retrieve","title":"t","goal":0.25,"measure":"precision@5","pictures":["0.png","1.png"],
                    "queries":[{"text":"a dog on a beach","relevant":[1]}]}"#,
                Some(2),
                1,
            ),
            (
                r#"{"kind":"look","title":"t","goal":0.2,"measure":"precision@4","pictures":["0.png"],"labels":["sea"]}"#,
                Some(1),
                0,
            ),
            (
                r#"{"kind":"copies","title":"t","goal":0.95,"pictures":["0.png","1.png"],"pairs":[[1,0]]}"#,
                Some(2),
                0,
            ),
            (
                r#"{"kind":"copies","title":"t","goal":95,"pictures":["0.png","1.png"],"pairs":[[1,0]]}"#,
                None,
                0,
            ),
            (r#"{"kind":"copies","title":"t","goal":0.95,"pictures":["0.png"],"pairs":[[1,0]]}"#, None, 0),
            (
                r#"{"kind":"look","title":"t","goal":0.2,"measure":"precision@4","pictures":[],"labels":[1]}"#,
                None,
                0,
            ),
            (
                r#"{"kind":"retrieve","title":"t","goal":0.2,"measure":"recall@1","pictures":["0.png"],
                    "queries":[{"text":"a dog","relevant":[]}]}"#,
                None,
                0,
            ),
        ] {
            let pack = serde_json::from_str::<Pack>(json).unwrap();
            assert_eq!(pack.set.check().is_ok(), pictures.is_some(), "{json}");
            if let Some(pictures) = pictures {
                assert_eq!((pack.set.files().len(), pack.set.texts().len()), (pictures, texts), "{json}");
            }
        }
    }

    #[test]
    fn no_packs_are_an_error_that_says_how_to_make_them() {
        let error = read_all(Path::new("no/such/folder")).unwrap_err().to_string();
        assert!(error.contains("models/starter/train/README.md"), "{error}");
    }
}
