//! The library as a window shows it beside the photos.

use kindred_models::{DeviceReport, model_of_space};
use serde::Serialize;

use super::answer::{IndexedModel, PhotoCounts, Switch};
use super::folder_tree::FolderTree;
use super::request::By;
use super::{Library, choice, key_of};
use crate::catalog::Catalog;
use crate::error::Result;

/// The library without its photos, and without what takes long to find out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// Grows whenever the catalog changes; see [`Library::revision`]. What follows is of this revision or a later one.
    pub revision: u64,
    /// Photos by state.
    pub photos: PhotoCounts,
    /// The folders with the directories inside them.
    pub folders: Vec<FolderTree>,
    /// The models and which of them answer.
    pub models: Standing,
    /// What the networks run on; absent before the first one is needed.
    pub device: Option<DeviceReport>,
}

/// The models that a library is indexed with, and which of them answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// One that makes vectors for several purposes is named for each.
    pub indexed: Vec<IndexedModel>,
    /// Id of the model that answers text searches; absent when the one that is remembered is not to be had.
    pub meaning: Option<String>,
    /// Id of the model that answers "looks like"; absent as `meaning` is.
    pub look: Option<String>,
    /// Installed models that answer as soon as they have seen what the starter model has.
    pub switching: Vec<Switch>,
}

impl Library {
    /// The library at a glance, again and again: see [`Self::status`] for what a command tells once.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn overview(&self) -> Result<Overview> {
        let revision = self.revision()?;
        let folders = self.folder_tree()?;
        let catalog = self.reader()?;
        Ok(Overview {
            revision,
            photos: counts(&catalog)?,
            folders,
            models: self.standing(&catalog)?,
            device: self.engine.device_in_use(),
        })
    }

    /// The models of a library, and which of them answer.
    pub(super) fn standing(&self, catalog: &Catalog) -> Result<Standing> {
        let mut models = catalog.model_counts()?;
        let [mut meaning, mut look] = [None, None];
        let mut switching = Vec::new();
        for (by, answering) in [(By::Meaning, &mut meaning), (By::Look, &mut look)] {
            // A model that is remembered and not to be had leaves the question open.
            let Ok(choice) = choice::choose(&self.engine, Some(catalog), by) else { continue };
            if let Some(coming) = choice.coming {
                let key = key_of(&coming.model.info, by).filter(|key| models.iter().all(|(k, _)| k != key));
                models.extend(key.map(|key| (key, 0)));
                let (from, to) = (choice.answers.info.id.clone(), coming.model.info.id);
                let (purpose, photos, of) = (by.purpose(), coming.photos, coming.of);
                switching.push(Switch { purpose, from, to, photos, of });
            }
            *answering = Some(choice.answers.info.id);
        }
        let indexed = models.into_iter().map(|(key, photos)| {
            let (id, purpose) = model_of_space(&key.model_id);
            let (pipeline_version, dim) = (key.pipeline_version, key.dim);
            IndexedModel { id: id.to_owned(), purpose, pipeline_version, dim, photos }
        });
        Ok(Standing { indexed: indexed.collect(), meaning, look, switching })
    }
}

pub(super) fn counts(catalog: &Catalog) -> Result<PhotoCounts> {
    let counts = catalog.counts(None)?;
    Ok(PhotoCounts {
        total: counts.total,
        ready: counts.ready,
        pending: counts.pending,
        failed: counts.failed,
        offline: counts.offline,
    })
}
