//! Turning a picture upright as its EXIF orientation says.

use bytemuck::{cast_slice, cast_slice_mut};
use image::RgbImage;

/// EXIF orientation (tag 0x0112): where the first row and the first column of the stored picture belong.
/// 1 is upright; 2–4 mirror or turn by 180°; 5–8 swap the sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Orientation(u8);

/// Side of the squares in which rows and columns are swapped, so that both sides stay in the cache.
const TILE: usize = 32;

impl Orientation {
    /// Nothing to turn.
    pub(super) const UPRIGHT: Self = Self(1);

    /// The orientation with this EXIF number; anything but 1–8 means upright.
    pub(super) fn from_exif(value: u32) -> Self {
        match value {
            1..=8 => Self(value as u8),
            _ => Self::UPRIGHT,
        }
    }

    /// The EXIF number, 1–8.
    pub(super) fn exif(self) -> u8 {
        self.0
    }

    /// Whether width and height change places.
    pub(super) fn swaps_sides(self) -> bool {
        self.0 >= 5
    }

    /// The size after turning.
    pub(super) fn upright_size(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps_sides() { (height, width) } else { (width, height) }
    }

    /// The upright picture.
    pub(super) fn upright(self, mut image: RgbImage) -> RgbImage {
        let width = image.width() as usize;
        if width == 0 {
            return image;
        }
        if self.swaps_sides() {
            return self.with_swapped_sides(&image);
        }
        let pixels: &mut [[u8; 3]] = cast_slice_mut(&mut image);
        match self.0 {
            2 => pixels.chunks_exact_mut(width).for_each(<[_]>::reverse),
            3 => pixels.reverse(),
            4 => {
                pixels.reverse();
                pixels.chunks_exact_mut(width).for_each(<[_]>::reverse);
            }
            _ => {}
        }
        image
    }

    fn with_swapped_sides(self, image: &RgbImage) -> RgbImage {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let mut turned = RgbImage::new(image.height(), image.width());
        let from: &[[u8; 3]] = cast_slice(image);
        let to: &mut [[u8; 3]] = cast_slice_mut(&mut turned);
        let (flip_x, flip_y) = match self.0 {
            5 => (false, false), // transposed
            6 => (true, false),  // a quarter turn clockwise
            7 => (true, true),   // transposed across the other diagonal
            _ => (false, true),  // a quarter turn anticlockwise
        };
        for tile_y in (0..height).step_by(TILE) {
            for tile_x in (0..width).step_by(TILE) {
                for y in tile_y..(tile_y + TILE).min(height) {
                    let column = if flip_x { height - 1 - y } else { y };
                    for x in tile_x..(tile_x + TILE).min(width) {
                        let row = if flip_y { width - 1 - x } else { x };
                        to[row * height + column] = from[y * width + x];
                    }
                }
            }
        }
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The letters of a 3×2 picture after turning, row by row.
    fn turned(orientation: u32) -> (u32, u32, String) {
        let image = RgbImage::from_raw(3, 2, b"aaabbbcccdddeeefff".to_vec()).unwrap();
        let image = Orientation::from_exif(orientation).upright(image);
        let letters = image.pixels().map(|p| p.0[0] as char).collect();
        (image.width(), image.height(), letters)
    }

    #[test]
    fn every_orientation_turns_upright() {
        // Stored:  abc
        //          def
        let cases = [
            (0, 3, 2, "abcdef"),
            (1, 3, 2, "abcdef"),
            (2, 3, 2, "cbafed"),
            (3, 3, 2, "fedcba"),
            (4, 3, 2, "defabc"),
            (5, 2, 3, "adbecf"),
            (6, 2, 3, "daebfc"),
            (7, 2, 3, "fcebda"),
            (8, 2, 3, "cfbead"),
            (9, 3, 2, "abcdef"),
        ];
        for (orientation, width, height, letters) in cases {
            assert_eq!(
                turned(orientation),
                (width, height, letters.to_string()),
                "orientation {orientation}"
            );
        }
    }

    #[test]
    fn sides_beyond_one_tile_keep_every_pixel() {
        let image = RgbImage::from_fn(100, 37, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
        for (there, back) in [(5, 5), (6, 8), (7, 7), (8, 6)] {
            let turned = Orientation::from_exif(there).upright(image.clone());
            assert_eq!(turned.dimensions(), (37, 100));
            assert_eq!(Orientation::from_exif(back).upright(turned), image, "{there} then {back}");
        }
    }
}
