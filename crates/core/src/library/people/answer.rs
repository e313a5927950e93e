//! What the library tells of faces and people. These serialise to what `kindred --json` prints.

use serde::Serialize;

use crate::ids::{FaceId, PersonId, PhotoId};
use crate::people::area::FaceArea;

/// Whether faces are looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeopleState {
    /// They are not, and nothing is known of any.
    #[default]
    Off,
    /// They are wanted, and a model for it is not installed.
    NeedsModels,
    /// They are.
    On,
}

/// How far the search for faces is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PeopleStatus {
    /// Whether faces are looked for.
    pub state: PeopleState,
    /// Ids of models that are not installed.
    pub missing_models: Vec<String>,
    /// Faces in visible photos.
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
    /// There is a decision that could be taken back.
    pub can_undo: bool,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Its number, which is never given to another one.
    pub id: PersonId,
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// Its faces in visible photos.
    pub faces: u64,
    /// The photos that these are in.
    pub photos: u64,
    /// The face to show: the one that was chosen, or its best.
    pub cover: Option<FaceId>,
    /// The user does not want to see it in lists.
    pub hidden: bool,
    /// When its first photo was taken: Unix milliseconds of the local time as if it were UTC.
    pub first_taken: Option<i64>,
    /// When its last photo was taken.
    pub last_taken: Option<i64>,
    /// Questions that could be asked about it.
    pub suggestions: u64,
}

/// A face of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonFace {
    /// Its id.
    pub id: FaceId,
    /// A photo that it is in.
    pub photo: PhotoId,
    /// When that was taken, if it says so.
    pub taken_at: Option<i64>,
    /// The user said that it is the person.
    pub confirmed: bool,
}

/// A person with its faces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonDetails {
    /// Who it is.
    pub person: Person,
    /// Its faces, the newest first.
    pub faces: Vec<PersonFace>,
}

/// A face of a photo.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhotoFace {
    /// Its id.
    pub id: FaceId,
    /// Where it is.
    #[serde(flatten)]
    pub area: FaceArea,
    /// The detector's score, 0 to 1.
    pub score: f32,
    /// How much it tells about whose it is, 0 to 1.
    pub quality: f32,
    /// Whose it is, as far as that is known.
    pub person: Option<PersonId>,
    /// That person's name.
    pub name: Option<String>,
    /// The user said so.
    pub confirmed: bool,
}

/// A question: is this face also that person?
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// The face to show.
    pub face: FaceId,
    /// A photo that it is in.
    pub photo: PhotoId,
    /// The person that it may be.
    pub person: PersonId,
    /// That person's name.
    pub name: Option<String>,
    /// Cosine similarity with that person's nearest faces.
    pub similarity: f32,
}

/// A person was given a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Who.
    pub person: PersonId,
    /// Another person that has this name: are they one?
    pub same_name: Option<PersonId>,
}

/// The faces in a picture file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileFaces {
    /// Pixels of the upright picture.
    pub width: u32,
    /// Pixels of the upright picture.
    pub height: u32,
    /// From left to right.
    pub faces: Vec<FileFace>,
}

/// A face in a picture file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileFace {
    /// Left and upper edge, width and height in pixels of the upright picture.
    #[serde(rename = "box")]
    pub area: [f32; 4],
    /// The detector's score, 0 to 1.
    pub score: f32,
    /// Right eye, left eye, nose, right and left corner of the mouth, of the person.
    pub landmarks: [[f32; 2]; 5],
    /// How much it tells about whose it is, 0 to 1.
    pub quality: f32,
}
