//! Faces in the pipeline: found and cut out where the photo is decoded, turned into vectors where the other networks are.

use std::sync::Arc;

use image::RgbImage;
use kindred_models::{AlignedFace, DetectedFace, Embedding, FaceDetector, FaceEmbedder, ModelError, align};

use crate::catalog::NewFace;
use crate::people::area::FaceArea;
use crate::people::quality::{Measures, quality};

/// Longest side, in pixels, of a picture in which faces are looked for.
pub(crate) const LONGEST: u32 = 1600;

/// Of a crowd no more are kept, the surest first.
const MOST: usize = 1000;

/// Faces that are handed to the network together.
const AT_ONCE: usize = 32;

/// The networks that find and know faces.
#[derive(Clone)]
pub(crate) struct FaceNetworks {
    pub detector: Arc<FaceDetector>,
    pub embedder: Arc<FaceEmbedder>,
    /// Their names and versions.
    pub pipeline: String,
}

/// A face that was found and cut out.
#[derive(Debug)]
pub(crate) struct CutFace {
    pub area: FaceArea,
    pub score: f32,
    pub quality: f32,
    pub landmarks: [[f32; 2]; 5],
    pub aligned: AlignedFace,
}

impl FaceNetworks {
    /// The faces of an upright picture, cut out, the surest first. One that cannot be cut out is none.
    pub(crate) fn find(&self, picture: &RgbImage) -> Result<Vec<CutFace>, ModelError> {
        let (width, height) = picture.dimensions();
        let found = self.detector.detect(picture.as_raw(), width, height)?;
        Ok(found.into_iter().take(MOST).filter_map(|face| cut(picture, &face)).collect())
    }

    /// A vector for each; nothing for a face that gives no usable numbers, which is no fault of the others.
    pub(crate) fn embed(&self, faces: &[CutFace]) -> Result<Vec<Option<Embedding>>, ModelError> {
        let mut vectors = Vec::with_capacity(faces.len());
        for faces in faces.chunks(AT_ONCE) {
            let aligned: Vec<AlignedFace> = faces.iter().map(|face| face.aligned.clone()).collect();
            match self.embedder.embed(&aligned) {
                Ok(found) => vectors.extend(found.into_iter().map(Some)),
                Err(ModelError::NotFinite { .. }) => {
                    for face in &aligned {
                        match self.embedder.embed(std::slice::from_ref(face)) {
                            Ok(found) => vectors.extend(found.into_iter().map(Some)),
                            Err(ModelError::NotFinite { .. }) => vectors.push(None),
                            Err(error) => return Err(error),
                        }
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(vectors)
    }
}

impl CutFace {
    /// The face with its vector, without its pixels.
    pub(crate) fn with(self, vector: Embedding) -> NewFace {
        let Self { area, score, quality, landmarks, .. } = self;
        NewFace { area, score, quality, landmarks, vector: vector.into_vec() }
    }
}

fn cut(picture: &RgbImage, face: &DetectedFace) -> Option<CutFace> {
    let (width, height) = picture.dimensions();
    let aligned = align(picture.as_raw(), width, height, &face.landmarks)?;
    let quality = quality(&Measures {
        score: face.score,
        side: face.area.width.min(face.area.height),
        sharpness: aligned.sharpness,
        residual: aligned.residual,
        landmarks: face.landmarks,
    });
    let (width, height) = (width as f32, height as f32);
    Some(CutFace {
        area: FaceArea {
            x: face.area.x / width,
            y: face.area.y / height,
            width: face.area.width / width,
            height: face.area.height / height,
        },
        score: face.score,
        quality,
        landmarks: face.landmarks.map(|[x, y]| [x / width, y / height]),
        aligned,
    })
}
