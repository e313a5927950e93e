//! Which model indexes and answers: the one asked for, the one the library remembers, or an installed one.

use std::path::PathBuf;

use kindred_models::{InstallState, ModelRef, Purpose, ResolvedModel, manifest};

use super::engine::Engine;
use super::request::By;
use crate::catalog::{Catalog, stored_path};
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

/// The model for `by`: `asked` if given, else the remembered one, else an installed one: first one that the library has
/// vectors of, so that installing another changes nothing, then the default.
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
    match installed(engine, catalog, by)? {
        Some(id) => Ok(engine.resolve(&ModelRef::Id(id))?),
        None => {
            let default = manifest().default_for(by.purpose()).map_or("", |entry| &entry.id);
            Err(Error::NoModel { by: by.word(), default })
        }
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

fn installed(engine: &Engine, catalog: Option<&Catalog>, by: By) -> Result<Option<String>> {
    let entries = &engine.store().manifest().entries;
    let mut installed = Vec::new();
    for entry in entries.iter().filter(|entry| entry.purpose == by.purpose()) {
        if matches!(engine.store().state(&entry.id)?, InstallState::Installed { .. }) {
            installed.push(entry);
        }
    }
    let used = match catalog {
        Some(catalog) if installed.len() > 1 => catalog.models_with_vectors()?,
        _ => Vec::new(),
    };
    let is_used = |id: &str| used.iter().any(|key| key.model_id == id);
    let first = installed.into_iter().min_by_key(|entry| (!is_used(&entry.id), !entry.default));
    Ok(first.map(|entry| entry.id.clone()))
}

/// A folder is remembered by its absolute path, so that the next run finds it from anywhere; one that is no Unicode by
/// its bytes in hexadecimal.
fn written(model: &ModelRef) -> Result<String> {
    Ok(match model {
        ModelRef::Id(id) => format!("id:{id}"),
        ModelRef::Folder(dir) => {
            let dir = std::path::absolute(dir).map_err(|error| Error::io(dir, error))?;
            match dir.to_str() {
                Some(text) => format!("folder:{text}"),
                None => format!("bytes:{}", hex(&stored_path::to_bytes(&dir))),
            }
        }
    })
}

fn read(value: &str) -> Option<ModelRef> {
    match value.split_once(':')? {
        ("id", id) => Some(ModelRef::Id(id.to_owned())),
        ("folder", dir) => Some(ModelRef::Folder(PathBuf::from(dir))),
        ("bytes", hex) => Some(ModelRef::Folder(stored_path::from_bytes(&from_hex(hex)?))),
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{TestCatalog, model};
    use kindred_models::{DeviceChoice, Manifest, ModelStore};

    /// The SHA-256 of "abc" (FIPS 180-2, appendix B.1).
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    /// A store of two models for meaning, both with the same small file.
    fn engine(dir: &std::path::Path) -> Engine {
        let entry = |id: &str, default: bool| {
            format!(
                "[[model]]\nid = \"{id}\"\ntitle = \"Test\"\npurpose = \"meaning\"\nnetwork = \"clip\"\n\
                 default = {default}\ndim = 4\npreprocessing = \"clip\"\npipeline_version = 1\nlicence = \"MIT\"\n\
                 [[model.file]]\nrole = \"weights\"\n[[model.file.variant]]\nname = \"weights.bin\"\nurls = [\"https://example.org/weights.bin\"]\n\
                 bytes = 3\nsha256 = \"{ABC}\"\n"
            )
        };
        let text = format!("format = 1\n{}{}", entry("usual", true), entry("other", false));
        let store = ModelStore::with_manifest(dir.join("models"), Manifest::parse(&text).unwrap());
        Engine::new(store, DeviceChoice::Cpu, dir.join("device"))
    }

    #[test]
    fn installing_another_model_does_not_change_which_one_answers() {
        let dir = tempfile::tempdir().unwrap();
        let (engine, test) = (engine(dir.path()), TestCatalog::new());
        let file = dir.path().join("weights.bin");
        std::fs::write(&file, b"abc").unwrap();
        let install = |id| engine.store().import(id, &file, &mut |_| {}).unwrap();
        let chosen = || model_for(&engine, Some(&test), By::Meaning, None).unwrap().info.id;
        install("other");
        assert_eq!(chosen(), "other");
        install("usual");
        assert_eq!(chosen(), "usual", "nothing is indexed yet");

        let (_, ids) = test.with_photos("/p", &["a.jpg"]);
        test.indexed(ids[0], 1, &[(&model("other"), vec![1.0, 0.0, 0.0, 0.0])]);
        assert_eq!(chosen(), "other");
        assert_eq!(model_for(&engine, None, By::Meaning, None).unwrap().info.id, "usual");
        test.indexed(ids[0], 1, &[(&model("usual"), vec![1.0, 0.0, 0.0, 0.0])]);
        assert_eq!(chosen(), "usual");
    }

    #[test]
    fn what_is_remembered_is_read_back_whatever_the_name() {
        let mut models = vec![ModelRef::Id("clip".into()), ModelRef::Folder("/models/사진: 1".into())];
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            let odd = std::ffi::OsStr::from_bytes(b"/models/f\xFCr");
            models.push(ModelRef::Folder(odd.into()));
        }
        for model in models {
            assert_eq!(read(&written(&model).unwrap()), Some(model));
        }
        for nonsense in ["", "clip", "what:ever", "bytes:2", "bytes:xy"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
