//! Faces in the pipeline: found and cut out where the photo is decoded, turned into vectors where the other networks are.

use std::sync::Arc;

use image::imageops::{FilterType, replace, resize};
use image::{Rgb, RgbImage};
use kindred_models::{
    AlignedFace, DetectedFace, Embedding, FaceBox, FaceDetector, FaceEmbedder, ModelError, align,
};

use crate::catalog::NewFace;
use crate::people::area::{FaceArea, SAME_FACE};
use crate::people::quality::{Measures, quality};

/// A JPEG in which faces are looked for is decoded at the smallest scale that leaves its longer side this long, in pixels: photos of 12 and
/// 24 million pixels at half their size. There the smallest faces that are found, of 24 pixels, are 48 pixels of the file. All 12 million
/// pixels would take 57 ms of a core to decode, not 25, and three times as long to look at, for faces whose vectors say little.
pub(crate) const LONGEST: u32 = 1600;

/// Of a crowd no more are kept, the surest first.
const MOST: usize = 1000;

/// A face fills the picture whose longer side is more than this share of the picture's shorter one.
const FILLS: f32 = 0.5;
/// Longest side of a picture that is looked at again with room around it.
const LARGE_ENOUGH: f32 = 480.0;
/// The room on each side, in shares of the picture's longer one.
const ROOMS: [f32; 3] = [0.35, 0.5, 0.7];

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
        let mut faces = Vec::with_capacity(found.len().min(MOST));
        for face in found.into_iter().take(MOST) {
            let landmarks = match face.area.width.max(face.area.height) > FILLS * width.min(height) as f32 {
                true => self.landmarks_with_room(picture, &face)?,
                false => face.landmarks,
            };
            faces.extend(cut(picture, &face, &landmarks));
        }
        Ok(faces)
    }

    /// The landmarks of a face that fills the picture. The detector has learned faces with something around them and is wrong by a
    /// tenth of such a face: it looks again at the picture with room around it, more room each time, and the mean counts.
    fn landmarks_with_room(
        &self,
        picture: &RgbImage,
        face: &DetectedFace,
    ) -> Result<[[f32; 2]; 5], ModelError> {
        let (width, height) = picture.dimensions();
        let scale = (LARGE_ENOUGH / width.max(height) as f32).min(1.0);
        let side = |side: u32| ((side as f32 * scale).round() as u32).max(1);
        let small = match scale < 1.0 {
            true => resize(picture, side(width), side(height), FilterType::Triangle),
            false => picture.clone(),
        };
        let (mut sum, mut count) = ([[0.0; 2]; 5], 0.0);
        for room in ROOMS {
            let room = (room * small.width().max(small.height()) as f32) as u32;
            let (wide, high) = (small.width() + 2 * room, small.height() + 2 * room);
            let mut padded = RgbImage::from_pixel(wide, high, Rgb([127; 3]));
            replace(&mut padded, &small, i64::from(room), i64::from(room));
            let back = |at: f32| (at - room as f32) / scale;
            let same = |found: &DetectedFace| {
                let FaceBox { x, y, width, height } = found.area;
                let area = FaceBox { x: back(x), y: back(y), width: width / scale, height: height / scale };
                face.area.iou(&area)
            };
            let found = self.detector.detect(padded.as_raw(), wide, high)?;
            let best = found.iter().max_by(|a, b| same(a).total_cmp(&same(b)));
            if let Some(found) = best.filter(|found| same(found) >= SAME_FACE) {
                for (sum, [x, y]) in sum.iter_mut().zip(found.landmarks) {
                    *sum = [sum[0] + back(x), sum[1] + back(y)];
                }
                count += 1.0;
            }
        }
        Ok(if count > 0.0 { sum.map(|[x, y]| [x / count, y / count]) } else { face.landmarks })
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

/// The face, cut out by these landmarks.
fn cut(picture: &RgbImage, face: &DetectedFace, landmarks: &[[f32; 2]; 5]) -> Option<CutFace> {
    let (width, height) = picture.dimensions();
    let aligned = align(picture.as_raw(), width, height, landmarks)?;
    let quality = quality(&Measures {
        score: face.score,
        side: face.area.width.min(face.area.height),
        sharpness: aligned.sharpness,
        residual: aligned.residual,
        landmarks: *landmarks,
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
