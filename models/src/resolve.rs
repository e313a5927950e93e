//! From what a user names, an id or a folder, to the files of a network.

use std::collections::HashMap;
use std::convert::Infallible;
use std::ffi::OsString;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clip::ClipConfig;
use crate::cpu::epilogue::Activation;
use crate::error::ModelError;
use crate::load::Checkpoint;
use crate::manifest::{FileRole, ModelEntry, NetworkKind, Purpose};
use crate::preprocess::Preprocess;
use crate::resnet50;
use crate::store::ModelStore;

/// Stored with the vectors of a model folder; goes up with the manifest's when preprocessing or arithmetic change.
const FOLDER_PIPELINE_VERSION: u32 = 1;

/// Weights of a CLIP folder, best first.
const CLIP_WEIGHTS: [&str; 4] =
    ["model.safetensors", "pytorch_model.bin", "open_clip_model.safetensors", "open_clip_pytorch_model.bin"];

/// Start of the SHA-256 of torchvision's IMAGENET1K_V1 weights; torchvision puts it into the file's name.
const RESNET50_V1: &str = "0676ba61";

/// A model as a user names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelRef {
    /// An entry of the manifest.
    Id(String),
    /// A folder with weights, and for CLIP a `config.json`.
    Folder(PathBuf),
}

impl FromStr for ModelRef {
    type Err = Infallible;

    /// An existing folder, or anything with a path separator, is a folder; the rest are ids.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_path =
            text.contains('/') || text.contains(std::path::MAIN_SEPARATOR) || Path::new(text).is_dir();
        Ok(if is_path { Self::Folder(text.into()) } else { Self::Id(text.to_owned()) })
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelInfo {
    /// The manifest's id, or for a folder the kind of network with a hash of the folder's content.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The network its weights belong to.
    pub network: NetworkKind,
    /// The question it answers.
    pub purpose: Purpose,
    /// Components of a vector.
    pub dim: usize,
    /// Stored with every vector; vectors of another version are made anew.
    pub pipeline_version: u32,
}

/// A model whose files were found.
#[derive(Debug, Clone)]
pub struct ResolvedModel {
    /// What it is.
    pub info: ModelInfo,
    pub(crate) weights: PathBuf,
    pub(crate) recipe: Recipe,
}

/// How to build the network from its weights, and how it wants its pictures.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Recipe {
    Clip(ClipConfig),
    ResNet50(Preprocess),
}

/// Finds the files of a model. Looks at names, configurations and tables of contents, not at weights, except that the id of a folder
/// needs its content to be read once per process.
///
/// # Errors
/// [`ModelError::UnknownModel`], [`ModelError::NotInstalled`] for ids; [`ModelError::NoModel`], [`ModelError::Config`],
/// [`ModelError::Checkpoint`], [`ModelError::Tensor`], [`ModelError::Io`] for folders; [`ModelError::Unsuitable`] for a model that makes
/// no vectors of whole pictures.
pub fn resolve(store: &ModelStore, model: &ModelRef) -> Result<ResolvedModel, ModelError> {
    match model {
        ModelRef::Id(id) => resolve_id(store, id),
        ModelRef::Folder(folder) => resolve_folder(folder),
    }
}

fn resolve_id(store: &ModelStore, id: &str) -> Result<ResolvedModel, ModelError> {
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
        purpose: entry.purpose,
        dim: entry.dim,
        pipeline_version: entry.pipeline_version,
    };
    Ok(ResolvedModel { info, weights, recipe })
}

/// The published CLIP files come without a configuration that could be trusted to lie beside them, so theirs are built in.
fn recipe_of(entry: &ModelEntry) -> Result<Recipe, ModelError> {
    let unsuitable = || ModelError::Unsuitable {
        id: entry.id.clone(),
        reason: "makes no vectors of whole pictures".into(),
    };
    match entry.network {
        // OpenAI trained with an approximation of GELU, OpenCLIP's LAION networks with the exact function.
        NetworkKind::Clip if entry.id.ends_with("laion2b") => {
            Ok(Recipe::Clip(ClipConfig::vit_b_32(Activation::Gelu)))
        }
        NetworkKind::Clip => Ok(Recipe::Clip(ClipConfig::vit_b_32(Activation::QuickGelu))),
        NetworkKind::ResNet50 => {
            Preprocess::of(entry.preprocessing).map(Recipe::ResNet50).ok_or_else(unsuitable)
        }
        _ => Err(unsuitable()),
    }
}

fn resolve_folder(folder: &Path) -> Result<ResolvedModel, ModelError> {
    let names = file_names(folder)?;
    let none = |reason: String| ModelError::NoModel { path: folder.to_path_buf(), reason };
    let title =
        folder.file_name().map_or_else(|| folder.display().to_string(), |n| n.to_string_lossy().into_owned());
    let config =
        ["config.json", "open_clip_config.json"].into_iter().find(|name| names.iter().any(|n| n == name));
    if let Some(config) = config.map(|name| folder.join(name)).filter(|path| !describes_a_resnet(path)) {
        let recipe = ClipConfig::read(&config)?;
        let weights =
            CLIP_WEIGHTS.iter().find(|name| names.iter().any(|n| n == *name)).map(|name| folder.join(name));
        let weights = weights.ok_or_else(|| {
            none(format!("beside {} must lie {}", config.display(), CLIP_WEIGHTS.join(" or ")))
        })?;
        let id = format!("clip-{}", content_id(&[&config, &weights])?.hash);
        let info = ModelInfo {
            id,
            title,
            network: NetworkKind::Clip,
            purpose: Purpose::Meaning,
            dim: recipe.dim,
            pipeline_version: FOLDER_PIPELINE_VERSION,
        };
        return Ok(ResolvedModel { info, weights, recipe: Recipe::Clip(recipe) });
    }
    let weights = match &names.iter().filter(|name| is_weights(name)).collect::<Vec<_>>()[..] {
        [one] => folder.join(one),
        [] => {
            return Err(none(
                "it has neither a config.json (CLIP) nor a .pth or .safetensors file (ResNet50)".into(),
            ));
        }
        many => {
            let many: Vec<&str> = many.iter().map(|n| n.as_str()).collect();
            return Err(none(format!(
                "without a config.json it must hold one file of weights, not {}",
                many.join(", ")
            )));
        }
    };
    let content = content_id(&[&weights])?;
    let is_v1 =
        weights.file_name().is_some_and(|n| n.to_string_lossy().contains(RESNET50_V1)) || content.is_v1;
    // The same weights with other preprocessing make other vectors.
    let (preprocess, mark) =
        if is_v1 { (Preprocess::resnet50_v1(), "v1-") } else { (Preprocess::resnet50_v2(), "") };
    let info = ModelInfo {
        id: format!("resnet50-{mark}{}", content.hash),
        title,
        network: NetworkKind::ResNet50,
        purpose: Purpose::Look,
        dim: resnet50::Plan::of(&Checkpoint::open(&weights)?)?.features(),
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
    let parsed = std::fs::read_to_string(config)
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    parsed.is_some_and(|v| {
        v.get("architecture").and_then(|a| a.as_str()).is_some_and(|a| a.starts_with("resnet50"))
    })
}

fn is_weights(name: &str) -> bool {
    let extension =
        Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    matches!(extension.as_str(), "pth" | "pt" | "bin" | "safetensors")
}

/// What the content of files tells.
#[derive(Debug, Clone)]
struct Content {
    /// 16 hexadecimal digits of BLAKE3 over all files.
    hash: String,
    /// Whether the last file is torchvision's IMAGENET1K_V1.
    is_v1: bool,
}

/// Name, length and time of change of each file: as long as they stay, the content is not read again.
type Stamp = Vec<(PathBuf, u64, Option<SystemTime>)>;

static CONTENTS: LazyLock<Mutex<HashMap<Stamp, Content>>> = LazyLock::new(Mutex::default);

fn content_id(files: &[&Path]) -> Result<Content, ModelError> {
    let mut stamp = vec![];
    for file in files {
        let metadata = std::fs::metadata(file).map_err(|e| ModelError::io(file, e))?;
        stamp.push((file.to_path_buf(), metadata.len(), metadata.modified().ok()));
    }
    // The lock is held while reading, so that two callers do not read the same gigabyte twice.
    let mut contents = CONTENTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = contents.get(&stamp) {
        return Ok(known.clone());
    }
    let mut all = blake3::Hasher::new();
    let mut sha256 = Sha256::new();
    for (index, file) in files.iter().enumerate() {
        let is_last_of_one = files.len() == 1 && index == 0;
        read_in_blocks(file, |block| {
            all.update_rayon(block);
            if is_last_of_one {
                sha256.update(block);
            }
        })
        .map_err(|e| ModelError::io(file, e))?;
    }
    let digest = sha256.finalize();
    let content = Content {
        hash: all.finalize().to_hex()[..16].to_owned(),
        is_v1: digest[..4].iter().map(|b| format!("{b:02x}")).collect::<String>() == RESNET50_V1,
    };
    contents.insert(stamp, content.clone());
    Ok(content)
}

fn read_in_blocks(path: &Path, mut take: impl FnMut(&[u8])) -> std::io::Result<()> {
    let mut file = std::fs::File::open(path)?;
    let mut block = vec![0; 4 << 20];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(()),
            n => take(&block[..n]),
        }
    }
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
        assert_eq!(parse("./resnet50"), ModelRef::Folder("./resnet50".into()));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        assert_eq!(parse(path), ModelRef::Folder(path.into()));
    }

    #[test]
    fn a_folder_without_a_model_is_refused_with_what_was_looked_for() {
        let store = ModelStore::new("nowhere");
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
    fn ids_that_are_unknown_or_not_installed_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::new(folder.path());
        let error = |id: &str| resolve(&store, &ModelRef::Id(id.into())).unwrap_err();
        assert!(matches!(error("nonsense"), ModelError::UnknownModel { .. }));
        assert!(matches!(error("clip-vit-b-32"), ModelError::NotInstalled { .. }));
        assert!(matches!(error("yunet"), ModelError::Unsuitable { .. }));
    }

    #[test]
    fn the_content_decides_the_id_and_a_changed_file_gets_another() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&a, b"one").unwrap();
        std::fs::write(&b, b"one").unwrap();
        let first = content_id(&[&a]).unwrap();
        assert_eq!(first.hash.len(), 16);
        assert_eq!(first.hash, content_id(&[&b]).unwrap().hash);
        std::fs::write(&b, b"two, and longer").unwrap();
        assert_ne!(first.hash, content_id(&[&b]).unwrap().hash);
    }
}
