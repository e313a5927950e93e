//! The models on this machine.

use serde::Serialize;

/// A model that Kindred knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ModelStatus {
    pub id: String,
    /// One line for people, in English.
    pub title: String,
    /// What it is for.
    pub purposes: Vec<Purpose>,
    pub state: ModelState,
    /// What is wrong with a damaged one.
    pub reason: Option<String>,
    /// Size of a download, or of what is built in.
    pub bytes: u64,
    pub bytes_here: u64,
    /// Licence of the weights.
    pub licence: String,
    /// Where a download comes from: an address, `https://…`; absent for what is built in.
    pub source: Option<String>,
    /// What a user should know before using it, in English.
    pub notice: Option<String>,
    /// Kindred's own choice for the purpose.
    pub default: bool,
    /// Its weights, once installed.
    pub path: Option<String>,
    /// Questions that it answers now.
    pub in_use_for: Vec<Purpose>,
}

/// The question that a model answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Purpose {
    /// What does it show?
    Meaning,
    /// How does it look?
    Look,
    FaceDetection,
    FaceEmbedding,
    /// Sentences in other languages than English.
    MultilingualText,
}

/// What is here of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ModelState {
    BuiltIn,
    Missing,
    Partial,
    Installed,
    Damaged,
}

impl ModelState {
    /// From the word that the core has for it.
    pub(crate) fn of(word: &str) -> Self {
        match word {
            "built-in" => Self::BuiltIn,
            "partial" => Self::Partial,
            "installed" => Self::Installed,
            "damaged" => Self::Damaged,
            _ => Self::Missing,
        }
    }
}

impl From<kindred_core::Purpose> for Purpose {
    fn from(purpose: kindred_core::Purpose) -> Self {
        use kindred_core::Purpose as Known;
        match purpose {
            Known::Meaning => Self::Meaning,
            Known::Look => Self::Look,
            Known::FaceDetection => Self::FaceDetection,
            Known::FaceEmbedding => Self::FaceEmbedding,
            Known::MultilingualText => Self::MultilingualText,
        }
    }
}

impl From<kindred_core::ModelStatus> for ModelStatus {
    fn from(model: kindred_core::ModelStatus) -> Self {
        Self {
            purposes: model.purposes.into_iter().map(Into::into).collect(),
            in_use_for: model.in_use_for.into_iter().map(Into::into).collect(),
            state: ModelState::of(model.state),
            path: model.path.map(|path| path.display().to_string()),
            id: model.id,
            title: model.title,
            reason: model.reason,
            bytes: model.bytes,
            bytes_here: model.bytes_here,
            licence: model.licence,
            source: model.source,
            notice: model.notice,
            default: model.default,
        }
    }
}
