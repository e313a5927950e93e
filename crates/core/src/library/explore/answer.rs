//! What is asked and what is found. These serialise to the objects that `kindred explore --json` prints.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::explore::duplicates::{Reason, Relation};
use crate::ids::{FolderId, PhotoId};
use crate::library::answer::readable;
use crate::library::request::By;

/// Which photos, and by which likeness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExploreRequest {
    /// What photos are compared by.
    pub by: By,
    /// Filters of the query language, such as `folder:Trips date:2024`; all photos where it is empty.
    pub filter: String,
}

/// Groups of photos that show the same.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Duplicates {
    /// The groups, the one with the lowest id first.
    pub groups: Vec<DuplicateGroup>,
    /// Photos that were looked at.
    pub photos: u64,
    /// Bytes of all photos of the groups but those to keep.
    pub bytes: u64,
    /// Id of the model whose vectors helped; absent when there were none.
    pub model: Option<String>,
}

/// Photos that show the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DuplicateGroup {
    /// The photo to keep.
    pub keeper: PhotoId,
    /// What speaks for it.
    pub reason: Reason,
    /// All of them, the one to keep first.
    pub photos: Vec<DuplicatePhoto>,
}

/// A photo of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DuplicatePhoto {
    /// Which one.
    pub id: PhotoId,
    /// What it is to the one to keep.
    pub relation: Relation,
    /// How alike the two are, 0 to 1.
    pub similarity: f32,
    /// Pixels of the upright picture.
    pub width: u32,
    /// Pixels of the upright picture.
    pub height: u32,
    /// Size of the file.
    pub bytes: u64,
    /// What the file is, by its first bytes; by its name where it is out of reach.
    pub format: String,
    /// When the photo was taken: Unix milliseconds of the local time as if it were UTC.
    pub taken_at: Option<i64>,
    /// How much neighbouring pixels of the thumbnail differ, in squared grey levels; 0 where unknown.
    pub sharpness: f32,
}

/// Photos unlike anything else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outliers {
    /// The most unlike first.
    pub outliers: Vec<Outlier>,
    /// Photos that were looked at.
    pub photos: u64,
    /// Id of the model whose vectors were compared; absent when there were none.
    pub model: Option<String>,
}

/// A photo unlike anything else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outlier {
    /// Which one.
    pub id: PhotoId,
    /// Its local outlier factor: about 1 for photos that lie as close to others as these lie to theirs.
    pub score: f64,
    /// The photos nearest to it, of which it is the stranger.
    pub neighbours: Vec<OutlierNeighbour>,
    /// Where it does not belong, when that was asked.
    pub folder: Option<OutlierFolder>,
}

/// A photo near a stranger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutlierNeighbour {
    /// Which one.
    pub id: PhotoId,
    /// Cosine similarity, −1 to 1.
    pub similarity: f32,
}

/// A directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutlierFolder {
    /// The folder of the library that it is, or lies in.
    pub id: FolderId,
    /// Where it is.
    #[serde(serialize_with = "readable")]
    pub path: PathBuf,
}

/// Groups of photos that belong together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Themes {
    /// Each before the themes within it; the larger first.
    pub themes: Vec<Theme>,
    /// Photos in no theme.
    pub unsorted: u64,
    /// Photos that were looked at.
    pub photos: u64,
    /// Id of the model whose vectors were compared; absent when there were none.
    pub model: Option<String>,
}

/// Photos that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Theme {
    /// Its number. It stays when photos are added or gone.
    pub id: i64,
    /// The theme that it is within.
    pub parent: Option<i64>,
    /// The name that the user gave it.
    pub name: Option<String>,
    /// What distinguishes it, best first, at most three.
    pub words: Vec<ThemeWord>,
    /// Photos in it.
    pub photos: u64,
    /// At most four photos that stand for it.
    pub covers: Vec<PhotoId>,
}

/// A word in both languages of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeWord {
    /// In English.
    pub en: String,
    /// In Korean.
    pub ko: String,
}
