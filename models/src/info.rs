//! What a model is, and what makes the vectors of two photos comparable.

use crate::manifest::{NetworkKind, Purpose, manifest};
use crate::starter::STARTER_ID;

/// What a model is, without its weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// The manifest's id, or for a folder the kind of network with a hash of the folder's content.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The network its weights belong to.
    pub network: NetworkKind,
    /// The vectors that it makes of a picture: one of CLIP and ResNet50, two of a starter network, none of
    /// a detector.
    pub outputs: Vec<Output>,
    /// Stored with every vector; vectors of another version are made anew.
    pub pipeline_version: u32,
}

/// One of the vectors that a model makes of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// The question it answers.
    pub purpose: Purpose,
    /// Its components.
    pub dim: usize,
}

impl ModelInfo {
    /// The output for a purpose, if the model has one.
    pub fn output(&self, purpose: Purpose) -> Option<Output> {
        self.outputs.iter().find(|output| output.purpose == purpose).copied()
    }

    /// Names the space in which the vectors for a purpose lie: the model's id, with the purpose where it has several. Vectors of one
    /// space and one pipeline version are comparable.
    pub fn space(&self, purpose: Purpose) -> String {
        match self.outputs.len() {
            0 | 1 => self.id.clone(),
            _ => format!("{}-{}", self.id, purpose.word()),
        }
    }
}

/// The id of the model that makes the vectors of a space, and their purpose where the name tells it: the inverse of
/// [`ModelInfo::space`].
pub fn model_of_space(space: &str) -> (&str, Option<Purpose>) {
    for purpose in [Purpose::Meaning, Purpose::Look] {
        let id = space.strip_suffix(purpose.word()).and_then(|id| id.strip_suffix('-'));
        if let Some(id) = id.filter(|id| id.starts_with(STARTER_ID)) {
            return (id, Some(purpose));
        }
    }
    let of_folder = || {
        let kinds = [("clip-", Purpose::Meaning), ("resnet50-", Purpose::Look)];
        kinds.into_iter().find(|(kind, _)| space.starts_with(kind)).map(|(_, purpose)| purpose)
    };
    (space, manifest().get(space).map(|entry| entry.purpose).or_else(of_folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::{ModelRef, resolve};
    use crate::store::ModelStore;

    #[test]
    fn the_starter_model_is_there_without_any_folder_and_has_a_space_for_each_purpose() {
        let store = ModelStore::new("/nowhere");
        let info = resolve(&store, &ModelRef::Id(STARTER_ID.into())).unwrap().info;
        assert_eq!((info.id.as_str(), info.network), ("starter", NetworkKind::Starter));
        let spaces = info.outputs.iter().map(|output| (output.purpose, info.space(output.purpose)));
        let spaces: Vec<_> = spaces.collect();
        assert_eq!(
            spaces,
            [(Purpose::Meaning, "starter-meaning".to_owned()), (Purpose::Look, "starter-look".to_owned())]
        );
        for (purpose, space) in &spaces {
            assert_eq!(model_of_space(space), ("starter", Some(*purpose)));
        }
        for (space, purpose) in [
            ("clip-vit-b-32", Some(Purpose::Meaning)),
            ("resnet50-v1", Some(Purpose::Look)),
            ("clip-0123456789abcdef", Some(Purpose::Meaning)),
            ("resnet50-v1-0123456789abcdef", Some(Purpose::Look)),
            ("anything-look", None),
        ] {
            assert_eq!(model_of_space(space), (space, purpose));
        }
    }
}
