//! From what a user names, an id or a folder, to the files of a network.

use std::convert::Infallible;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::clip::ClipConfig;
use crate::content::content_of;
use crate::cpu::epilogue::Activation;
use crate::error::ModelError;
use crate::load::{Checkpoint, Source};
use crate::manifest::{FileRole, ModelEntry, NetworkKind, Purpose, manifest};
use crate::preprocess::Preprocess;
use crate::resnet;
use crate::starter::{self, STARTER_ID, STARTER_TITLE, StarterConfig};
use crate::store::ModelStore;

/// Stored with the vectors of a model folder; goes up with the manifest's when preprocessing or arithmetic change.
const FOLDER_PIPELINE_VERSION: u32 = 1;

/// Weights of a CLIP folder, best first.
const CLIP_WEIGHTS: [&str; 4] =
    ["model.safetensors", "pytorch_model.bin", "open_clip_model.safetensors", "open_clip_pytorch_model.bin"];

/// The file of a starter network's folder.
const STARTER_WEIGHTS: &str = "starter.safetensors";

/// Start of the SHA-256 of torchvision's IMAGENET1K_V1 weights; torchvision puts it into the file's name.
const RESNET50_V1: &str = "0676ba61";

/// A model as a user names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelRef {
    /// An entry of the manifest, or the starter model.
    Id(String),
    /// A folder with weights, and for CLIP and starter networks a `config.json`.
    Folder(PathBuf),
}

impl FromStr for ModelRef {
    type Err = Infallible;

    /// Anything with a path separator is a folder, and so is an existing folder unless the manifest has a model of that name; the
    /// rest are ids. `./name` is always a folder.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_known = || text == STARTER_ID || manifest().get(text).is_some();
        let is_folder = text.contains('/')
            || text.contains(std::path::MAIN_SEPARATOR)
            || (!is_known() && Path::new(text).is_dir());
        Ok(if is_folder { Self::Folder(text.into()) } else { Self::Id(text.to_owned()) })
    }
}

impl From<OsString> for ModelRef {
    /// As [`FromStr`]. A name that is not Unicode is no id, so it is a folder.
    fn from(argument: OsString) -> Self {
        match argument.into_string() {
            Ok(text) => {
                let Ok(model) = text.parse();
                model
            }
            Err(path) => Self::Folder(path.into()),
        }
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.write_str(id),
            Self::Folder(path) => write!(f, "{}", path.display()),
        }
    }
}

/// What a model is, without its weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// The manifest's id, or for a folder the kind of network with a hash of the folder's content.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The network its weights belong to.
    pub network: NetworkKind,
    /// The vectors that it makes of a picture: one of CLIP and ResNet50, two of a starter network. Never none.
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

/// A model whose files were found.
#[derive(Debug, Clone)]
pub struct ResolvedModel {
    /// What it is.
    pub info: ModelInfo,
    pub(crate) weights: Source,
    pub(crate) recipe: Recipe,
}

/// How to build the network from its weights, and how it wants its pictures.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Recipe {
    Clip(ClipConfig),
    ResNet50(Preprocess),
    Starter(StarterConfig),
}

/// Finds the files of a model; the starter model needs none. Looks at names, configurations and tables of contents, not at weights, except that the id of a folder
/// needs its content to be read once; the store remembers it until a file changes.
///
/// # Errors
/// [`ModelError::UnknownModel`], [`ModelError::NotInstalled`] for ids; [`ModelError::NoModel`], [`ModelError::Config`],
/// [`ModelError::Checkpoint`], [`ModelError::Tensor`], [`ModelError::Io`] for folders; [`ModelError::Unsuitable`] for a model that makes
/// no vectors of whole pictures.
pub fn resolve(store: &ModelStore, model: &ModelRef) -> Result<ResolvedModel, ModelError> {
    match model {
        ModelRef::Id(id) => resolve_id(store, id),
        ModelRef::Folder(folder) => resolve_folder(store, folder),
    }
}

fn resolve_id(store: &ModelStore, id: &str) -> Result<ResolvedModel, ModelError> {
    if id == STARTER_ID {
        let (weights, config) = starter::built_in()?;
        return Ok(starter_of(STARTER_ID.into(), STARTER_TITLE.into(), weights, config));
    }
    let entry = store.entry(id)?;
    let recipe = recipe_of(entry)?;
    let files = store.files(id)?;
    let weights = files.into_iter().find(|file| file.role == FileRole::Weights).map(|file| file.path);
    let weights = weights.ok_or_else(|| ModelError::NotInstalled {
        id: id.to_owned(),
        reason: "the weights are missing".into(),
    })?;
    let info = ModelInfo {
        id: entry.id.clone(),
        title: entry.title.clone(),
        network: entry.network,
        outputs: vec![Output { purpose: entry.purpose, dim: entry.dim }],
        pipeline_version: entry.pipeline_version,
    };
    Ok(ResolvedModel { info, weights: Source::File(weights), recipe })
}

fn starter_of(id: String, title: String, weights: Source, config: StarterConfig) -> ResolvedModel {
    let info = ModelInfo {
        id,
        title,
        network: NetworkKind::Starter,
        outputs: starter::outputs(&config),
        pipeline_version: config.version,
    };
    ResolvedModel { info, weights, recipe: Recipe::Starter(config) }
}

/// The published CLIP files come without a configuration that could be trusted to lie beside them, so theirs are built in.
fn recipe_of(entry: &ModelEntry) -> Result<Recipe, ModelError> {
    let unsuitable = || ModelError::Unsuitable {
        id: entry.id.clone(),
        reason: "makes no vectors of whole pictures".into(),
    };
    match entry.network {
        NetworkKind::Clip => {
            let activation = if entry.exact_gelu { Activation::Gelu } else { Activation::QuickGelu };
            Ok(Recipe::Clip(ClipConfig::vit_b_32(activation)))
        }
        NetworkKind::ResNet50 => {
            Preprocess::of(entry.preprocessing).map(Recipe::ResNet50).ok_or_else(unsuitable)
        }
        _ => Err(unsuitable()),
    }
}

fn resolve_folder(store: &ModelStore, folder: &Path) -> Result<ResolvedModel, ModelError> {
    let names = file_names(folder)?;
    let none = |reason: String| ModelError::NoModel { path: folder.to_path_buf(), reason };
    let title =
        folder.file_name().map_or_else(|| folder.display().to_string(), |n| n.to_string_lossy().into_owned());
    let config =
        ["config.json", "open_clip_config.json"].into_iter().find(|name| names.iter().any(|n| n == name));
    let config = config.map(|name| folder.join(name));
    if let Some(config) = config.as_ref().filter(|path| describes_a_starter(path)) {
        let recipe = StarterConfig::read(config)?;
        let weights = folder.join(STARTER_WEIGHTS);
        let id = format!("{STARTER_ID}-{}", content_of(store.dir(), &[config, &weights])?.id);
        return Ok(starter_of(id, title, Source::File(weights), recipe));
    }
    if let Some(config) = config.as_ref().filter(|path| !describes_a_resnet(path)) {
        let recipe = ClipConfig::read(config)?;
        let weights =
            CLIP_WEIGHTS.iter().find(|name| names.iter().any(|n| n == *name)).map(|name| folder.join(name));
        let weights = weights.ok_or_else(|| {
            none(format!("beside {} must lie {}", config.display(), CLIP_WEIGHTS.join(" or ")))
        })?;
        let id = format!("clip-{}", content_of(store.dir(), &[config, &weights])?.id);
        let info = ModelInfo {
            id,
            title,
            network: NetworkKind::Clip,
            outputs: vec![Output { purpose: Purpose::Meaning, dim: recipe.dim }],
            pipeline_version: FOLDER_PIPELINE_VERSION,
        };
        return Ok(ResolvedModel { info, weights: Source::File(weights), recipe: Recipe::Clip(recipe) });
    }
    let mut candidates: Vec<&str> = names.iter().map(String::as_str).filter(|n| is_weights(n)).collect();
    let is_safetensors = |name: &str| name.to_ascii_lowercase().ends_with(".safetensors");
    if config.is_some() && candidates.iter().any(|name| is_safetensors(name)) {
        // timm publishes the same weights in both formats.
        candidates.retain(|name| is_safetensors(name));
    }
    let weights = match candidates[..] {
        [one] => folder.join(one),
        [] => {
            return Err(none(
                "it has neither a config.json (CLIP) nor a .pth or .safetensors file (ResNet50)".into(),
            ));
        }
        _ => {
            let many = candidates.join(", ");
            return Err(none(format!("a ResNet50 has one file of weights, and here are {many}")));
        }
    };
    let content = content_of(store.dir(), &[&weights])?;
    let is_v1 = weights.file_name().is_some_and(|n| n.to_string_lossy().contains(RESNET50_V1))
        || content.sha256.to_string().starts_with(RESNET50_V1);
    // The same weights with other preprocessing make other vectors.
    let (preprocess, mark) =
        if is_v1 { (Preprocess::resnet50_v1(), "v1-") } else { (Preprocess::resnet50_v2(), "") };
    let weights = Source::File(weights);
    let dim = resnet::Plan::of_resnet50(&Checkpoint::open(&weights)?)?.features();
    let info = ModelInfo {
        id: format!("resnet50-{mark}{}", content.id),
        title,
        network: NetworkKind::ResNet50,
        outputs: vec![Output { purpose: Purpose::Look, dim }],
        pipeline_version: FOLDER_PIPELINE_VERSION,
    };
    Ok(ResolvedModel { info, weights, recipe: Recipe::ResNet50(preprocess) })
}

fn file_names(folder: &Path) -> Result<Vec<String>, ModelError> {
    let mut names = vec![];
    for entry in std::fs::read_dir(folder).map_err(|e| ModelError::io(folder, e))? {
        let entry = entry.map_err(|e| ModelError::io(folder, e))?;
        if entry.path().is_file() {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort();
    Ok(names)
}

/// timm puts a `config.json` of its own beside its ResNets.
fn describes_a_resnet(config: &Path) -> bool {
    parsed(config).is_some_and(|v| {
        v.get("architecture").and_then(|a| a.as_str()).is_some_and(|a| a.starts_with("resnet50"))
    })
}

/// No other configuration tells of the first convolution.
fn describes_a_starter(config: &Path) -> bool {
    parsed(config).is_some_and(|v| v.pointer("/image/stem").is_some())
}

fn parsed(config: &Path) -> Option<serde_json::Value> {
    serde_json::from_str(&std::fs::read_to_string(config).ok()?).ok()
}

fn is_weights(name: &str) -> bool {
    let extension =
        Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    matches!(extension.as_str(), "pth" | "pt" | "bin" | "safetensors")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> ModelRef {
        let Ok(model) = text.parse();
        model
    }

    #[test]
    fn a_name_is_an_id_and_a_path_is_a_folder() {
        assert_eq!(parse("resnet50"), ModelRef::Id("resnet50".into()));
        // A folder of this crate is called like it, too.
        assert_eq!(parse("starter"), ModelRef::Id("starter".into()));
        assert_eq!(parse("./resnet50"), ModelRef::Folder("./resnet50".into()));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        assert_eq!(parse(path), ModelRef::Folder(path.into()));
        // A folder of this crate that no model is called like.
        assert_eq!(parse("src"), ModelRef::Folder("src".into()));
    }

    #[test]
    fn the_starter_model_is_there_without_any_folder_and_has_a_space_for_each_purpose() {
        let store = ModelStore::new("/nowhere");
        let info = resolve(&store, &parse("starter")).unwrap().info;
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

    #[test]
    fn a_folder_without_a_model_is_refused_with_what_was_looked_for() {
        let models = tempfile::tempdir().unwrap();
        let store = ModelStore::new(models.path());
        let folder = tempfile::tempdir().unwrap();
        let error = || resolve(&store, &ModelRef::Folder(folder.path().into())).unwrap_err().to_string();
        assert!(error().contains("neither a config.json"), "{}", error());
        std::fs::write(folder.path().join("a.pth"), b"x").unwrap();
        assert!(error().contains("not a usable checkpoint"), "{}", error());
        std::fs::write(folder.path().join("b.pth"), b"x").unwrap();
        assert!(error().contains("a.pth, b.pth"), "{}", error());
        std::fs::write(folder.path().join("config.json"), r#"{"model_type": "clip"}"#).unwrap();
        assert!(error().contains("model.safetensors or"), "{}", error());
    }

    #[test]
    fn of_two_files_beside_the_configuration_of_timm_the_safetensors_are_taken() {
        let models = tempfile::tempdir().unwrap();
        let store = ModelStore::new(models.path());
        let folder = tempfile::tempdir().unwrap();
        let error = || resolve(&store, &ModelRef::Folder(folder.path().into())).unwrap_err().to_string();
        std::fs::write(folder.path().join("config.json"), r#"{"architecture": "resnet50"}"#).unwrap();
        for name in ["model.safetensors", "pytorch_model.bin"] {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        assert!(error().contains("model.safetensors: not a usable checkpoint"), "{}", error());
        std::fs::write(folder.path().join("other.safetensors"), b"x").unwrap();
        assert!(error().contains("here are model.safetensors, other.safetensors"), "{}", error());
    }

    #[test]
    fn laions_network_uses_the_exact_activation_and_openais_does_not() {
        for (id, activation) in
            [("clip-vit-b-32", Activation::QuickGelu), ("clip-vit-b-32-laion2b", Activation::Gelu)]
        {
            let recipe = recipe_of(manifest().get(id).unwrap()).unwrap();
            assert_eq!(recipe, Recipe::Clip(ClipConfig::vit_b_32(activation)), "{id}");
        }
    }

    #[test]
    fn ids_that_are_unknown_or_not_installed_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::new(folder.path());
        let error = |id: &str| resolve(&store, &ModelRef::Id(id.into())).unwrap_err();
        assert!(matches!(error("nonsense"), ModelError::UnknownModel { .. }));
        assert!(matches!(error("clip-vit-b-32"), ModelError::NotInstalled { .. }));
        assert!(matches!(error("yunet"), ModelError::Unsuitable { .. }));
    }
}
