//! Faces in any picture file.

use std::path::Path;

use super::super::Library;
use super::answer::{FileFace, FileFaces};
use crate::error::{Error, Result};
use crate::indexing::{CutFace, FACES_LONGEST_SIDE};
use crate::media::{self, Caps, Scale};

impl Library {
    /// The faces in a picture file, from left to right. Nothing of them is kept, and no library is needed.
    ///
    /// # Errors
    /// The models for it are not installed; the file is no picture.
    pub fn faces_in_file(&self, path: &Path) -> Result<FileFaces> {
        let (size, faces) = self.look_for_faces(path)?;
        let (width, height) = (size.0 as f32, size.1 as f32);
        let faces = faces.into_iter().map(|face| FileFace {
            area: [
                face.area.x * width,
                face.area.y * height,
                face.area.width * width,
                face.area.height * height,
            ],
            score: face.score,
            landmarks: face.landmarks.map(|[x, y]| [x * width, y * height]),
            quality: face.quality,
        });
        Ok(FileFaces { width: size.0, height: size.1, faces: faces.collect() })
    }

    /// Width and height of a picture file, and its faces from left to right.
    pub(super) fn look_for_faces(&self, path: &Path) -> Result<((u32, u32), Vec<CutFace>)> {
        let networks = self.face_networks()?;
        let unreadable = |source| Error::Picture { path: path.to_path_buf(), source };
        let caps = Caps::of_machine();
        let bytes = media::read(path, &caps).map_err(unreadable)?;
        let _share = self.memory.reserve(&bytes);
        let enough = Scale::AtLeast { longest: FACES_LONGEST_SIDE, shortest: 0 };
        let decoded = media::decode(&bytes, enough, &caps).map_err(unreadable)?;
        let mut faces = networks.find(&decoded.image)?;
        let centre = |face: &CutFace| face.area.x + face.area.width / 2.0;
        faces.sort_by(|a, b| centre(a).total_cmp(&centre(b)));
        Ok(((decoded.width, decoded.height), faces))
    }
}
