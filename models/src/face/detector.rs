//! Pictures to faces.

use std::cell::Cell;
use std::path::Path;

use rayon::prelude::*;

use super::area::{DetectedFace, best_of_overlapping};
use super::close_ups::{self, CloseUps};
use super::decode;
use super::scaling::{OVERLAP, Picture, TILE, View, scale_between, scale_of_whole};
use super::yunet::{self, Canvas, YuNet};
use super::{installed, known_model};
use crate::device::Compute;
use crate::embedder::{Canary, Placed, Probe, Shape, known_picture};
use crate::error::ModelError;
use crate::info::ModelInfo;
use crate::store::ModelStore;

/// Answers that overlap by more than this (intersection over union) are about one face.
const SAME_FACE: f32 = 0.3;
/// A face that covers this part of a smaller one is what the smaller one is made of.
const INSIDE: f32 = 0.8;

/// A score from which on something may be a face, if it was seen larger. Of faces of 12 pixels 80 % reach it, of 14 pixels 90 %; so do ten
/// places in a million pixels of everyday photos, which are few enough to look at each.
const HINT: f32 = 0.08;
/// What has a longer side below this, in pixels, is small: of faces of this size 88 % reach the score of a face, of 32 pixels 94 %.
const SMALL: f32 = 24.0;
/// What is small is looked at in so many times the size.
const CLOSER: f64 = 2.0;
/// A face that comes this close to the edge of a tile, in pixels of the picture, is cut off by it.
const EDGE: f64 = 2.0;
/// A face with a longer side above this, in pixels of a tile, may be cut off by both tiles that show it, and was seen before.
const LARGEST_IN_TILE: f32 = OVERLAP as f32;

/// Sides of a GPU's inputs are multiples of it: every other size would cost seconds of shader compilation.
const GPU_MULTIPLE: usize = TILE / 2;

/// Side of the input by which a GPU is judged.
const PROBE_SIDE: usize = 160;

/// YuNet with everything around it. Shared between threads, it computes for all of them.
pub struct FaceDetector {
    info: ModelInfo,
    network: Placed<YuNet>,
}

impl FaceDetector {
    /// The manifest's id of the model.
    pub const ID: &'static str = "yunet";

    /// What is less sure to be a face is not reported. With it, faces counted by eye are counted right.
    pub const MIN_SCORE: f32 = 0.8;

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
        let cells: usize = yunet::STRIDES.iter().map(|stride| (PROBE_SIDE / stride).pow(2)).sum();
        let canary = Canary::new(compute, &info, "faces", vec![cells * yunet::ANSWERS]);
        let known_input = known_picture(PROBE_SIDE as u32);
        let probe = Probe {
            batch: Shape { inputs: 1, length: PROBE_SIDE },
            forward: Box::new(move |network: &YuNet, copies| {
                let side = PROBE_SIDE;
                let canvas =
                    Canvas { rgb: known_input.as_raw(), width: side, height: side, padded: [side; 2] };
                let answers =
                    (0..copies).map(|_| network.forward(canvas).reshape([1, cells * yunet::ANSWERS]));
                burn::tensor::Tensor::cat(answers.collect(), 0)
            }),
        };
        let path = file.to_path_buf();
        let network = Placed::load(&info, compute, &canary, &probe, move |place| YuNet::read(&path, place))?;
        Ok(Self { info, network })
    }

    /// What the model is. It makes no vectors.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// The faces of an upright picture, row-major RGB, the surest first.
    ///
    /// A picture with a longer side above 1280 pixels is looked at in that size, and a large one once more in tiles of about half its own,
    /// up to eight million pixels. Whatever small thing could be a face in the last of these is looked at closely, in twice the size. So
    /// faces are found that are 24 pixels large or more in pictures of up to 24 million pixels, and a large picture without faces takes about
    /// half of what looking at all of it would.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] when `rgb` is no picture of that size, [`ModelError::Inference`] and [`ModelError::NotFinite`] when the
    /// CPU cannot compute it either.
    pub fn detect(&self, rgb: &[u8], width: u32, height: u32) -> Result<Vec<DetectedFace>, ModelError> {
        let picture = Picture { rgb, width: width as usize, height: height as usize };
        let bytes = picture.width.checked_mul(picture.height).and_then(|pixels| pixels.checked_mul(3));
        if bytes != Some(rgb.len()) || rgb.is_empty() {
            let reason = format!("is given {} bytes for {width} × {height} pixels", rgb.len());
            return Err(ModelError::Unsuitable { id: self.info.id.clone(), reason });
        }
        let is_sure = |face: &DetectedFace| face.score >= Self::MIN_SCORE;
        let mut scale = scale_of_whole(picture.width, picture.height);
        let whole = View::whole(picture.width, picture.height, scale);
        let found = self.answers(&picture.pixels(&whole), whole.size)?;
        let mut seen: Vec<_> = found.iter().map(|face| whole.placed(face)).collect();
        let mut faces: Vec<_> = seen.iter().copied().filter(is_sure).collect();
        if let Some(between) = scale_between(picture.width, picture.height, scale) {
            scale = between;
            faces = best_of_overlapping(faces, SAME_FACE);
            seen = self.look_at_tiles(&picture, scale, &faces)?;
            faces.extend(seen.iter().copied().filter(is_sure));
        }
        faces = best_of_overlapping(faces, SAME_FACE);
        if scale < 1.0 {
            let small = |face: &DetectedFace| face.area.width.max(face.area.height) * (scale as f32) < SMALL;
            let small: Vec<_> = seen.into_iter().filter(small).collect();
            let scale = (CLOSER * scale).min(1.0);
            let closer = CloseUps::of(&best_of_overlapping(small, SAME_FACE), &picture, scale);
            let tiles = View::tiles(picture.width, picture.height, scale);
            // Of a crowd, tiles show more for less.
            let found = if closer.cost() < tiles.iter().map(View::cost).sum() {
                self.look_closely(&picture, &closer, &faces)?
            } else {
                self.look_at_tiles(&picture, scale, &faces)?
            };
            faces.extend(found.into_iter().filter(is_sure));
            faces = best_of_overlapping(faces, SAME_FACE);
        }
        Ok(faces)
    }

    /// What may be faces in the tiles that show the picture at a scale. What counts is told by [`counts_in`].
    fn look_at_tiles(
        &self,
        picture: &Picture<'_>,
        scale: f64,
        before: &[DetectedFace],
    ) -> Result<Vec<DetectedFace>, ModelError> {
        let tiles = View::tiles(picture.width, picture.height, scale);
        // The network shares out its own work; making a picture smaller is one thread's.
        let pixels: Vec<_> = tiles.par_iter().map(|tile| picture.pixels(tile)).collect();
        let mut found = vec![];
        for (tile, pixels) in tiles.iter().zip(&pixels) {
            let faces = self.answers(pixels, tile.size)?;
            let placed = faces.iter().map(|face| tile.placed(face));
            found.extend(placed.filter(|face| counts_in(tile, face, picture, before)));
        }
        Ok(found)
    }

    /// What may be faces in the close-ups.
    fn look_closely(
        &self,
        picture: &Picture<'_>,
        close_ups: &CloseUps,
        before: &[DetectedFace],
    ) -> Result<Vec<DetectedFace>, ModelError> {
        let mut found = vec![];
        for sheet in close_ups.sheets() {
            for face in self.answers(&close_ups::pixels(sheet, picture), close_ups::size(sheet))? {
                if let Some((view, face)) = close_ups::placed(sheet, &face)
                    && counts_in(view, &face, picture, before)
                {
                    found.push(face);
                }
            }
        }
        Ok(found)
    }

    /// What may be faces in a picture of `width` × `height` pixels, in its pixels.
    fn answers(&self, rgb: &[u8], [width, height]: [usize; 2]) -> Result<Vec<DetectedFace>, ModelError> {
        let padded = |multiple: usize| [width, height].map(|side| side.next_multiple_of(multiple));
        let for_gpu = padded(GPU_MULTIPLE);
        let size = Cell::new(for_gpu);
        let shape = Shape { inputs: for_gpu[0], length: for_gpu[1] };
        let cells = self.network.run([shape], |network, on_gpu| {
            size.set(if on_gpu { for_gpu } else { padded(yunet::MULTIPLE) });
            vec![network.forward(Canvas { rgb, width, height, padded: size.get() })]
        })?;
        Ok(decode::faces(&cells, size.get(), HINT))
    }
}

/// The longer side of a face in pixels of the view.
fn side_in(view: &View, face: &DetectedFace) -> f32 {
    let [across, down] = view.factors().map(|factor| factor as f32);
    (face.area.width / across).max(face.area.height / down)
}

/// Whether a face that a tile shows counts: it is not cut off by the tile, and no part of one that was found `before`.
fn counts_in(tile: &View, face: &DetectedFace, picture: &Picture<'_>, before: &[DetectedFace]) -> bool {
    let area = face.area;
    let sides = [
        (area.x, area.width, tile.offset[0], tile.extent[0], picture.width),
        (area.y, area.height, tile.offset[1], tile.extent[1], picture.height),
    ];
    let is_cut = sides.into_iter().any(|(start, length, from, extent, whole)| {
        let (start, end, to) = (f64::from(start), f64::from(start + length), from + extent);
        (from > 0.0 && start < from + EDGE) || (to < whole as f64 - 0.5 && end > to - EDGE)
    });
    let is_part = before.iter().any(|larger| {
        larger.area.area() > 4.0 * area.area() && larger.area.intersection(&area) > INSIDE * area.area()
    });
    !is_cut && !is_part && side_in(tile, face) <= LARGEST_IN_TILE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::FaceBox;

    fn face(x: f32, y: f32, side: f32) -> DetectedFace {
        let area = FaceBox { x, y, width: side, height: side };
        DetectedFace { area, score: 0.9, landmarks: [[x, y]; 5] }
    }

    #[test]
    fn a_tile_counts_faces_that_it_shows_whole_and_that_are_no_part_of_a_larger_one() {
        let picture = Picture { rgb: &[], width: 4000, height: 3000 };
        let tiles = View::tiles(4000, 3000, 0.5);
        let (first, last) = (&tiles[0], &tiles[tiles.len() - 1]);
        let right = first.extent[0] as f32;
        let counts = |tile: &View, face: DetectedFace, before: &[DetectedFace]| {
            counts_in(tile, &face, &picture, before)
        };
        assert!(counts(first, face(100.0, 100.0, 60.0), &[]));
        assert!(counts(first, face(-20.0, -20.0, 60.0), &[]), "cut off by the picture itself");
        assert!(!counts(first, face(right - 40.0, 100.0, 60.0), &[]), "cut off by the tile");
        assert!(counts(last, face(3980.0, 2980.0, 60.0), &[]));
        assert!(!counts(last, face(last.offset[0] as f32 - 20.0, 2500.0, 60.0), &[]));
        assert!(!counts(first, face(100.0, 100.0, 400.0), &[]), "too large for what tiles share");
        assert!(!counts(first, face(100.0, 100.0, 60.0), &[face(50.0, 50.0, 300.0)]), "an eye is no face");
        assert!(counts(first, face(100.0, 100.0, 60.0), &[face(50.0, 50.0, 100.0)]));
    }

    #[test]
    fn the_side_of_a_face_is_measured_in_the_view() {
        assert_eq!(side_in(&View::whole(4000, 3000, 0.25), &face(0.0, 0.0, 100.0)), 25.0);
    }
}
