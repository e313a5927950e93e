//! Aligned faces to vectors.

use std::path::Path;

use super::align::{AlignedFace, SIDE};
use super::mobilefacenet::{DIMENSIONS, MobileFaceNet};
use super::{installed, known_model};
use crate::device::Compute;
use crate::embedder::{Canary, Placed, Probe, Shape, known_picture, levels};
use crate::embedding::Embedding;
use crate::error::ModelError;
use crate::info::ModelInfo;
use crate::preprocess::Normalisation;
use crate::store::ModelStore;

/// Crops that are computed at once: a face is two. A picture of three hundred faces takes no more memory than one of sixteen.
const BATCH: usize = 32;

/// MobileFaceNet with everything around it. Shared between threads, it computes for all of them.
pub struct FaceEmbedder {
    info: ModelInfo,
    network: Placed<MobileFaceNet>,
    colours: Box<[[f32; 256]; 3]>,
}

impl FaceEmbedder {
    /// The manifest's id of the model.
    pub const ID: &'static str = "mobilefacenet";

    /// Loads the installed model onto the device of `compute`, which falls back to the CPU when the GPU fails or computes wrong numbers.
    ///
    /// # Errors
    /// [`ModelError::NotInstalled`], and as [`open`](Self::open).
    pub fn load(store: &ModelStore, compute: &Compute) -> Result<Self, ModelError> {
        Self::open(&installed(store, Self::ID)?, compute)
    }

    /// Loads the network from its ONNX file, wherever that is.
    ///
    /// # Errors
    /// [`ModelError::Io`], [`ModelError::Checkpoint`] or [`ModelError::Tensor`] for a file that is not what it should be;
    /// [`ModelError::NoGpu`] when the GPU fails and was demanded.
    pub fn open(file: &Path, compute: &Compute) -> Result<Self, ModelError> {
        let info = known_model(Self::ID)?;
        let colours = Box::new(levels(&Normalisation::IMAGENET));
        let canary = Canary::new(compute, &info, "faces", vec![DIMENSIONS]);
        let (known_input, levels) = (known_picture(SIDE as u32), colours.clone());
        let probe = Probe {
            batch: shape(BATCH),
            forward: Box::new(move |network: &MobileFaceNet, copies| {
                network.forward(&vec![known_input.as_raw().as_slice(); copies], &levels)
            }),
        };
        let path = file.to_path_buf();
        let read = move |place: &_| MobileFaceNet::read(&path, place);
        let network = Placed::load(&info, compute, &canary, &probe, read)?;
        Ok(Self { info, network, colours })
    }

    /// What the model is.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// One vector for each face: the direction of the sum of those of the face and its mirror image. Any number of faces may be given.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] for a face that is not 112 × 112 × 3 bytes, [`ModelError::Inference`] and [`ModelError::NotFinite`] when
    /// the CPU cannot compute them either.
    pub fn embed(&self, faces: &[AlignedFace]) -> Result<Vec<Embedding>, ModelError> {
        if let Some(face) = faces.iter().find(|face| face.pixels.len() != SIDE * SIDE * 3) {
            let reason = format!("wants faces of {SIDE} × {SIDE} × 3 bytes, not {}", face.pixels.len());
            return Err(ModelError::Unsuitable { id: self.info.id.clone(), reason });
        }
        let mut vectors = Vec::with_capacity(faces.len());
        for faces in faces.chunks(BATCH / 2) {
            let crops: Vec<u8> = faces
                .iter()
                .flat_map(|face| [face.pixels.clone(), mirrored(&face.pixels)])
                .flatten()
                .collect();
            let crops: Vec<&[u8]> = crops.chunks_exact(SIDE * SIDE * 3).collect();
            let rows = self.network.run([shape(BATCH)], |network, on_gpu| {
                let mut filled = crops.clone();
                if on_gpu {
                    // Every other number would cost seconds of shader compilation.
                    filled.resize(BATCH, crops[0]);
                }
                vec![network.forward(&filled, &self.colours).narrow(0, 0, crops.len())]
            })?;
            for pair in rows.chunks_exact(2 * DIMENSIONS) {
                let (face, mirror) = pair.split_at(DIMENSIONS);
                vectors.push(Embedding::normalise(face.iter().zip(mirror).map(|(f, m)| f + m).collect())?);
            }
        }
        Ok(vectors)
    }
}

fn shape(crops: usize) -> Shape {
    Shape { inputs: crops, length: SIDE }
}

fn mirrored(pixels: &[u8]) -> Vec<u8> {
    pixels.chunks_exact(SIDE * 3).flat_map(|row| row.chunks_exact(3).rev().flatten()).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_image_swaps_left_and_right_and_keeps_the_colours() {
        let pixels: Vec<u8> =
            (0..SIDE * SIDE).flat_map(|at| [(at % SIDE) as u8, (at / SIDE) as u8, 7]).collect();
        let mirror = mirrored(&pixels);
        assert_eq!(mirror[..3], [111, 0, 7]);
        assert_eq!(mirror[(5 * SIDE + 20) * 3..][..3], [91, 5, 7]);
        assert_eq!(mirrored(&mirror), pixels);
    }
}
