//! Which model indexes and answers: the one asked for, the one the library remembers, or an installed one.

use std::path::PathBuf;

use kindred_models::{InstallState, ModelRef, Purpose, ResolvedModel, manifest};

use super::engine::Engine;
use super::request::By;
use crate::catalog::Catalog;
use crate::error::{Error, Result};

impl By {
    const fn purpose(self) -> Purpose {
        match self {
            Self::Meaning => Purpose::Meaning,
            Self::Look => Purpose::Look,
        }
    }

    const fn setting(self) -> &'static str {
        match self {
            Self::Meaning => "model.meaning",
            Self::Look => "model.look",
        }
    }
}

/// The model for `by`: `asked` if given, else the remembered one, else an installed one, the default first.
///
/// # Errors
/// [`Error::NoModel`] when there is none, [`Error::WrongPurpose`] when `asked` is for something else, and the
/// errors of resolving it.
pub(crate) fn model_for(
    engine: &Engine,
    catalog: Option<&Catalog>,
    by: By,
    asked: Option<&ModelRef>,
) -> Result<ResolvedModel> {
    if let Some(asked) = asked {
        let model = engine.resolve(asked)?;
        return if model.info.purpose == by.purpose() {
            Ok(model)
        } else {
            Err(Error::WrongPurpose { model: model.info.id, by: by.word() })
        };
    }
    if let Some(catalog) = catalog
        && let Some(remembered) = remembered(catalog, by)?
    {
        return Ok(engine.resolve(&remembered)?);
    }
    match installed(engine, by)? {
        Some(id) => Ok(engine.resolve(&ModelRef::Id(id))?),
        None => Err(Error::NoModel { by: by.word(), default: default_id(by) }),
    }
}

/// The models to index with: one for each purpose that has one.
pub(crate) fn models_to_index(engine: &Engine, catalog: &Catalog) -> Result<Vec<ResolvedModel>> {
    let mut models = Vec::new();
    for by in [By::Meaning, By::Look] {
        match model_for(engine, Some(catalog), by, None) {
            Ok(model) => models.push(model),
            Err(Error::NoModel { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(models)
}

/// Remembers models for their purposes, after checking that each can be resolved.
pub(crate) fn remember(engine: &Engine, catalog: &Catalog, models: &[ModelRef]) -> Result<()> {
    for model in models {
        let resolved = engine.resolve(model)?;
        let by = match resolved.info.purpose {
            Purpose::Meaning => By::Meaning,
            Purpose::Look => By::Look,
            _ => return Err(Error::WrongPurpose { model: resolved.info.id, by: "meaning or look" }),
        };
        catalog.set_setting(by.setting(), &written(model)?)?;
    }
    Ok(())
}

pub(crate) fn remembered(catalog: &Catalog, by: By) -> Result<Option<ModelRef>> {
    Ok(catalog.setting(by.setting())?.and_then(|value| read(&value)))
}

fn installed(engine: &Engine, by: By) -> Result<Option<String>> {
    let mut entries: Vec<_> = manifest().entries.iter().filter(|e| e.purpose == by.purpose()).collect();
    entries.sort_by_key(|entry| !entry.default);
    for entry in entries {
        if matches!(engine.store().state(&entry.id)?, InstallState::Installed { .. }) {
            return Ok(Some(entry.id.clone()));
        }
    }
    Ok(None)
}

fn default_id(by: By) -> &'static str {
    manifest().entries.iter().find(|e| e.purpose == by.purpose() && e.default).map_or("", |e| &e.id)
}

/// A folder is remembered by its absolute path, so that the next run finds it from anywhere.
fn written(model: &ModelRef) -> Result<String> {
    Ok(match model {
        ModelRef::Id(id) => format!("id:{id}"),
        ModelRef::Folder(dir) => {
            let dir = std::path::absolute(dir).map_err(|error| Error::io(dir, error))?;
            format!("folder:{}", dir.display())
        }
    })
}

fn read(value: &str) -> Option<ModelRef> {
    match value.split_once(':')? {
        ("id", id) => Some(ModelRef::Id(id.to_owned())),
        ("folder", dir) => Some(ModelRef::Folder(PathBuf::from(dir))),
        _ => None,
    }
}
