//! Which model indexes and answers: the one asked for, the one the library remembers, an installed one, or the starter model.

use std::path::PathBuf;

use kindred_models::{InstallState, ModelInfo, ModelRef, Purpose, ResolvedModel, STARTER_ID};

use super::engine::Engine;
use super::key_of;
use super::request::By;
use crate::catalog::{Catalog, stored_path};
use crate::error::{Error, Result};

impl By {
    /// The kinds of which every photo has a vector, and for which there are models to choose from.
    pub(super) const ALL: [Self; 2] = [Self::Meaning, Self::Look];

    pub(super) const fn purpose(self) -> Purpose {
        match self {
            Self::Meaning => Purpose::Meaning,
            Self::Look => Purpose::Look,
            Self::Face => Purpose::FaceEmbedding,
        }
    }

    const fn setting(self) -> &'static str {
        match self {
            Self::Meaning => "model.meaning",
            Self::Look => "model.look",
            Self::Face => "model.face",
        }
    }
}

/// The library's own models for one kind of likeness.
#[derive(Debug)]
pub(crate) struct Choice {
    /// It answers now.
    pub answers: ResolvedModel,
    /// It answers as soon as it has seen as many photos.
    pub coming: Option<Coming>,
}

/// A model that was installed and has yet to see photos that the starter model has seen.
#[derive(Debug)]
pub(crate) struct Coming {
    pub model: ResolvedModel,
    /// Photos that it has seen.
    pub photos: u64,
    /// Photos that the starter model has seen.
    pub of: u64,
}

/// A model to index with, and what for.
#[derive(Debug)]
pub(crate) struct ModelToIndex {
    pub model: ResolvedModel,
    pub kinds: Vec<By>,
}

/// The model for `by`: `asked` if given, else the library's own.
///
/// # Errors
/// [`Error::WrongPurpose`] when `asked` is for something else, and those of [`choose`].
pub(crate) fn model_for(
    engine: &Engine,
    catalog: Option<&Catalog>,
    by: By,
    asked: Option<&ModelRef>,
) -> Result<ResolvedModel> {
    let Some(asked) = asked else { return Ok(choose(engine, catalog, by)?.answers) };
    let model = engine.resolve(asked)?;
    match model.info.output(by.purpose()) {
        Some(_) => Ok(model),
        None => Err(Error::WrongPurpose { model: model.info.id, by: by.word() }),
    }
}

/// The remembered model, else an installed one: first one that the library has vectors of, so that installing another changes
/// nothing, then the default. Without one it is the starter model.
///
/// The starter model also answers while it has vectors of more photos than the installed one, counting those that can have vectors
/// now: not those that failed, nor those out of reach. New photos get vectors of both until then, so this ends with the job that
/// brings the installed model up to date, and a folder that comes back with a few photos does not turn it round.
///
/// # Errors
/// Those of resolving a model and of the database.
pub(crate) fn choose(engine: &Engine, catalog: Option<&Catalog>, by: By) -> Result<Choice> {
    if let Some(catalog) = catalog
        && let Some(remembered) = remembered(catalog, by)?
    {
        return Ok(Choice { answers: engine.resolve(&remembered)?, coming: None });
    }
    let starter = engine.resolve(&ModelRef::Id(STARTER_ID.to_owned()))?;
    let Some(id) = installed(engine, catalog, by)? else {
        return Ok(Choice { answers: starter, coming: None });
    };
    let model = engine.resolve(&ModelRef::Id(id))?;
    let seen = |info: &ModelInfo| match (catalog, key_of(info, by)) {
        (Some(catalog), Some(key)) => catalog.in_reach_with_vector(&key),
        _ => Ok(0),
    };
    let of = seen(&starter.info)?;
    if of > 0 {
        let photos = seen(&model.info)?;
        if photos < of {
            return Ok(Choice { answers: starter, coming: Some(Coming { model, photos, of }) });
        }
    }
    Ok(Choice { answers: model, coming: None })
}

/// The models to index with: for each kind of likeness the one that answers, and the one that will. Each is named once.
pub(crate) fn models_to_index(engine: &Engine, catalog: &Catalog) -> Result<Vec<ModelToIndex>> {
    let mut models: Vec<ModelToIndex> = Vec::new();
    for by in By::ALL {
        let Choice { answers, coming } = choose(engine, Some(catalog), by)?;
        for model in [Some(answers), coming.map(|coming| coming.model)].into_iter().flatten() {
            match models.iter_mut().find(|known| known.model.info.id == model.info.id) {
                Some(known) => known.kinds.push(by),
                None => models.push(ModelToIndex { model, kinds: vec![by] }),
            }
        }
    }
    Ok(models)
}

/// Remembers models for all that they are for, after checking that each can be resolved.
pub(crate) fn remember(engine: &Engine, catalog: &Catalog, models: &[ModelRef]) -> Result<()> {
    for model in models {
        let info = engine.resolve(model)?.info;
        let kinds: Vec<By> = By::ALL.into_iter().filter(|by| info.output(by.purpose()).is_some()).collect();
        if kinds.is_empty() {
            return Err(Error::WrongPurpose { model: info.id, by: "meaning or look" });
        }
        for by in kinds {
            catalog.set_setting(by.setting(), &written(model)?)?;
        }
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
    use crate::catalog::{IndexOutcome, ScanWrite};
    use crate::ids::ModelKey;
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
    fn the_starter_model_answers_until_the_installed_one_has_seen_every_photo_that_it_can() {
        let dir = tempfile::tempdir().unwrap();
        let (engine, test) = (engine(dir.path()), TestCatalog::new());
        let (_, ids) = test.with_photos("/p", &["a", "b", "failing", "offline", "gone", "new"]);
        let starter = engine.resolve(&ModelRef::Id(STARTER_ID.to_owned())).unwrap().info;
        let (starter, usual) = (key_of(&starter, By::Meaning).unwrap(), model("usual"));
        let along = |dim: usize| (0..dim).map(|axis| f32::from(u8::from(axis == 0))).collect::<Vec<f32>>();
        let seen = |key: &ModelKey, photo: usize| test.indexed(ids[photo], 9, &[(key, along(key.dim))]);
        let chosen = || {
            let Choice { answers, coming } = choose(&engine, Some(&test), By::Meaning).unwrap();
            (answers.info.id, coming.map(|coming| (coming.model.info.id, coming.photos, coming.of)))
        };
        let alone = |id: &str| (id.to_owned(), None);
        let coming = |photos, of| (STARTER_ID.to_owned(), Some(("usual".to_owned(), photos, of)));
        assert_eq!(chosen(), alone(STARTER_ID), "also before anything is indexed");
        (0..5).for_each(|photo| seen(&starter, photo));

        let file = dir.path().join("weights.bin");
        std::fs::write(&file, b"abc").unwrap();
        engine.store().import("usual", &file, &mut |_| {}).unwrap();
        assert_eq!(chosen(), coming(0, 5));
        let indexed = models_to_index(&engine, &test).unwrap();
        let indexed: Vec<_> = indexed.iter().map(|m| (m.model.info.id.as_str(), &m.kinds[..])).collect();
        assert_eq!(indexed, [(STARTER_ID, &By::ALL[..]), ("usual", &[By::Meaning][..])]);

        test.apply_scan(&[ScanWrite::Offline { photo: ids[3] }, ScanWrite::Missing { photo: ids[4] }], 1)
            .unwrap();
        assert_eq!(chosen(), coming(0, 3));
        seen(&usual, 0);
        let failed = IndexOutcome::Failed { hash: None, code: "x".into(), reason: "y".into() };
        test.outcome(std::slice::from_ref(&usual), ids[2], failed);
        assert_eq!(chosen(), coming(1, 2));
        seen(&usual, 1);
        assert_eq!(chosen(), alone("usual"), "what failed or is out of reach does not hold it up");

        seen(&usual, 5);
        let back = ScanWrite::Seen { photo: ids[3], volume: 1 };
        test.apply_scan(&[back], 2).unwrap();
        assert_eq!(chosen(), alone("usual"), "nor does one photo that comes back");
        let look = choose(&engine, Some(&test), By::Look).unwrap();
        assert_eq!(look.answers.info.id, STARTER_ID);

        engine.store().remove("usual").unwrap();
        assert_eq!(chosen(), alone(STARTER_ID));
    }

    #[test]
    fn a_remembered_model_is_the_only_one() {
        let dir = tempfile::tempdir().unwrap();
        let (engine, test) = (engine(dir.path()), TestCatalog::new());
        remember(&engine, &test, &[ModelRef::Id(STARTER_ID.to_owned())]).unwrap();
        let file = dir.path().join("weights.bin");
        std::fs::write(&file, b"abc").unwrap();
        engine.store().import("usual", &file, &mut |_| {}).unwrap();
        let indexed = models_to_index(&engine, &test).unwrap();
        assert_eq!(indexed.len(), 1);
        assert_eq!((indexed[0].model.info.id.as_str(), &indexed[0].kinds[..]), (STARTER_ID, &By::ALL[..]));
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
