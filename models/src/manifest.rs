//! The list of model files that Kindred knows (`models/manifest.toml`), compiled into the program.
//!
//! A file is identified by its content: length and SHA-256. Names and addresses are only ways to find it. That is
//! what makes mirrors, resumed downloads and files carried over on a stick all equally safe.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::error::ModelError;
use crate::starter::STARTER_ID;
use crate::store::Sha256Digest;

/// The layout of the manifest this code reads.
const FORMAT: u32 = 1;

static BUILT_IN: LazyLock<Manifest> = LazyLock::new(|| {
    // The text is part of the program, and a test parses it: it cannot fail at run time.
    #[expect(clippy::expect_used)]
    Manifest::parse(include_str!("../manifest.toml")).expect("the compiled-in manifest is valid")
});

/// The manifest that was compiled into the program, parsed once.
pub fn manifest() -> &'static Manifest {
    &BUILT_IN
}

/// All models that can be downloaded or imported by id.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: u32,
    /// In the order in which they are shown.
    #[serde(rename = "model")]
    pub entries: Vec<ModelEntry>,
}

/// One model: what it is for, and the files it consists of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelEntry {
    /// Short name used on the command line, in the catalog and as folder name: `a-z`, `0-9`, `-`.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The question the model answers.
    pub purpose: Purpose,
    /// The network its weights belong to.
    pub network: NetworkKind,
    /// The model used for its purpose when the user names none.
    #[serde(default)]
    pub default: bool,
    /// A CLIP network that was trained with the exact GELU, as OpenCLIP's are, and not with OpenAI's approximation of it (QuickGELU).
    #[serde(default)]
    pub exact_gelu: bool,
    /// Components of one vector; 0 for a detector, which makes none.
    pub dim: usize,
    /// How a picture becomes the network's input.
    pub preprocessing: Preprocessing,
    /// Stored with every vector; vectors of another version are made anew.
    pub pipeline_version: u32,
    /// SPDX identifier.
    pub licence: String,
    /// What a person must know before using the model. Whoever has a notice is never chosen without being asked.
    pub notice: Option<String>,
    /// The files, weights first.
    #[serde(rename = "file")]
    pub files: Vec<ModelFile>,
}

/// One file slot of a model, and every published file that can fill it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// What the file is to the model.
    pub role: FileRole,
    /// Whether the model cannot run without it. Only required files are downloaded.
    #[serde(default = "yes")]
    pub required: bool,
    /// Best first: the first one with a known hash is what a download fetches.
    #[serde(rename = "variant")]
    pub variants: Vec<FileVariant>,
}

/// One published file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileVariant {
    /// Name in the model's folder.
    pub name: String,
    /// Addresses that serve these bytes, best first. A mirror replaces scheme and host.
    pub urls: Vec<String>,
    /// Revision (commit) at the publisher, where there is one.
    pub revision: Option<String>,
    /// Length; unknown only where the hash is.
    pub bytes: Option<u64>,
    /// Hash of the content. Without it the file can be neither downloaded nor imported.
    pub sha256: Option<Sha256Digest>,
}

/// The question a model answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// What does this sentence, or this picture, mean?
    Meaning,
    /// What looks like this picture?
    Look,
    /// Where are faces?
    FaceDetection,
    /// Whose face is it?
    FaceEmbedding,
    /// Sentences in other languages than English, in the space of a [`Purpose::Meaning`] model.
    MultilingualText,
}

impl Purpose {
    /// The word for it in names and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Meaning => "meaning",
            Self::Look => "look",
            Self::FaceDetection => "face-detection",
            Self::FaceEmbedding => "face-embedding",
            Self::MultilingualText => "multilingual-text",
        }
    }
}

/// The networks that exist in this program or in its add-ons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkKind {
    /// Both towers of a CLIP vision transformer.
    Clip,
    /// ResNet50 up to the global average pool.
    #[serde(rename = "resnet50")]
    ResNet50,
    /// Both towers of the starter model.
    Starter,
    /// The YuNet face detector.
    #[serde(rename = "yunet")]
    YuNet,
    /// The MobileFaceNet face embedder.
    #[serde(rename = "mobilefacenet")]
    MobileFaceNet,
    /// Multilingual DistilBERT with a projection into CLIP's space.
    MultilingualText,
}

/// How the input of a network is made. Sizes are in pixels. The crops of CLIP and ResNet50 are 224 × 224: the centre, or several
/// along the longer side of a panorama.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preprocessing {
    /// Shorter side to 224, bicubic with antialiasing; CLIP's mean and deviation.
    Clip,
    /// Shorter side to 256, bilinear; ImageNet's mean and deviation.
    #[serde(rename = "resnet50-v1")]
    ResNet50V1,
    /// Shorter side to 232, bilinear; ImageNet's mean and deviation.
    #[serde(rename = "resnet50-v2")]
    ResNet50V2,
    /// Shorter side to 235 (224 / 0.95), bicubic; ImageNet's mean and deviation. Source: timm's `a1_in1k` settings.
    #[serde(rename = "resnet50-timm")]
    ResNet50Timm,
    /// Whole picture, BGR 0–255, sides padded to multiples of 32.
    #[serde(rename = "yunet")]
    YuNet,
    /// Aligned face of 112 × 112, RGB; ImageNet's mean and deviation.
    #[serde(rename = "mobilefacenet")]
    MobileFaceNet,
    /// The model reads no pictures.
    Text,
}

/// What a file is to its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileRole {
    /// The network's parameters.
    Weights,
    /// A projection applied after the network.
    Projection,
    /// A complete tokenizer.
    Tokenizer,
    /// The vocabulary of a byte-pair tokenizer.
    Vocabulary,
    /// The merge rules of a byte-pair tokenizer.
    Merges,
}

impl fmt::Display for FileRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Weights => "weights",
            Self::Projection => "projection",
            Self::Tokenizer => "tokenizer",
            Self::Vocabulary => "vocabulary",
            Self::Merges => "merges",
        })
    }
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// [`ModelError::Manifest`] when the text is not TOML, a field is missing, unknown or impossible, or two entries
    /// claim the same id, file name or default place.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let manifest: Self =
            toml::from_str(text).map_err(|e| ModelError::Manifest { what: e.to_string() })?;
        manifest.check().map_err(|what| ModelError::Manifest { what })?;
        Ok(manifest)
    }

    /// The entry with this id.
    pub fn get(&self, id: &str) -> Option<&ModelEntry> {
        self.entries.iter().find(|e| e.id == id)
    }

    /// The model used for `purpose` when the user names none.
    pub fn default_for(&self, purpose: Purpose) -> Option<&ModelEntry> {
        self.entries.iter().find(|e| e.default && e.purpose == purpose)
    }

    fn check(&self) -> Result<(), String> {
        if self.format != FORMAT {
            return Err(format!("format {} instead of {FORMAT}", self.format));
        }
        let mut ids = HashSet::new();
        let mut defaults = HashSet::new();
        for entry in &self.entries {
            entry.check().map_err(|what| format!("model `{}`: {what}", entry.id))?;
            if !ids.insert(entry.id.as_str()) {
                return Err(format!("two models are called `{}`", entry.id));
            }
            if entry.default && !defaults.insert(entry.purpose) {
                return Err(format!("two models are the default for {:?}", entry.purpose));
            }
        }
        Ok(())
    }
}

impl ModelEntry {
    /// Bytes a download fetches: the first downloadable variant of each required file.
    pub fn download_bytes(&self) -> u64 {
        let required = self.files.iter().filter(|f| f.required);
        required.filter_map(|f| f.downloadable()?.bytes).sum()
    }

    /// Where the model comes from, for people: the page of the publisher's repository where the address of the first file tells
    /// it, else the host.
    pub fn source(&self) -> Option<String> {
        let url = self.files.iter().find_map(|f| f.downloadable()?.urls.first())?;
        let (scheme, rest) = url.split_once("://")?;
        // `…/resolve/REVISION/FILE` and `…/raw/REVISION/FILE` are files of the repository that stands before.
        let page = ["/resolve/", "/raw/"].into_iter().find_map(|part| rest.split_once(part));
        let place = page.map_or_else(|| rest.split('/').next().unwrap_or(rest), |(page, _)| page);
        Some(format!("{scheme}://{place}"))
    }

    fn check(&self) -> Result<(), String> {
        let id_is_plain = self.id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if self.id.is_empty() || !id_is_plain {
            return Err("an id is made of a-z, 0-9 and -".into());
        }
        if self.id.starts_with(STARTER_ID) || self.network == NetworkKind::Starter {
            return Err("the starter model is in the program and needs no entry".into());
        }
        if self.exact_gelu && self.network != NetworkKind::Clip {
            return Err("exact_gelu is said of CLIP networks only".into());
        }
        if self.default && self.notice.is_some() {
            return Err("a model with a notice cannot be a default".into());
        }
        if self.files.first().map(|f| f.role) != Some(FileRole::Weights) {
            return Err("the first file must be the weights".into());
        }
        let mut roles = HashSet::new();
        let mut names = HashSet::new();
        for file in &self.files {
            if !roles.insert(file.role) {
                return Err(format!("two slots for the {}", file.role));
            }
            if file.required && file.downloadable().is_none() {
                return Err(format!("no variant of the {} can be checked", file.role));
            }
            for variant in &file.variants {
                variant.check().map_err(|what| format!("file `{}`: {what}", variant.name))?;
                if !names.insert(variant.name.to_lowercase()) {
                    return Err(format!("two files are called `{}`", variant.name));
                }
            }
        }
        Ok(())
    }
}

impl ModelFile {
    /// The variant a download fetches: the first one whose content can be checked.
    pub fn downloadable(&self) -> Option<&FileVariant> {
        self.variants.iter().find(|v| v.sha256.is_some())
    }
}

impl FileVariant {
    fn check(&self) -> Result<(), String> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if self.name.is_empty() || self.name.starts_with('.') || !self.name.bytes().all(plain) {
            return Err("a file name is made of letters, digits, `.`, `_` and `-`".into());
        }
        if self.sha256.is_some() != self.bytes.is_some() {
            return Err("length and hash are known together or not at all".into());
        }
        if self.urls.is_empty() {
            return Err("no address".into());
        }
        for url in &self.urls {
            let parsed = reqwest::Url::parse(url).map_err(|e| format!("{url}: {e}"))?;
            if !matches!(parsed.scheme(), "https" | "http") || parsed.host_str().is_none() {
                return Err(format!("{url} is not a web address"));
            }
        }
        Ok(())
    }
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_in_manifest_is_valid_and_complete() {
        let manifest = Manifest::parse(include_str!("../manifest.toml")).unwrap();
        let ids: Vec<_> = manifest.entries.iter().map(|e| e.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "clip-vit-b-32",
                "clip-vit-b-32-laion2b",
                "resnet50",
                "resnet50-v1",
                "resnet50-timm",
                "yunet",
                "mobilefacenet",
                "clip-multilingual-text",
            ]
        );
    }

    #[test]
    fn every_purpose_but_face_embedding_and_languages_has_a_default() {
        let default = |purpose| manifest().default_for(purpose).map(|e| e.id.as_str());
        assert_eq!(default(Purpose::Meaning), Some("clip-vit-b-32"));
        assert_eq!(default(Purpose::Look), Some("resnet50"));
        assert_eq!(default(Purpose::FaceDetection), Some("yunet"));
        assert_eq!(default(Purpose::FaceEmbedding), None);
        assert_eq!(default(Purpose::MultilingualText), None);
    }

    #[test]
    fn a_download_takes_the_required_files_and_the_first_checkable_variant() {
        let bytes = |id| manifest().get(id).unwrap().download_bytes();
        assert_eq!(bytes("clip-vit-b-32"), 605_157_884);
        assert_eq!(bytes("clip-multilingual-text"), 135_377_779 + 1_572_984 + 1_961_847);
    }

    #[test]
    fn a_model_tells_the_page_or_the_host_that_it_comes_from() {
        let source = |id| manifest().get(id).unwrap().source().unwrap();
        let clip = manifest().get("clip-vit-b-32").unwrap();
        let address = &clip.files[0].variants[0].urls[0];
        assert!(address.starts_with(&format!("{}/resolve/", source("clip-vit-b-32"))), "{address}");
        let address = &manifest().get("resnet50").unwrap().files[0].variants[0].urls[0];
        let host = source("resnet50");
        assert!(address.starts_with(&format!("{host}/")) && host.matches('/').count() == 2, "{host}");
    }

    #[test]
    fn addresses_pin_the_revision_where_there_is_one() {
        for entry in &manifest().entries {
            for variant in entry.files.iter().flat_map(|f| &f.variants) {
                if let Some(revision) = &variant.revision {
                    assert!(variant.urls[0].contains(revision.as_str()), "{} {}", entry.id, variant.name);
                }
            }
        }
    }

    /// One entry, with one thing wrong each time.
    #[test]
    fn impossible_manifests_are_refused_with_the_reason() {
        let entry = |changes: &[(&str, &str)]| {
            let mut text = String::from(
                "format = 1\n[[model]]\nid = \"m\"\ntitle = \"t\"\npurpose = \"look\"\nnetwork = \"resnet50\"\n\
                 dim = 4\npreprocessing = \"resnet50-v2\"\npipeline_version = 1\nlicence = \"MIT\"\n\
                 [[model.file]]\nrole = \"weights\"\n[[model.file.variant]]\nname = \"w.pth\"\n\
                 urls = [\"https://a.example/w\"]\nbytes = 1\nsha256 = \"HASH\"\n",
            );
            for (from, to) in changes {
                assert!(text.contains(from), "{from}");
                text = text.replace(from, to);
            }
            text.replace("HASH", &"0".repeat(64))
        };
        Manifest::parse(&entry(&[])).unwrap();
        for (from, to, reason) in [
            ("format = 1", "format = 2", "format 2"),
            ("\"m\"", "\"../m\"", "an id is made of"),
            ("\"m\"", "\"starter\"", "needs no entry"),
            ("\"resnet50\"", "\"starter\"", "needs no entry"),
            ("\"w.pth\"", "\"../w\"", "a file name is made of"),
            ("\"w.pth\"", "\".lock\"", "a file name is made of"),
            ("bytes = 1\n", "", "known together"),
            ("bytes = 1\nsha256 = \"HASH\"", "", "can be checked"),
            ("https://a.example/w", "ftp://a.example/w", "not a web address"),
            ("\"weights\"", "\"tokenizer\"", "must be the weights"),
            ("dim = 4", "dim = 4\ndimension = 5", "unknown field"),
            ("dim = 4", "dim = 4\nexact_gelu = true", "CLIP networks only"),
            ("HASH", "0000", "not a SHA-256 hash"),
        ] {
            let error = Manifest::parse(&entry(&[(from, to)])).unwrap_err().to_string();
            assert!(error.contains(reason), "{from} -> {to}: {error}");
        }
    }
}
