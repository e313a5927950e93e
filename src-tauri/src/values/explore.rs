//! What the page asks of the library as a whole, and what is found.

use kindred_core::explore::duplicates;
use serde::{Deserialize, Serialize};

/// Which photos are explored, and as which network sees them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExploreRequest {
    pub space: Space,
    /// Filters of the query language alone; empty for the whole library.
    pub filter: String,
    /// Names this request to `cancel_exploring` and in its progress.
    pub ticket: u64,
}

/// Which photos are looked through for those unlike the others.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutliersRequest {
    /// Each photo is compared with those of its own folder.
    pub per_folder: bool,
    pub space: Space,
    /// Filters of the query language alone; empty for the whole library.
    pub filter: String,
    /// Names this request to `cancel_exploring` and in its progress.
    pub ticket: u64,
}

/// Which vectors are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Space {
    Meaning,
    Look,
}

/// The form of a list that is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum ListFormat {
    Csv,
    Json,
}

/// All groups of near-duplicates.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Duplicates {
    pub groups: Vec<DuplicateGroup>,
    /// Photos looked at.
    pub photos: u64,
    /// Of all but the keepers.
    pub bytes: u64,
    /// Id of the model whose vectors were used.
    pub model: Option<String>,
}

/// Photos of the same picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct DuplicateGroup {
    /// Id of the photo to keep.
    pub keeper: i64,
    pub reason: KeeperReason,
    /// The keeper first.
    pub photos: Vec<DuplicatePhoto>,
}

/// One photo of a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct DuplicatePhoto {
    pub id: i64,
    pub relation: Relation,
    /// To the keeper, from 0 to 1.
    pub similarity: f32,
    /// In pixels, upright.
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    pub format: String,
    /// Local time as if it were UTC, in milliseconds.
    pub taken_at: Option<i64>,
    pub sharpness: f32,
}

/// What a photo of a group is to its keeper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum Relation {
    Keeper,
    SameFile,
    Resized,
    Reencoded,
    Grey,
    Mirrored,
    Rotated,
    Cropped,
    Burst,
    Edited,
}

/// What made a photo the one to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeeperReason {
    Resolution,
    Sharpness,
    Date,
    Format,
    Size,
    First,
}

/// Photos unlike the others, the most unlike first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outliers {
    pub outliers: Vec<Outlier>,
    /// Photos looked at.
    pub photos: u64,
    /// Id of the model whose vectors were used.
    pub model: Option<String>,
}

/// A photo unlike the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outlier {
    pub id: i64,
    /// Local outlier factor: 1 is as close to its neighbours as they are to theirs.
    pub score: f64,
    /// The nearest three.
    pub neighbours: Vec<OutlierNeighbour>,
    /// The folder it is unlike; absent when the whole library was looked at.
    pub folder: Option<OutlierFolder>,
}

/// One of the photos nearest to an outlier.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct OutlierNeighbour {
    pub id: i64,
    /// Cosine similarity.
    pub similarity: f32,
}

/// The folder that a photo does not belong in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct OutlierFolder {
    pub id: i64,
    pub path: String,
}

/// The themes of a library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Themes {
    pub themes: Vec<PhotoTheme>,
    /// Photos in no theme.
    pub unsorted: u64,
    pub photos: u64,
    /// Id of the model whose vectors were used.
    pub model: Option<String>,
}

/// Photos that have something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhotoTheme {
    pub id: i64,
    /// The theme that it is a part of.
    pub parent: Option<i64>,
    /// Given by the user.
    pub name: Option<String>,
    /// What distinguishes it, the best first; at most three.
    pub words: Vec<ThemeWord>,
    pub photos: u64,
    /// Ids of at most four typical photos.
    pub covers: Vec<i64>,
}

/// A word in the languages of the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ThemeWord {
    pub en: String,
    pub ko: String,
}

/// How far an exploration is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Exploring {
    /// Of the request.
    pub ticket: u64,
    pub phase: String,
    pub done: u64,
    /// 0 while it is not known.
    pub total: u64,
}

impl From<Space> for kindred_core::By {
    fn from(space: Space) -> Self {
        match space {
            Space::Meaning => Self::Meaning,
            Space::Look => Self::Look,
        }
    }
}

impl From<ListFormat> for kindred_core::ListFormat {
    fn from(format: ListFormat) -> Self {
        match format {
            ListFormat::Csv => Self::Csv,
            ListFormat::Json => Self::Json,
        }
    }
}

impl ListFormat {
    /// How files of it end.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

impl From<ExploreRequest> for kindred_core::ExploreRequest {
    fn from(request: ExploreRequest) -> Self {
        Self { by: request.space.into(), filter: request.filter }
    }
}

impl From<kindred_core::Duplicates> for Duplicates {
    fn from(found: kindred_core::Duplicates) -> Self {
        let photo = |photo: kindred_core::DuplicatePhoto| DuplicatePhoto {
            id: photo.id.0,
            relation: photo.relation.into(),
            similarity: photo.similarity,
            width: photo.width,
            height: photo.height,
            bytes: photo.bytes,
            format: photo.format,
            taken_at: photo.taken_at,
            sharpness: photo.sharpness,
        };
        let group = |group: kindred_core::DuplicateGroup| DuplicateGroup {
            keeper: group.keeper.0,
            reason: group.reason.into(),
            photos: group.photos.into_iter().map(photo).collect(),
        };
        Self {
            groups: found.groups.into_iter().map(group).collect(),
            photos: found.photos,
            bytes: found.bytes,
            model: found.model,
        }
    }
}

impl From<duplicates::Relation> for Relation {
    fn from(relation: duplicates::Relation) -> Self {
        match relation {
            duplicates::Relation::Keeper => Self::Keeper,
            duplicates::Relation::SameFile => Self::SameFile,
            duplicates::Relation::Resized => Self::Resized,
            duplicates::Relation::Reencoded => Self::Reencoded,
            duplicates::Relation::Grey => Self::Grey,
            duplicates::Relation::Mirrored => Self::Mirrored,
            duplicates::Relation::Rotated => Self::Rotated,
            duplicates::Relation::Cropped => Self::Cropped,
            duplicates::Relation::Burst => Self::Burst,
            duplicates::Relation::Edited => Self::Edited,
        }
    }
}

impl From<duplicates::Reason> for KeeperReason {
    fn from(reason: duplicates::Reason) -> Self {
        match reason {
            duplicates::Reason::Resolution => Self::Resolution,
            duplicates::Reason::Sharpness => Self::Sharpness,
            duplicates::Reason::Date => Self::Date,
            duplicates::Reason::Format => Self::Format,
            duplicates::Reason::Size => Self::Size,
            duplicates::Reason::First => Self::First,
        }
    }
}

impl From<kindred_core::Outliers> for Outliers {
    fn from(found: kindred_core::Outliers) -> Self {
        let near = |near: kindred_core::OutlierNeighbour| OutlierNeighbour {
            id: near.id.0,
            similarity: near.similarity,
        };
        let folder = |folder: kindred_core::OutlierFolder| OutlierFolder {
            id: folder.id.0,
            path: folder.path.display().to_string(),
        };
        let outlier = |outlier: kindred_core::Outlier| Outlier {
            id: outlier.id.0,
            score: outlier.score,
            neighbours: outlier.neighbours.into_iter().map(near).collect(),
            folder: outlier.folder.map(folder),
        };
        Self {
            outliers: found.outliers.into_iter().map(outlier).collect(),
            photos: found.photos,
            model: found.model,
        }
    }
}

impl From<kindred_core::Themes> for Themes {
    fn from(found: kindred_core::Themes) -> Self {
        let word = |word: kindred_core::ThemeWord| ThemeWord { en: word.en, ko: word.ko };
        let theme = |theme: kindred_core::Theme| PhotoTheme {
            id: theme.id,
            parent: theme.parent,
            name: theme.name,
            words: theme.words.into_iter().map(word).collect(),
            photos: theme.photos,
            covers: theme.covers.into_iter().map(|photo| photo.0).collect(),
        };
        Self {
            themes: found.themes.into_iter().map(theme).collect(),
            unsorted: found.unsorted,
            photos: found.photos,
            model: found.model,
        }
    }
}
