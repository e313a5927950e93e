//! Resizing as Pillow does it, computing only what a crop shows.
//!
//! Pillow resizes rows first, rounds to 8 bits, then resizes columns. `fast_image_resize` uses the same filters and the same
//! rounding but starts with the columns; asked for one direction at a time, it gives Pillow's order.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;
use serde::Deserialize;

use super::geometry::Plan;

/// The filter of a resize. Both are stretched when the picture shrinks (antialiasing).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Filter {
    /// Pillow's `BILINEAR`: a triangle over two pixels.
    Bilinear,
    /// Pillow's `BICUBIC`: the cubic with a = −0.5 over four pixels.
    Bicubic,
}

impl Filter {
    fn algorithm(self) -> ResizeAlg {
        ResizeAlg::Convolution(match self {
            Self::Bilinear => FilterType::Bilinear,
            Self::Bicubic => FilterType::CatmullRom,
        })
    }

    /// Half the filter's width, in pixels of the smaller picture.
    fn support(self) -> f64 {
        match self {
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
        }
    }
}

/// Fills `crop` (`side × side × 3` bytes) with what the window at `(left, top)` of the resized picture shows.
pub(super) fn resample(
    image: &RgbImage,
    plan: &Plan,
    (left, top): (u64, u64),
    side: u32,
    filter: Filter,
    crop: &mut [u8],
) {
    let columns = Span::new(image.width(), plan.width, left, side);
    let rows = Span::new(image.height(), plan.height, top, side);
    let (first, end) = rows.reach(image.height(), filter.support());
    let stride = image.width() as usize * 3;
    let needed = &image.as_raw()[first as usize * stride..end as usize * stride];
    let height = end - first;
    let mut narrow = vec![0; side as usize * height as usize * 3];

    let options = ResizeOptions::new().resize_alg(filter.algorithm()).use_alpha(false);
    let along_rows = options.crop(columns.start, 0.0, columns.length, f64::from(height));
    pass((image.width(), height, needed), (side, height, &mut narrow), &along_rows);
    let along_columns = options.crop(0.0, rows.start - f64::from(first), f64::from(side), rows.length);
    pass((side, height, &narrow), (side, side, crop), &along_columns);
}

/// One direction of the resize, from and to `(width, height, interleaved RGB)`.
fn pass(source: (u32, u32, &[u8]), target: (u32, u32, &mut [u8]), options: &ResizeOptions) {
    // The buffers were made or cut to these sizes, both are U8x3, and a span ends inside the picture: there is nothing
    // left that these calls could refuse.
    #[expect(clippy::expect_used)]
    let source =
        ImageRef::new(source.0, source.1, source.2, PixelType::U8x3).expect("the source has its size");
    #[expect(clippy::expect_used)]
    let mut target =
        Image::from_slice_u8(target.0, target.1, target.2, PixelType::U8x3).expect("the target has its size");
    #[expect(clippy::expect_used)]
    Resizer::new().resize(&source, &mut target, options).expect("the crop lies inside the picture");
}

/// A stretch of one axis of the picture, in its own pixels.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: f64,
    length: f64,
    /// Pixels of the picture for one of the crop.
    scale: f64,
}

impl Span {
    /// The stretch that `side` pixels from `offset` show once `size` pixels have been resized to `resized`.
    fn new(size: u32, resized: u64, offset: u64, side: u32) -> Self {
        let scale = f64::from(size) / resized as f64;
        let start = offset as f64 * scale;
        // Rounding must not carry the end past the edge.
        let length = (f64::from(side) * scale).min(f64::from(size) - start);
        Self { start, length, scale }
    }

    /// The first pixel, and the one behind the last, that the filter touches.
    fn reach(&self, size: u32, support: f64) -> (u32, u32) {
        // One pixel more on either side than the filter's reach: rounding then cannot cut it short.
        let margin = support * self.scale.max(1.0) + 1.0;
        let first = (self.start - margin).floor().max(0.0) as u32;
        let end = (self.start + self.length + margin).ceil().min(f64::from(size)) as u32;
        (first, end)
    }
}
