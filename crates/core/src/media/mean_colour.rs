//! The colour that stands for a photo until its thumbnail is there.

use image::RgbImage;

/// A colour in sRGB: `0xRRGGBB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MeanColour(pub u32);

impl MeanColour {
    /// The mean of a picture's pixels, channel by channel, of the values as they are stored. `None` for a picture of no pixels.
    pub(super) fn of(image: &RgbImage) -> Option<Self> {
        let count = u64::from(image.width()) * u64::from(image.height());
        let mut sums = [0u64; 3];
        for pixel in image.pixels() {
            sums.iter_mut().zip(pixel.0).for_each(|(sum, value)| *sum += u64::from(value));
        }
        let mean = |sum: u64| ((sum + count / 2) / count) as u32;
        (count > 0).then(|| Self(mean(sums[0]) << 16 | mean(sums[1]) << 8 | mean(sums[2])))
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn the_mean_is_taken_channel_by_channel_and_rounded() {
        let half = RgbImage::from_fn(2, 1, |x, _| if x == 0 { Rgb([255, 0, 10]) } else { Rgb([0, 0, 21]) });
        for (image, expected) in [
            (RgbImage::from_pixel(3, 2, Rgb([1, 2, 3])), Some(0x01_02_03)),
            (RgbImage::from_pixel(900, 700, Rgb([255, 255, 255])), Some(0xFF_FF_FF)),
            (half, Some(0x80_00_10)),
            (RgbImage::new(0, 0), None),
        ] {
            assert_eq!(MeanColour::of(&image), expected.map(MeanColour));
        }
    }
}
