//! How large the detector sees a picture, and the tiles of one that is too large for one look.

use std::borrow::Cow;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::area::DetectedFace;

/// Longest side of a tile in pixels: two of them cover twice the side of a picture as a whole.
pub(super) const TILE: usize = 1408;
/// Pixels that neighbouring tiles share: a face that one of them cuts off is whole in the other.
pub(super) const OVERLAP: usize = 96;

/// The longer side of what is looked at as a whole. Of a panorama more than that, so that twice its shorter side counts as the longer.
const LONGEST: f64 = 1280.0;
/// More than this is not looked at as a whole, whatever the shape: so many times the pixels of a square of that side.
const MOST_AREA: f64 = 2.0 * LONGEST * LONGEST;

/// A large picture is looked at in tiles at this scale: faces of 24 pixels have 13.
const BETWEEN: f64 = 0.55;
/// More than this is not looked at in tiles in search of what could be a face, in pixels of the tiles: the scale is smaller then.
const MOST_BETWEEN: f64 = 8e6;
/// A scale between is worth its tiles when it is so many times that of the whole.
const WORTHWHILE: f64 = 1.1;

/// A picture of someone else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture<'a> {
    /// Row-major RGB.
    pub(super) rgb: &'a [u8],
    pub(super) width: usize,
    pub(super) height: usize,
}

/// A part of the picture at some scale.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct View {
    /// Left and upper edge in pixels of the picture.
    pub(super) offset: [f64; 2],
    /// Width and height in pixels of the picture.
    pub(super) extent: [f64; 2],
    /// Width and height in pixels of the view.
    pub(super) size: [usize; 2],
}

/// How much smaller a picture is when it is looked at as a whole: 1 for small ones.
pub(super) fn scale_of_whole(width: usize, height: usize) -> f64 {
    let (width, height) = (width as f64, height as f64);
    let side = LONGEST / width.max(height).min(2.0 * width.min(height));
    let area = (MOST_AREA / (width * height)).sqrt();
    side.min(area).min(1.0)
}

/// The scale of the tiles in which everything that could be a face is looked for, in a picture that is looked at as a `whole` at another;
/// `None` where that shows enough.
pub(super) fn scale_between(width: usize, height: usize, whole: f64) -> Option<f64> {
    let most = (MOST_BETWEEN / (width as f64 * height as f64)).sqrt();
    Some(BETWEEN.min(most)).filter(|scale| *scale > WORTHWHILE * whole)
}

impl View {
    /// The whole picture.
    pub(super) fn whole(width: usize, height: usize, scale: f64) -> Self {
        let size = [width, height].map(|side| ((side as f64 * scale).round() as usize).max(1));
        Self { offset: [0.0; 2], extent: [width as f64, height as f64], size }
    }

    /// Tiles that cover the picture at a scale, in rows.
    pub(super) fn tiles(width: usize, height: usize, scale: f64) -> Vec<Self> {
        let whole = Self::whole(width, height, scale);
        let [columns, rows] = whole.size.map(spans);
        let factors = [0, 1].map(|axis| whole.extent[axis] / whole.size[axis] as f64);
        let tile = |(left, columns): (usize, usize), (top, rows): (usize, usize)| Self {
            offset: [left as f64 * factors[0], top as f64 * factors[1]],
            extent: [columns as f64 * factors[0], rows as f64 * factors[1]],
            size: [columns, rows],
        };
        rows.iter().flat_map(|row| columns.iter().map(|column| tile(*column, *row))).collect()
    }

    /// A face that was found in the view, in pixels of the picture.
    pub(super) fn placed(&self, face: &DetectedFace) -> DetectedFace {
        face.placed(self.factors().map(|factor| factor as f32), self.offset.map(|offset| offset as f32))
    }

    /// Pixels that the detector looks at.
    pub(super) fn cost(&self) -> usize {
        self.size[0] * self.size[1]
    }

    /// Pixels of the picture for one of the view, across and down.
    pub(super) fn factors(&self) -> [f64; 2] {
        [0, 1].map(|axis| self.extent[axis] / self.size[axis] as f64)
    }
}

/// Start and length of stretches of up to [`TILE`], as short as can be, that cover `n` and share [`OVERLAP`] or more.
fn spans(n: usize) -> Vec<(usize, usize)> {
    if n <= TILE {
        return vec![(0, n)];
    }
    let count = (n - OVERLAP).div_ceil(TILE - OVERLAP);
    let length = (n + (count - 1) * OVERLAP).div_ceil(count);
    (0..count).map(|at| (at * (n - length) / (count - 1), length)).collect()
}

impl Picture<'_> {
    /// The pixels of a view, RGB. What shrinks is averaged.
    pub(super) fn pixels(&self, view: &View) -> Cow<'_, [u8]> {
        let [width, height] = view.size;
        if view.size == [self.width, self.height] {
            return Cow::Borrowed(self.rgb);
        }
        let mut pixels = vec![0; width * height * 3];
        if view.factors() == [1.0, 1.0] {
            let [left, top] = view.offset.map(|edge| edge as usize);
            let rows = self.rgb.chunks_exact(self.width * 3).skip(top);
            for (row, out) in rows.zip(pixels.chunks_exact_mut(width * 3)) {
                out.copy_from_slice(&row[left * 3..][..width * 3]);
            }
            return Cow::Owned(pixels);
        }
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
            .use_alpha(false)
            .crop(view.offset[0], view.offset[1], view.extent[0], view.extent[1]);
        // The picture has its size, as was checked, and so have the pixels; a view lies inside the picture: there is nothing left that
        // these calls could refuse.
        #[expect(clippy::expect_used)]
        let source = ImageRef::new(self.width as u32, self.height as u32, self.rgb, PixelType::U8x3)
            .expect("the picture has its size");
        #[expect(clippy::expect_used)]
        let mut target = Image::from_slice_u8(width as u32, height as u32, &mut pixels, PixelType::U8x3)
            .expect("the pixels have their size");
        #[expect(clippy::expect_used)]
        Resizer::new().resize(&source, &mut target, &options).expect("the view lies inside the picture");
        Cow::Owned(pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_looked_at_with_its_longer_side_at_1280_and_a_panorama_with_more() {
        for (width, height, size) in [
            (640, 480, [640, 480]),
            (1280, 1280, [1280, 1280]),
            (4000, 3000, [1280, 960]),
            (3000, 4000, [960, 1280]),
            (10_000, 2500, [2560, 640]),
            (60_000, 1000, [14_022, 234]),
            (1, 1_000_000, [1, 1_000_000]),
        ] {
            let view = View::whole(width, height, scale_of_whole(width, height));
            assert_eq!(view.size, size, "{width} × {height}");
        }
    }

    #[test]
    fn tiles_cover_the_picture_and_share_enough() {
        for (width, height, scale) in [(100, 50, 1.0), (1281, 900, 1.0), (6000, 4000, 0.5), (9999, 1300, 1.0)]
        {
            let tiles = View::tiles(width, height, scale);
            let whole = View::whole(width, height, scale).size;
            for axis in [0, 1] {
                let n = whole[axis];
                let mut covered = spans(n);
                covered.sort_unstable();
                assert_eq!(covered[0].0, 0);
                assert!(covered.iter().all(|(_, length)| *length <= TILE));
                assert_eq!(covered.last().map(|(start, length)| start + length), Some(n));
                for pair in covered.windows(2) {
                    assert!(pair[0].0 + pair[0].1 >= pair[1].0 + OVERLAP, "{n}: {pair:?}");
                }
            }
            let inside = |tile: &View| {
                tile.offset[0] + tile.extent[0] <= width as f64 + 1e-6
                    && tile.offset[1] + tile.extent[1] <= height as f64 + 1e-6
            };
            assert!(tiles.iter().all(inside), "{width} × {height}");
        }
    }

    #[test]
    fn a_view_shows_its_part_and_averages_what_shrinks() {
        let rgb: Vec<u8> = (0..40 * 20).flat_map(|at| [(at % 40) as u8, (at / 40) as u8, 200]).collect();
        let picture = Picture { rgb: &rgb, width: 40, height: 20 };
        let part = View { offset: [10.0, 5.0], extent: [4.0, 3.0], size: [4, 3] };
        let pixels = picture.pixels(&part);
        assert_eq!(pixels.len(), 4 * 3 * 3);
        assert_eq!(pixels[..6], [10, 5, 200, 11, 5, 200]);
        let half = picture.pixels(&View::whole(40, 20, 0.5));
        assert_eq!(half.len(), 20 * 10 * 3);
        // The middle between pixels 20 and 21, and rows 10 and 11.
        let at = (5 * 20 + 10) * 3;
        assert!(half[at].abs_diff(20) <= 1 && half[at + 1].abs_diff(10) <= 1 && half[at + 2] == 200);
    }
}
