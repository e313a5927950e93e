//! What the page asks, and the answers.

use serde::{Deserialize, Serialize};

use super::DeviceInUse;

/// A search by words, pictures, or both.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct SearchRequest {
    /// In the language of the query bar.
    pub query: String,
    /// Pictures that the results should resemble, or not.
    pub images: Vec<PictureTerm>,
    /// First result to give, from 0.
    pub offset: usize,
    /// Number of results to give.
    pub limit: usize,
    /// Grows with every question of the page; an older one that is not answered yet ends with `superseded`.
    pub ticket: u64,
}

/// A picture as a term of a query.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct PictureTerm {
    pub source: PictureSource,
    /// How much it counts; negative to find what does not resemble it.
    pub weight: f32,
}

/// Which picture.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase", tag = "kind")]
pub(crate) enum PictureSource {
    /// A photo of the library.
    Photo { id: i64 },
    /// One that was picked, pasted or dropped.
    Picture { token: String },
}

/// Photos like one photo.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct SimilarRequest {
    /// A photo of the library, …
    pub photo: Option<i64>,
    /// … or a picture that was picked, pasted or dropped.
    pub picture: Option<String>,
    pub by: By,
    /// By face: which face of the photo; absent where it has one only.
    pub face: Option<i64>,
    /// By face: which face of the picture, from the left, from 0; absent where it has one only.
    pub face_index: Option<usize>,
    /// First result to give, from 0.
    pub offset: usize,
    /// Number of results to give.
    pub limit: usize,
    /// Grows with every question of the page; an older one about the same likeness that is not answered yet ends with `superseded`.
    pub ticket: u64,
}

/// The kinds of likeness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    /// What a photo shows.
    Meaning,
    /// Shape, colour and texture.
    Look,
    /// Who is seen.
    Face,
}

/// Photos in order of likeness.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    /// Id of the model that answered; absent when there were only filters.
    pub model: Option<String>,
    /// Time from the question to the answer, in milliseconds.
    pub took_ms: f64,
    /// How many results, from the first, stand out from the rest of the library.
    pub strong: usize,
    /// How many results there are to page through.
    pub total: usize,
    /// What the network ran on; absent when none ran.
    pub device: Option<DeviceInUse>,
    pub results: Vec<Found>,
}

/// One photo of an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Found {
    /// Place in the whole answer, from 1.
    pub rank: usize,
    pub id: i64,
    /// Cosine similarity, −1 to 1; absent when there were only filters.
    pub score: Option<f32>,
    /// The photo's folder cannot be reached now.
    pub offline: bool,
}

/// One way to go on writing a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Completion {
    /// The stretch of the query that `text` takes the place of, as offsets into a JavaScript string.
    pub from: usize,
    pub to: usize,
    pub text: String,
    pub kind: CompletionKind,
    /// Photos that it would leave, where that is known.
    pub count: Option<u64>,
}

/// What a completion completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum CompletionKind {
    Folder,
    Camera,
    Date,
    /// A person's name.
    Person,
    /// The name of a filter.
    Key,
}

/// A picture that was picked, pasted or dropped, to be asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct PickedPicture {
    /// Its place is `thumb://localhost/picture/<token>/256`; holds until the program ends.
    pub token: String,
    /// The file's name; empty for one that was pasted.
    pub name: String,
    /// The photo that it is, when it is one of the library.
    pub photo: Option<i64>,
}

impl From<By> for kindred_core::By {
    fn from(by: By) -> Self {
        match by {
            By::Meaning => Self::Meaning,
            By::Look => Self::Look,
            By::Face => Self::Face,
        }
    }
}

impl From<kindred_core::SearchAnswer> for Answer {
    fn from(answer: kindred_core::SearchAnswer) -> Self {
        let found = |result: kindred_core::SearchResult| Found {
            rank: result.rank,
            id: result.id.0,
            score: result.score,
            offline: result.offline,
        };
        Self {
            model: answer.model,
            took_ms: answer.took_ms,
            strong: answer.strong,
            total: answer.total,
            device: answer.device.map(Into::into),
            results: answer.results.into_iter().map(found).collect(),
        }
    }
}

impl From<kindred_core::search::Completion> for Completion {
    fn from(found: kindred_core::search::Completion) -> Self {
        use kindred_core::search::CompletionKind as Kind;
        let kind = match found.kind {
            Kind::Folder => CompletionKind::Folder,
            Kind::Camera => CompletionKind::Camera,
            Kind::Date => CompletionKind::Date,
            Kind::Person => CompletionKind::Person,
            Kind::Key => CompletionKind::Key,
        };
        Self { from: found.from, to: found.to, text: found.text, kind, count: found.count }
    }
}
