//! Colour profiles. The networks see the numbers of the file, as the reference libraries read it; thumbnails are for eyes,
//! and are brought from the photo's own colours (Display P3, Adobe RGB) to sRGB.

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::RgbImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// The picture in sRGB, by the ICC profile of its file. `None` where the profile is broken or describes other colours than
/// RGB: those of inks and greys do not fit the pixels any more once they are RGB.
pub(super) fn in_srgb(image: &RgbImage, icc: &[u8]) -> Option<RgbImage> {
    // A profile that a parser stumbles over costs the photo its exact colours and nothing else.
    catch_unwind(AssertUnwindSafe(|| {
        let profile = ColorProfile::new_from_slice(icc).ok()?;
        if profile.color_space != DataColorSpace::Rgb {
            return None;
        }
        let srgb = ColorProfile::new_srgb();
        let transform = profile
            .create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, TransformOptions::default())
            .ok()?;
        let mut converted = RgbImage::new(image.width(), image.height());
        transform.transform(image, &mut converted).ok()?;
        Some(converted)
    }))
    .unwrap_or(None)
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn colours_are_brought_from_the_photos_space_to_srgb() {
        let encoded = |profile: ColorProfile| profile.encode().unwrap();
        let drawn = RgbImage::from_pixel(4, 3, Rgb([200, 100, 100]));
        for (name, icc, expected) in [
            // By hand: linear light, the matrices of P3 (D65) and sRGB, and back.
            ("Display P3", encoded(ColorProfile::new_display_p3()), Some([215, 93, 97])),
            ("sRGB", encoded(ColorProfile::new_srgb()), Some([200, 100, 100])),
            ("grey", encoded(ColorProfile::new_gray_with_gamma(2.2)), None),
            ("broken", b"no profile".to_vec(), None),
        ] {
            let got = in_srgb(&drawn, &icc).map(|image| image.get_pixel(1, 1).0);
            let near =
                |(got, expected): ([u8; 3], [u8; 3])| (0..3).all(|c| got[c].abs_diff(expected[c]) <= 1);
            assert!(
                got.is_some() == expected.is_some() && got.zip(expected).is_none_or(near),
                "{name}: {got:?}"
            );
        }
    }
}
