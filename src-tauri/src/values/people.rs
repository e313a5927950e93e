//! Faces and people.

use serde::Serialize;

/// Whether faces are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum PeopleState {
    /// They are not, and nothing is known of any.
    Off,
    /// They are wanted, and a model for it is not installed.
    NeedsModels,
    On,
}

/// How far the search for faces is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct PeopleStatus {
    pub state: PeopleState,
    /// Ids of models that are not installed.
    pub missing_models: Vec<String>,
    pub faces: u64,
    /// Photos in reach that were looked at.
    pub photos_seen: u64,
    /// Photos in reach that were not yet.
    pub photos_to_see: u64,
    /// People with a name.
    pub named: u64,
    /// People without.
    pub unnamed: u64,
    /// People that are hidden, with a name or without.
    pub hidden: u64,
    /// There is a decision that `undo_people` would take back.
    pub can_undo: bool,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Person {
    pub id: i64,
    pub name: Option<String>,
    /// Its faces in visible photos.
    pub faces: u64,
    /// The photos that these are in.
    pub photos: u64,
    /// The face to show.
    pub cover: Option<i64>,
    pub hidden: bool,
    /// When its first photo was taken, local time as if it were UTC, in milliseconds.
    pub first_taken: Option<i64>,
    pub last_taken: Option<i64>,
    /// Questions that `suggestions` has about it.
    pub suggestions: u64,
}

/// A face of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonFace {
    pub id: i64,
    /// A photo that it is in.
    pub photo: i64,
    /// When that was taken, if it says so.
    pub taken_at: Option<i64>,
    /// The user said that it is the person.
    pub confirmed: bool,
}

/// A person with its faces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonDetails {
    pub person: Person,
    /// The newest first.
    pub faces: Vec<PersonFace>,
}

/// A face of a photo.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhotoFace {
    pub id: i64,
    /// Edges and sides in shares of the upright photo; it may reach outside.
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    /// The detector's score, 0 to 1.
    pub score: f32,
    /// How much it tells about whose it is, 0 to 1.
    pub quality: f32,
    pub person: Option<i64>,
    pub name: Option<String>,
    /// The user said so.
    pub confirmed: bool,
}

/// A question: is this face also that person?
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Suggestion {
    pub face: i64,
    /// A photo that it is in.
    pub photo: i64,
    pub person: i64,
    pub name: Option<String>,
    /// Cosine similarity with that person's nearest faces.
    pub similarity: f32,
}

/// A person was given a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Named {
    pub person: i64,
    /// Another person that has this name: ask whether they are one.
    pub same_name: Option<i64>,
}

impl From<kindred_core::PeopleStatus> for PeopleStatus {
    fn from(status: kindred_core::PeopleStatus) -> Self {
        let state = match status.state {
            kindred_core::PeopleState::Off => PeopleState::Off,
            kindred_core::PeopleState::NeedsModels => PeopleState::NeedsModels,
            kindred_core::PeopleState::On => PeopleState::On,
        };
        Self {
            state,
            missing_models: status.missing_models,
            faces: status.faces,
            photos_seen: status.photos_seen,
            photos_to_see: status.photos_to_see,
            named: status.named,
            unnamed: status.unnamed,
            hidden: status.hidden,
            can_undo: status.can_undo,
        }
    }
}

impl From<kindred_core::Person> for Person {
    fn from(person: kindred_core::Person) -> Self {
        Self {
            id: person.id.0,
            name: person.name,
            faces: person.faces,
            photos: person.photos,
            cover: person.cover.map(|face| face.0),
            hidden: person.hidden,
            first_taken: person.first_taken,
            last_taken: person.last_taken,
            suggestions: person.suggestions,
        }
    }
}

impl From<kindred_core::PersonDetails> for PersonDetails {
    fn from(details: kindred_core::PersonDetails) -> Self {
        let face = |face: kindred_core::PersonFace| PersonFace {
            id: face.id.0,
            photo: face.photo.0,
            taken_at: face.taken_at,
            confirmed: face.confirmed,
        };
        Self { person: details.person.into(), faces: details.faces.into_iter().map(face).collect() }
    }
}

impl From<kindred_core::PhotoFace> for PhotoFace {
    fn from(face: kindred_core::PhotoFace) -> Self {
        // A face at the edge reaches beyond its photo; only what is in it can be shown.
        let (x, y) = (face.area.x.clamp(0.0, 1.0), face.area.y.clamp(0.0, 1.0));
        Self {
            id: face.id.0,
            x,
            y,
            width: (face.area.x + face.area.width).clamp(x, 1.0) - x,
            height: (face.area.y + face.area.height).clamp(y, 1.0) - y,
            score: face.score,
            quality: face.quality,
            person: face.person.map(|person| person.0),
            name: face.name,
            confirmed: face.confirmed,
        }
    }
}

impl From<kindred_core::Suggestion> for Suggestion {
    fn from(suggestion: kindred_core::Suggestion) -> Self {
        Self {
            face: suggestion.face.0,
            photo: suggestion.photo.0,
            person: suggestion.person.0,
            name: suggestion.name,
            similarity: suggestion.similarity,
        }
    }
}

impl From<kindred_core::Named> for Named {
    fn from(named: kindred_core::Named) -> Self {
        Self { person: named.person.0, same_name: named.same_name.map(|person| person.0) }
    }
}
