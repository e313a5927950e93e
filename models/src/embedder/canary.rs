//! The parity canary: answers of the GPU compared with the CPU's before any other is believed.
//!
//! Drivers exist that compute wrong numbers without an error. A library embedded by one of them looks fine and finds nothing.

use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};
use serde::{Deserialize, Serialize};

use crate::device::Compute;
use crate::embedding::Embedding;
use crate::info::ModelInfo;

/// Below this cosine the GPU is wrong. Rounding alone leaves more than 0.9999.
const LOWEST_COSINE: f32 = 0.999;

/// What is kept for one network: the CPU's answer, and the GPU that gave another one.
pub(crate) struct Canary {
    answer: PathBuf,
    refusal: PathBuf,
    device: String,
    /// Components of each of the vectors that make up a row of the answer.
    parts: Vec<usize>,
}

/// A GPU that computed wrong numbers. Finding that out again at every start would take as long as starting it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Refusal {
    /// Of Kindred: another version computes in another way.
    version: String,
    /// The GPU with its driver.
    device: String,
    /// What was wrong.
    reason: String,
}

impl Canary {
    /// For the network of a model in its role, `image` or `text`. A row of its answer is made of vectors of so many components.
    pub(crate) fn new(compute: &Compute, model: &ModelInfo, role: &str, parts: Vec<usize>) -> Self {
        let folder = compute.state_dir().join("canary");
        let name = format!("{}-{role}-{}", model.id, model.pipeline_version);
        Self {
            answer: folder.join(format!("{name}.f32")),
            refusal: folder.join(format!("{name}.refused.json")),
            device: compute.device_and_driver(),
            parts,
        }
    }

    /// Numbers of a row of the answer.
    pub(super) fn width(&self) -> usize {
        self.parts.iter().sum()
    }

    /// The CPU's answer, when it was computed before.
    pub(super) fn stored(&self) -> Option<Vec<f32>> {
        let bytes = std::fs::read(&self.answer).ok()?;
        let (numbers, rest) = bytes.as_chunks::<4>();
        let vector: Vec<f32> = numbers.iter().map(|b| f32::from_le_bytes(*b)).collect();
        (rest.is_empty() && !vector.is_empty()).then_some(vector)
    }

    /// Keeps the CPU's answer. Failing to is no error: it is computed again the next time.
    pub(super) fn store(&self, vector: &[f32]) {
        let bytes: Vec<u8> = vector.iter().flat_map(|v| v.to_le_bytes()).collect();
        keep(&self.answer, &bytes);
    }

    /// Compares each of the GPU's answers to the known input with the CPU's, vector by vector: they are of different lengths.
    ///
    /// # Errors
    /// Why the GPU is not to be believed.
    pub(super) fn compare(&self, found: &[f32], expected: &[f32]) -> Result<(), String> {
        let unit = |v: &[f32]| Embedding::normalise(v.to_vec()).map_err(|e| e.to_string());
        let references = self.vectors(expected).map(unit).collect::<Result<Vec<_>, _>>()?;
        for row in found.chunks(self.width()) {
            // Half a row has vectors of other dimensions, or too few.
            let mut vectors = self.vectors(row);
            for reference in &references {
                let cosine = unit(vectors.next().unwrap_or_default())
                    .map(|vector| vector.cosine(reference))
                    .map_err(|e| format!("it computes wrong numbers ({e})"))?;
                if cosine < LOWEST_COSINE {
                    return Err(format!(
                        "it computes wrong numbers (cosine {cosine:.4} with the CPU for a known input)"
                    ));
                }
            }
        }
        Ok(())
    }

    /// The vectors of a row.
    fn vectors<'a>(&self, row: &'a [f32]) -> impl Iterator<Item = &'a [f32]> {
        let mut rest = row;
        self.parts.iter().map(move |part| rest.split_off(..(*part).min(rest.len())).unwrap_or_default())
    }

    /// Remembers that the GPU is not to be believed with this network.
    pub(super) fn refuse(&self, reason: &str) {
        let refusal = Refusal {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            device: self.device.clone(),
            reason: reason.to_owned(),
        };
        match serde_json::to_vec(&refusal) {
            Ok(text) => keep(&self.refusal, &text),
            Err(error) => tracing::warn!(%error, "the refusal of a GPU could not be written down"),
        }
    }

    /// Why the GPU was refused at an earlier start, if all is still as it was then.
    pub(super) fn refused(&self) -> Option<String> {
        let refusal: Refusal = serde_json::from_slice(&std::fs::read(&self.refusal).ok()?).ok()?;
        let holds = refusal.version == env!("CARGO_PKG_VERSION") && refusal.device == self.device;
        holds.then_some(refusal.reason)
    }

    /// Forgets the refusal, because the GPU now computes what it should.
    pub(super) fn accept(&self) {
        match std::fs::remove_file(&self.refusal) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(path = %self.refusal.display(), %error, "the refusal of a GPU stays");
            }
            _ => {}
        }
    }
}

/// Writes a file as a whole. It only saves work at the next start, so failing to is no error.
fn keep(path: &Path, bytes: &[u8]) {
    let written = || {
        let folder = path.parent().unwrap_or(path);
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        std::io::Write::write_all(&mut file, bytes)?;
        file.persist(path).map_err(|e| e.error)
    };
    if let Err(error) = written() {
        tracing::warn!(path = %path.display(), %error, "what the canary found could not be kept");
    }
}

/// The picture of the canary: gradients, edges and fine texture, so that an error anywhere in a network shows.
pub(crate) fn picture(side: u32) -> RgbImage {
    RgbImage::from_fn(side, side, |x, y| {
        let (u, v) = (x as f32 / side as f32, y as f32 / side as f32);
        let disc = (u - 0.35).hypot(v - 0.4) < 0.25;
        let stripes = (x / 8 + y / 16) % 2 == 0;
        let texture = (x * 37 + y * 101 + x * y) % 61;
        let level = |base: f32| (base * 190.0) as u8 + texture as u8;
        match (disc, stripes && v > 0.7) {
            (true, _) => Rgb([level(1.0), level(0.6 * v), level(0.1)]),
            (_, true) => Rgb([level(0.1), level(0.2), level(u)]),
            _ => Rgb([level(0.3 * u), level(0.5 + 0.5 * v), level(1.0 - v)]),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceChoice;
    use crate::manifest::NetworkKind;

    fn canary(folder: &Path) -> Canary {
        with_parts(folder, vec![2])
    }

    fn with_parts(folder: &Path, parts: Vec<usize>) -> Canary {
        let info = ModelInfo {
            id: "a".into(),
            title: "a".into(),
            network: NetworkKind::Clip,
            outputs: vec![],
            pipeline_version: 1,
        };
        Canary::new(&Compute::pretended_gpu(DeviceChoice::Auto, folder), &info, "image", parts)
    }

    #[test]
    fn the_answer_of_the_cpu_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let canary = canary(folder.path());
        assert_eq!(canary.stored(), None);
        canary.store(&[0.6, 0.8]);
        assert_eq!(canary.stored(), Some(vec![0.6, 0.8]));
        std::fs::write(&canary.answer, b"12345").unwrap();
        assert_eq!(canary.stored(), None);
    }

    #[test]
    fn a_gpu_that_computes_something_else_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let canary = canary(folder.path());
        let right = [1.0, 0.0];
        assert!(canary.compare(&[2.0, 0.01], &right).is_ok());
        assert!(canary.compare(&[2.0, 0.2], &right).unwrap_err().contains("0.99"));
        assert!(
            canary.compare(&[2.0, 0.01, 2.0, 0.2], &right).unwrap_err().contains("0.99"),
            "every row counts"
        );
        assert!(canary.compare(&[2.0, 0.01, 2.0], &right).is_err(), "half a row is none");
        assert!(canary.compare(&[f32::NAN, 0.2], &right).is_err());
        assert!(canary.compare(&[0.0, 0.0], &right).is_err());
    }

    #[test]
    fn every_vector_of_a_row_counts_however_short_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let canary = with_parts(folder.path(), vec![2, 3]);
        assert_eq!(canary.width(), 5);
        let right = [100.0, 0.0, 0.0, 0.1, 0.0];
        assert!(canary.compare(&[200.0, 1.0, 0.0, 0.3, 0.001], &right).is_ok());
        assert!(canary.compare(&[200.0, 1.0, 0.1, 0.1, 0.0], &right).unwrap_err().contains("0.7071"));
        assert!(canary.compare(&[200.0, 1.0, 0.0, 0.0, 0.0], &right).is_err());
        assert!(canary.compare(&[200.0, 1.0], &right).is_err(), "one of two vectors is missing");
    }

    #[test]
    fn a_refusal_holds_for_one_version_one_gpu_and_one_driver() {
        let folder = tempfile::tempdir().unwrap();
        let mut canary = canary(folder.path());
        assert_eq!(canary.refused(), None);
        canary.refuse("it computes wrong numbers");
        assert_eq!(canary.refused().as_deref(), Some("it computes wrong numbers"));

        let text = std::fs::read_to_string(&canary.refusal).unwrap();
        std::fs::write(&canary.refusal, text.replace(env!("CARGO_PKG_VERSION"), "0.0.0")).unwrap();
        assert_eq!(canary.refused(), None);
        std::fs::write(&canary.refusal, text).unwrap();
        assert!(canary.refused().is_some());
        canary.device.push_str(" of next month");
        assert_eq!(canary.refused(), None);

        canary.accept();
        assert!(!canary.refusal.exists());
        canary.accept();
    }

    #[test]
    fn the_picture_has_many_colours() {
        let colours: std::collections::HashSet<_> = picture(224).pixels().copied().collect();
        assert!(colours.len() > 1000);
    }
}
