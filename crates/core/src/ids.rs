//! The identities that rooms of the library hand to each other.

use serde::{Deserialize, Serialize};

/// A photo of the library. It stays the same when the file is moved or renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhotoId(pub i64);

/// A folder that the user added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FolderId(pub i64);

/// What makes two vectors comparable: the network, the version of everything before it, and the dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModelKey {
    /// The space that the vectors lie in: the model's id (a manifest id, or the content hash of a model folder), with the purpose
    /// where a model makes vectors for several.
    pub model_id: String,
    /// Version of decoding and preprocessing; a change re-embeds.
    pub pipeline_version: u32,
    /// Number of components of a vector.
    pub dim: usize,
}

/// A face in a content. It stays the same when the photo is looked at again and the face is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaceId(pub i64);

/// A person of the library. The number is never given to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub i64);
