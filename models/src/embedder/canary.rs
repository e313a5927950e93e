//! The parity canary: one answer of the GPU compared with the CPU's before any other is believed.
//!
//! Drivers exist that compute wrong numbers without an error. A library embedded by one of them looks fine and finds nothing.

use std::path::PathBuf;

use image::{Rgb, RgbImage};

use crate::device::Compute;
use crate::embedding::Embedding;

/// Below this cosine the GPU is wrong. Rounding alone leaves more than 0.9999.
const LOWEST_COSINE: f32 = 0.999;

/// The stored answer of the CPU for one network.
pub(super) struct Canary {
    path: PathBuf,
}

impl Canary {
    /// For the network `id` in its role, `image` or `text`. `version` changes when the answer may.
    pub(super) fn new(compute: &Compute, id: &str, role: &str, version: u32) -> Self {
        let name = format!("{id}-{role}-{version}.f32");
        Self { path: compute.state_dir().join("canary").join(name) }
    }

    /// The CPU's answer, when it was computed before.
    pub(super) fn stored(&self) -> Option<Vec<f32>> {
        let bytes = std::fs::read(&self.path).ok()?;
        let (numbers, rest) = bytes.as_chunks::<4>();
        let vector: Vec<f32> = numbers.iter().map(|b| f32::from_le_bytes(*b)).collect();
        (rest.is_empty() && !vector.is_empty()).then_some(vector)
    }

    /// Keeps the CPU's answer. Failing to is no error: it is computed again the next time.
    pub(super) fn store(&self, vector: &[f32]) {
        let bytes: Vec<u8> = vector.iter().flat_map(|v| v.to_le_bytes()).collect();
        let written = || {
            let folder = self.path.parent().unwrap_or(&self.path);
            std::fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            std::io::Write::write_all(&mut file, &bytes)?;
            file.persist(&self.path).map_err(|e| e.error)
        };
        if let Err(error) = written() {
            tracing::warn!(path = %self.path.display(), %error, "the canary's vector could not be stored");
        }
    }

    /// # Errors
    /// Why the GPU is not to be believed.
    pub(super) fn compare(&self, found: &[f32], expected: &[f32]) -> Result<(), String> {
        let unit = |v: &[f32]| Embedding::normalise(v.to_vec()).map_err(|e| e.to_string());
        let expected = unit(expected)?;
        let cosine = unit(found)
            .map(|found| found.cosine(&expected))
            .map_err(|e| format!("it computes wrong numbers ({e})"))?;
        if cosine < LOWEST_COSINE {
            // A file of another length or an unlucky edit: the next start computes it anew.
            let _ = std::fs::remove_file(&self.path);
            return Err(format!(
                "it computes wrong numbers (cosine {cosine:.4} with the CPU for a known input)"
            ));
        }
        Ok(())
    }
}

/// The picture of the canary: gradients, edges and fine texture, so that an error anywhere in a network shows.
pub(super) fn picture(side: u32) -> RgbImage {
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

    fn canary(folder: &std::path::Path) -> Canary {
        Canary { path: folder.join("canary").join("a.f32") }
    }

    #[test]
    fn the_answer_of_the_cpu_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let canary = canary(folder.path());
        assert_eq!(canary.stored(), None);
        canary.store(&[0.6, 0.8]);
        assert_eq!(canary.stored(), Some(vec![0.6, 0.8]));
        std::fs::write(&canary.path, b"12345").unwrap();
        assert_eq!(canary.stored(), None);
    }

    #[test]
    fn a_gpu_that_computes_something_else_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let canary = canary(folder.path());
        canary.store(&[1.0, 0.0]);
        assert!(canary.compare(&[2.0, 0.01], &[1.0, 0.0]).is_ok());
        assert!(canary.compare(&[2.0, 0.2], &[1.0, 0.0]).unwrap_err().contains("0.99"));
        assert!(canary.compare(&[f32::NAN, 0.2], &[1.0, 0.0]).is_err());
        assert!(canary.compare(&[0.0, 0.0], &[1.0, 0.0]).is_err());
        assert_eq!(canary.stored(), None);
    }

    #[test]
    fn the_picture_has_many_colours() {
        let colours: std::collections::HashSet<_> = picture(224).pixels().copied().collect();
        assert!(colours.len() > 1000);
    }
}
