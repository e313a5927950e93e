//! From an upright RGB picture to what a network for pictures wants: square crops, and the range of its numbers.
//!
//! The reference is Pillow with torchvision's `Resize` and `CenterCrop`, by which the published networks were trained and
//! measured: the shorter side is resized with an antialiased 8-bit filter, the other in proportion, and the centre is cut out.

mod geometry;
mod normalise;
mod resample;

#[cfg(test)]
mod published_tests;

use image::RgbImage;
use rayon::prelude::*;

use crate::manifest::Preprocessing;
use geometry::Plan;
pub use normalise::Normalisation;
pub(crate) use resample::Filter;

/// The most crops one picture gets. Beyond twelve times as long as wide, the crops are samples and no longer a cover.
const MAX_CROPS: u32 = 12;

/// How one network wants its pictures. Cheap to copy and free of state, so every decoding thread can use its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preprocess {
    resize: u32,
    side: u32,
    filter: Filter,
    normalisation: Normalisation,
}

impl Preprocess {
    /// CLIP for pictures of `side` × `side` (224; 336 for ViT-L/14@336px). Source: `openai/CLIP`, `clip.py`.
    pub const fn clip(side: u32) -> Self {
        Self { resize: side, side, filter: Filter::Bicubic, normalisation: Normalisation::CLIP }
    }

    /// The starter model: the whole of the shorter side on `side` pixels.
    pub(crate) const fn starter(side: u32, filter: Filter, normalisation: Normalisation) -> Self {
        Self { resize: side, side, filter, normalisation }
    }

    /// torchvision's `ResNet50_Weights.IMAGENET1K_V2`.
    pub const fn resnet50_v2() -> Self {
        Self { resize: 232, side: 224, filter: Filter::Bilinear, normalisation: Normalisation::IMAGENET }
    }

    /// torchvision's `ResNet50_Weights.IMAGENET1K_V1`.
    pub const fn resnet50_v1() -> Self {
        Self { resize: 256, ..Self::resnet50_v2() }
    }

    /// timm's `resnet50.a1_in1k`: `crop_pct` 0.95 of 224, so the shorter side becomes ⌊224 / 0.95⌋.
    pub const fn resnet50_timm() -> Self {
        Self { resize: 235, filter: Filter::Bicubic, ..Self::resnet50_v2() }
    }

    /// The recipe that the manifest names; `None` for models that take no whole pictures (faces, text).
    pub const fn of(preprocessing: Preprocessing) -> Option<Self> {
        match preprocessing {
            Preprocessing::Clip => Some(Self::clip(224)),
            Preprocessing::ResNet50V1 => Some(Self::resnet50_v1()),
            Preprocessing::ResNet50V2 => Some(Self::resnet50_v2()),
            Preprocessing::ResNet50Timm => Some(Self::resnet50_timm()),
            _ => None,
        }
    }

    /// Width and height of a crop in pixels.
    pub const fn side(&self) -> u32 {
        self.side
    }

    /// The shorter side, in pixels, that a picture should at least be decoded at when it is larger than that.
    ///
    /// Three times the side that it is resized to. A JPEG scaled down while decoding is a box-filtered picture; only when the
    /// resize after it has enough left to do does the result stay that of the full picture. Over camera pictures, the mean
    /// difference was 1.2 levels of 255 at one time the side, 0.3 at two times and 0.1 at three times.
    pub const fn shortest_side(&self) -> u32 {
        3 * self.resize
    }

    /// Mean and deviation of the network's input.
    pub const fn normalisation(&self) -> &Normalisation {
        &self.normalisation
    }

    /// Resizes and crops. Any size of picture is accepted; a picture without pixels becomes a black crop.
    ///
    /// A picture more than twice as long as wide gets several crops, evenly spaced from end to end, because the centre alone
    /// would lose what a panorama shows.
    pub fn prepare(&self, image: &RgbImage) -> PreparedImage {
        self.prepare_in(image, MAX_CROPS)
    }

    /// [`Self::prepare`] in `max_crops` crops at most. One is the centre, whatever the shape of the picture.
    fn prepare_in(&self, image: &RgbImage, max_crops: u32) -> PreparedImage {
        let crop_bytes = self.side as usize * self.side as usize * 3;
        let Some(plan) = Plan::new(image.width(), image.height(), self.resize, self.side, max_crops) else {
            return PreparedImage { side: self.side, pixels: vec![0; crop_bytes] };
        };
        let mut pixels = vec![0; crop_bytes * plan.windows.len()];
        for (window, crop) in plan.windows.iter().zip(pixels.chunks_exact_mut(crop_bytes)) {
            resample::resample(image, &plan, *window, self.side, self.filter, crop);
        }
        PreparedImage { side: self.side, pixels }
    }

    /// [`Self::prepare`] for several pictures, on all cores.
    pub fn prepare_all(&self, images: &[RgbImage]) -> Vec<PreparedImage> {
        images.par_iter().map(|image| self.prepare(image)).collect()
    }
}

/// One picture, ready for a network: one or several crops of 8-bit RGB, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedImage {
    side: u32,
    pixels: Vec<u8>,
}

impl PreparedImage {
    /// Width and height of each crop in pixels.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// Number of crops, at least one.
    pub fn crop_count(&self) -> usize {
        self.pixels.len() / self.crop_bytes()
    }

    /// The crops from left to right or from top to bottom, each `side × side × 3` bytes.
    pub fn crops(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.pixels.chunks_exact(self.crop_bytes())
    }

    fn crop_bytes(&self) -> usize {
        self.side as usize * self.side as usize * 3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let level = |at: u32, of: u32| (255 * at / of.max(2).saturating_sub(1)).min(255) as u8;
            image::Rgb([level(x, width), level(y, height), 128])
        })
    }

    fn recipes() -> [Preprocess; 5] {
        [
            Preprocess::clip(224),
            Preprocess::clip(336),
            Preprocess::resnet50_v1(),
            Preprocess::resnet50_v2(),
            Preprocess::resnet50_timm(),
        ]
    }

    #[test]
    fn any_size_of_picture_gives_whole_crops() {
        let sizes = [
            (1, 1),
            (1, 5000),
            (5000, 1),
            (2, 3),
            (224, 224),
            (225, 224),
            (223, 500),
            (449, 224),
            (3, 40_000),
            (2000, 1500),
        ];
        for (width, height) in sizes {
            for recipe in recipes() {
                let prepared = recipe.prepare(&gradient(width, height));
                let long = f64::from(width.max(height)) / f64::from(width.min(height));
                let expected = if long <= 2.0 { 1 } else { (long.ceil() as usize).min(12) };
                assert_eq!(prepared.crop_count(), expected, "{width}x{height}");
                assert_eq!(prepared.crops().len(), expected);
                assert_eq!(prepared.side(), recipe.side());
                for crop in prepared.crops() {
                    assert_eq!(crop.len(), (recipe.side() * recipe.side() * 3) as usize);
                    assert!(crop.chunks_exact(3).all(|p| (127..=129).contains(&p[2])), "{width}x{height}");
                }
            }
        }
    }

    #[test]
    fn a_picture_without_pixels_is_black() {
        let prepared = Preprocess::clip(224).prepare(&RgbImage::new(0, 7));
        assert_eq!(prepared.crop_count(), 1);
        assert!(prepared.crops().all(|crop| crop.iter().all(|v| *v == 0)));
    }

    #[test]
    fn a_picture_of_the_right_size_is_left_alone() {
        let image = gradient(224, 224);
        let prepared = Preprocess::clip(224).prepare(&image);
        assert_eq!(prepared.crops().next().unwrap(), image.as_raw().as_slice());
    }

    #[test]
    fn the_crops_of_a_panorama_reach_from_end_to_end() {
        for (width, height) in [(2000, 400), (400, 2000)] {
            let prepared = Preprocess::clip(224).prepare(&gradient(width, height));
            let channel = usize::from(height > width);
            let mean = |crop: &[u8]| {
                crop.chunks_exact(3).map(|p| f64::from(p[channel])).sum::<f64>()
                    / f64::from(224 * 224)
                    / 255.0
            };
            let means: Vec<f64> = prepared.crops().map(mean).collect();
            assert_eq!(means.len(), 5);
            for (i, mean) in means.iter().enumerate() {
                assert!((mean - (i as f64 * 0.2 + 0.1)).abs() < 0.01, "{width}x{height}: {means:?}");
            }
        }
    }

    #[test]
    fn pictures_prepared_together_are_those_prepared_alone() {
        let images: Vec<RgbImage> = (1..9).map(|i| gradient(100 * i, 300)).collect();
        for recipe in recipes() {
            let together = recipe.prepare_all(&images);
            assert!(images.iter().zip(together).all(|(image, prepared)| recipe.prepare(image) == prepared));
        }
    }

    #[test]
    fn the_manifest_names_the_recipes_for_whole_pictures() {
        assert_eq!(Preprocess::of(Preprocessing::Clip), Some(Preprocess::clip(224)));
        assert_eq!(Preprocess::of(Preprocessing::ResNet50V1), Some(Preprocess::resnet50_v1()));
        assert_eq!(Preprocess::of(Preprocessing::ResNet50V2), Some(Preprocess::resnet50_v2()));
        assert_eq!(Preprocess::of(Preprocessing::ResNet50Timm), Some(Preprocess::resnet50_timm()));
        assert_eq!(Preprocess::of(Preprocessing::YuNet), None);
    }
}
