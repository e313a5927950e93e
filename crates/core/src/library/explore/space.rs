//! The vectors of the photos that are asked about.

use std::sync::Arc;

use kindred_models::ModelInfo;

use super::ExploreRequest;
use super::results::Print;
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::explore::{GRAPH_NEIGHBOURS, Neighbours, Principal, Space, Steps, map};
use crate::ids::PhotoId;
use crate::library::{Library, choice, key_of};
use crate::search::{Filter, parse_filters};
use crate::vectors::IdSet;

/// Vectors of one model, and how what is made of them is called.
pub(super) struct Explored {
    pub model: ModelInfo,
    pub space: Space,
    /// Of the vectors and the model that made them.
    pub print: Print,
    /// Of the request: the same words for the same question.
    pub name: String,
}

impl ExploreRequest {
    pub(super) fn filter(&self) -> Result<Filter> {
        parse_filters(&self.filter).map_err(|source| Error::Query { query: self.filter.clone(), source })
    }

    /// A number for the filter, below 2²⁴; 0 for none, and for no other.
    pub(super) fn tag(&self) -> u32 {
        let filter = self.filter.trim();
        if filter.is_empty() {
            return 0;
        }
        let hash = blake3::hash(filter.as_bytes());
        let tag = hash.as_bytes().iter().take(3).fold(0, |tag, byte| tag << 8 | u32::from(*byte));
        tag.max(1)
    }

    /// What a result for this request is called.
    pub(super) fn name(&self) -> String {
        named(self.by.word(), self.tag())
    }
}

pub(super) fn named(space: &str, tag: u32) -> String {
    format!("{space}-{tag:06x}")
}

impl Library {
    /// The photos that pass a filter; `None` for all.
    pub(super) fn passing(&self, filter: &Filter, catalog: &Catalog) -> Result<Option<Vec<PhotoId>>> {
        if filter.is_empty() { Ok(None) } else { catalog.photos_matching(filter).map(Some) }
    }

    /// The vectors that a request is about, of the model that answers for its likeness.
    ///
    /// # Errors
    /// [`Error::Query`], no library; [`Error::NotIndexed`] where there are photos and none has a vector.
    pub(super) fn explored(&self, request: &ExploreRequest) -> Result<Explored> {
        let filter = request.filter()?;
        let (model, keep, total) = {
            let catalog = self.reader()?;
            let model = choice::model_for(&self.engine, Some(&catalog), request.by, None)?.info;
            (model, self.passing(&filter, &catalog)?, catalog.counts(None)?.total)
        };
        let Some(key) = key_of(&model, request.by) else {
            return Err(Error::WrongPurpose { model: model.id, by: request.by.word() });
        };
        let shared = self.index_of(&key)?;
        let index = shared.read();
        let keep: Option<IdSet> = keep.map(|photos| photos.into_iter().collect());
        let space = match index.as_ref() {
            Some(index) => Space::new(key.dim, index.vectors(keep.as_ref())),
            None => Space::new(key.dim, []),
        };
        if index.as_ref().is_none_or(|index| index.is_empty()) && total > 0 {
            return Err(Error::NotIndexed { model: model.id, asked: None });
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&space.fingerprint());
        hasher.update(&key.pipeline_version.to_le_bytes());
        hasher.update(key.model_id.as_bytes());
        Ok(Explored { model, space, print: *hasher.finalize().as_bytes(), name: request.name() })
    }

    /// The neighbour graph, made from the one of before where there is one.
    pub(super) fn neighbours(&self, explored: &Explored, steps: &Steps<'_>) -> Result<Arc<Neighbours>> {
        let name = format!("neighbours-{}", explored.name);
        self.results.get::<Neighbours>(&name, explored.print, steps, |before| match before {
            Some(before) => Neighbours::updated(before, &explored.space, GRAPH_NEIGHBOURS, steps),
            None => Neighbours::of(&explored.space, GRAPH_NEIGHBOURS, steps),
        })
    }

    /// The principal components.
    pub(super) fn components(&self, explored: &Explored, steps: &Steps<'_>) -> Result<Arc<Principal>> {
        let name = format!("components-{}", explored.name);
        self.results.get(&name, explored.print, steps, |_| map::components(&explored.space, steps))
    }
}
