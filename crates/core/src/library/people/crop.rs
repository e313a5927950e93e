//! Small pictures of faces, for those who show them.

use image::RgbImage;
use image::imageops::{FilterType, crop_imm, resize};

use super::super::Library;
use crate::error::{Error, Result};
use crate::ids::FaceId;
use crate::media::{self, Caps, Scale, ThumbnailSize};
use crate::people::area::FaceArea;

/// A face with what is around it, square.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaceCrop {
    /// A JPEG in sRGB.
    pub jpeg: Vec<u8>,
    /// Names what is seen, and the size.
    pub tag: String,
}

/// The square's side, in shares of the longer side of the face.
const MARGIN: f32 = 1.6;

impl Library {
    /// The face as a square of at most `side` pixels, cut out of the photo's thumbnail, or of the photo where the thumbnail is too
    /// small for it and the photo is in reach.
    ///
    /// # Errors
    /// [`Error::UnknownFace`]; neither the thumbnail nor the photo can be read.
    pub fn face_crop(&self, face: FaceId, side: u32) -> Result<FaceCrop> {
        let (row, photo) = self.reader()?.face(face)?.ok_or(Error::UnknownFace { face })?;
        let content: String = row.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let FaceArea { x, y, width, height } = row.area;
        let tag = format!("{content}-{x:.4}-{y:.4}-{width:.4}-{height:.4}-{side}");
        let caps = Caps::of_machine();
        let thumbnail = self.thumbnail(photo, ThumbnailSize::Large).and_then(|path| {
            let unreadable = |source| Error::Picture { path: path.clone(), source };
            let bytes = media::read(&path, &caps).map_err(unreadable)?;
            Ok(media::decode(&bytes, Scale::Full, &caps).map_err(unreadable)?.image)
        });
        let enough = side as f32 / 2.0;
        let picture = match thumbnail {
            Ok(thumbnail) if square(&row.area, &thumbnail).2 as f32 >= enough => thumbnail,
            // What the thumbnail has is better than nothing.
            thumbnail => self.picture_for(photo, &row.area, side).or(thumbnail)?,
        };
        let (left, upper, length) = square(&row.area, &picture);
        let cut = crop_imm(&picture, left, upper, length, length).to_image();
        let cut = match length > side {
            true => resize(&cut, side, side, FilterType::CatmullRom),
            false => cut,
        };
        let encoded = media::srgb_jpeg(cut, None);
        let jpeg = encoded.map_err(|error| Error::io(self.dir(), std::io::Error::other(error)))?;
        Ok(FaceCrop { jpeg, tag })
    }

    /// The photo, decoded no larger than the face needs.
    fn picture_for(&self, photo: crate::ids::PhotoId, area: &FaceArea, side: u32) -> Result<RgbImage> {
        let path = self.row(photo)?.path;
        let share = (MARGIN * area.width.max(area.height)).max(f32::EPSILON);
        let longest = (side as f32 / share).min(u32::MAX as f32) as u32;
        self.decoded(&path, Scale::AtLeast { longest, shortest: 0 }, |decoded| {
            Ok(media::srgb(decoded.image, decoded.icc.as_deref()))
        })
    }
}

/// Left and upper edge and length in pixels of the square around a face, moved and made smaller so that it lies in the picture.
fn square(area: &FaceArea, picture: &RgbImage) -> (u32, u32, u32) {
    let (width, height) = picture.dimensions();
    let (face_width, face_height) = (area.width * width as f32, area.height * height as f32);
    let length = (MARGIN * face_width.max(face_height)).round().max(1.0);
    let length = length.min(width as f32).min(height as f32);
    let edge = |centre: f32, whole: u32| (centre - length / 2.0).clamp(0.0, whole as f32 - length) as u32;
    let left = edge((area.x + area.width / 2.0) * width as f32, width);
    let upper = edge((area.y + area.height / 2.0) * height as f32, height);
    (left, upper, (length as u32).clamp(1, (width - left).min(height - upper).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_square_around_a_face_lies_in_the_picture() {
        let picture = RgbImage::new(400, 200);
        let at = |x, y, width, height| square(&FaceArea { x, y, width, height }, &picture);
        assert_eq!(at(0.4, 0.3, 0.1, 0.2), (148, 48, 64));
        assert_eq!(at(0.0, 0.0, 0.1, 0.2), (0, 0, 64));
        assert_eq!(at(0.95, 0.9, 0.1, 0.2), (336, 136, 64));
        assert_eq!(at(0.1, -0.2, 0.6, 1.2), (60, 0, 200));
        assert_eq!(at(2.0, 2.0, 0.0, 0.0), (399, 199, 1));
    }
}
