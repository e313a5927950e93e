//! Is a model what it says it is? Hashes, tensors, answers.

use serde::Serialize;

use crate::device::Compute;
use crate::embedder::{ImageEmbedder, TextEmbedder};
use crate::embedding::Embedding;
use crate::error::ModelError;
use crate::face::{AlignedFace, FaceDetector, FaceEmbedder};
use crate::manifest::NetworkKind;
use crate::resolve::{ModelRef, Recipe, resolve};
use crate::starter::{self, STARTER_ID, starter_bytes};
use crate::store::ModelStore;

/// A published answer of OpenAI's ViT-B/32: the sentence, and the first components of its unit vector.
///
/// Source: the tests of `qdrant/fastembed` for `Qdrant/clip-ViT-B-32-text`, which give four decimals.
const PUBLISHED: (&str, [f32; 5]) = ("hello world", [0.0083, 0.0103, -0.0138, 0.0199, -0.0069]);
const PUBLISHED_TOLERANCE: f32 = 1e-3;

/// The model whose published answer is known.
const PUBLISHED_ID: &str = "clip-vit-b-32";

/// What was checked and found right. A model that fails a check gives an error instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// The model's id.
    pub model: String,
    /// In the order in which they were made.
    pub checks: Vec<Check>,
}

/// One check that passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked: `hash`, `image tower`, `text tower`, `published answer`, `detector` or `face embedder`.
    pub name: String,
    /// What was found.
    pub detail: String,
}

/// Reads all files of a model again, compares them with the manifest, loads the networks, lets them answer, and compares an answer
/// with the published one where there is one. The files of networks that this crate does not run are only compared.
///
/// # Errors
/// The first thing that is wrong: [`ModelError::WrongHash`], [`ModelError::Tensor`], [`ModelError::WrongAnswer`], and everything that
/// [`resolve`] and the embedders return.
pub fn verify(store: &ModelStore, model: &ModelRef, compute: &Compute) -> Result<VerifyReport, ModelError> {
    let mut checks = vec![];
    let mut passed = |name: &str, detail: String| checks.push(Check { name: name.into(), detail });
    if let ModelRef::Id(id) = model
        && id == STARTER_ID
    {
        let (bytes, sha256) = (starter_bytes(), starter::sha256());
        passed("hash", format!("built in: {bytes} bytes, SHA-256 {sha256}"));
    } else if let ModelRef::Id(id) = model {
        for file in store.verify_hash(id)? {
            passed("hash", format!("{}: {} bytes, SHA-256 {}", file.path.display(), file.bytes, file.sha256));
        }
        match store.entry(id)?.network {
            NetworkKind::Clip | NetworkKind::ResNet50 | NetworkKind::Starter => {}
            NetworkKind::YuNet => {
                let grey = image::RgbImage::from_pixel(64, 64, image::Rgb([128; 3]));
                FaceDetector::load(store, compute)?.detect(&grey, 64, 64)?;
                passed("detector", format!("all tensors in place and finite, on the {}", compute.report()));
                return Ok(VerifyReport { model: id.clone(), checks });
            }
            NetworkKind::MobileFaceNet => {
                let dimensions = FaceEmbedder::load(store, compute)?.embed(&[AlignedFace::grey()])?;
                let dimensions = dimensions.first().map_or(0, Embedding::dim);
                let device = compute.report();
                let detail =
                    format!("all tensors in place and finite, {dimensions} dimensions, on the {device}");
                passed("face embedder", detail);
                return Ok(VerifyReport { model: id.clone(), checks });
            }
            NetworkKind::MultilingualText => {
                return Ok(VerifyReport { model: id.clone(), checks });
            }
        }
    }
    let resolved = resolve(store, model)?;
    let grey = image::RgbImage::from_pixel(64, 64, image::Rgb([128; 3]));
    let embedder = ImageEmbedder::load(&resolved, compute)?;
    let vectors = embedder.embed_prepared(&[embedder.preprocess().prepare(&grey)])?;
    let dims: Vec<String> = vectors.iter().flatten().map(|vector| vector.dim().to_string()).collect();
    passed(
        "image tower",
        format!(
            "all tensors in place and finite, {} dimensions, on the {}",
            dims.join(" and "),
            compute.report()
        ),
    );
    if matches!(resolved.recipe, Recipe::Clip(_) | Recipe::Starter(_)) {
        let embedder = TextEmbedder::load(&resolved, compute)?;
        passed("text tower", format!("all tensors in place and finite, on the {}", compute.report()));
        if resolved.info.id == PUBLISHED_ID {
            let (text, _) = PUBLISHED;
            let found = embedder.embed_texts(&[text])?;
            let vector = found.first().map_or(&[][..], |vector| vector.as_slice());
            let difference = compare_with_published(vector).map_err(|difference| {
                let id = resolved.info.id.clone();
                ModelError::WrongAnswer { id, text: text.into(), difference }
            })?;
            passed("published answer", format!("\"{text}\" differs by {difference:.5} at most"));
        }
    }
    Ok(VerifyReport { model: resolved.info.id, checks })
}

/// The largest difference between a component of `vector` and the published one.
///
/// # Errors
/// That difference, when rounding does not explain it. A vector that is too short differs infinitely.
fn compare_with_published(vector: &[f32]) -> Result<f32, f32> {
    let (_, expected) = PUBLISHED;
    if vector.len() < expected.len() {
        return Err(f32::INFINITY);
    }
    let difference = vector.iter().zip(&expected).map(|(f, e)| (f - e).abs()).fold(0.0, f32::max);
    if difference <= PUBLISHED_TOLERANCE { Ok(difference) } else { Err(difference) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_answer_passes_and_another_does_not() {
        let published = |change: f32| {
            let mut vector = PUBLISHED.1.to_vec();
            vector[3] += change;
            vector.resize(512, 0.04);
            vector
        };
        for (vector, passes) in [
            (published(0.0), true),
            (published(0.0009), true),
            (published(-0.0009), true),
            (published(0.0011), false),
            (published(0.0).iter().map(|v| -v).collect(), false),
            (PUBLISHED.1[..4].to_vec(), false),
        ] {
            let compared = compare_with_published(&vector);
            assert_eq!(compared.is_ok(), passes, "{compared:?}: {:?}", &vector[..4]);
        }
    }
}
