//! From what a file stores to 8-bit RGB on white. Embedded ICC profiles are not applied here: the
//! networks were trained on pictures read without them.

use image::{DynamicImage, RgbImage};

/// CMYK of inks (0 = no ink), without a profile: each ink and black darken in turn.
pub(super) fn cmyk_to_rgb(inks: [u8; 4]) -> [u8; 3] {
    let [cyan, magenta, yellow, black] = inks;
    [cyan, magenta, yellow].map(|ink| product(255 - ink, 255 - black))
}

/// CMYK as Adobe stores it in JPEG (255 = no ink), four bytes a pixel, to three bytes a pixel.
pub(super) fn inverted_cmyk_to_rgb(pixels: &[u8]) -> Vec<u8> {
    pixels
        .chunks_exact(4)
        .flat_map(|p| [product(p[0], p[3]), product(p[1], p[3]), product(p[2], p[3])])
        .collect()
}

/// `a·b/255`, rounded.
fn product(a: u8, b: u8) -> u8 {
    ((u32::from(a) * u32::from(b) + 127) / 255) as u8
}

/// One sample over white paper.
pub(super) fn over_white(sample: u8, alpha: u8) -> u8 {
    let paper = 255 - u32::from(alpha);
    ((u32::from(sample) * u32::from(alpha) + 255 * paper + 127) / 255) as u8
}

/// A premultiplied sample over white paper.
pub(super) fn premultiplied_over_white(sample: u8, alpha: u8) -> u8 {
    sample.saturating_add(255 - alpha)
}

/// CIE L*a*b* (D50, as TIFF and ICC store it; L 0–100, a and b around 0) to sRGB.
/// Constants: Bradford-adapted sRGB matrix, IEC 61966-2-1 transfer curve.
pub(super) fn lab_to_rgb(lightness: f32, a: f32, b: f32) -> [u8; 3] {
    const D50: [f32; 3] = [0.964_22, 1.0, 0.825_21];
    const FROM_XYZ: [[f32; 3]; 3] = [
        [3.133_856, -1.616_867, -0.490_615],
        [-0.978_768, 1.916_142, 0.033_454],
        [0.071_945, -0.228_991, 1.405_243],
    ];
    let y = (lightness + 16.0) / 116.0;
    let cubed =
        |t: f32| if t > 6.0 / 29.0 { t * t * t } else { 3.0 * (6.0f32 / 29.0).powi(2) * (t - 4.0 / 29.0) };
    let xyz = [D50[0] * cubed(y + a / 500.0), D50[1] * cubed(y), D50[2] * cubed(y - b / 200.0)];
    FROM_XYZ.map(|row| {
        let linear = (row[0] * xyz[0] + row[1] * xyz[1] + row[2] * xyz[2]).clamp(0.0, 1.0);
        let encoded =
            if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
        (encoded * 255.0).round() as u8
    })
}

/// Any decoded picture as RGB on white: alpha composited, 16 bits and floats brought to 8.
pub(super) fn flatten(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let rgba = image.into_rgba8();
    let (width, height) = rgba.dimensions();
    RgbImage::from_raw(width, height, rgba_on_white(rgba.into_raw())).unwrap_or_default()
}

/// RGBA to RGB in place, so that a large picture is not held twice.
pub(super) fn rgba_on_white(mut bytes: Vec<u8>) -> Vec<u8> {
    let pixels = bytes.len() / 4;
    for at in 0..pixels {
        let alpha = bytes[at * 4 + 3];
        for channel in 0..3 {
            bytes[at * 3 + channel] = over_white(bytes[at * 4 + channel], alpha);
        }
    }
    bytes.truncate(pixels * 3);
    bytes
}

/// Grey with alpha to RGB.
pub(super) fn grey_alpha_on_white(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks_exact(2).flat_map(|pixel| [over_white(pixel[0], pixel[1]); 3]).collect()
}

/// Grey to RGB.
pub(super) fn grey_to_rgb(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|grey| [*grey; 3]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alpha_is_composited_on_white() {
        let image =
            image::RgbaImage::from_raw(3, 1, vec![10, 20, 30, 255, 10, 20, 30, 0, 100, 0, 200, 128]).unwrap();
        let flat = flatten(DynamicImage::ImageRgba8(image));
        assert_eq!(flat.into_raw(), [10, 20, 30, 255, 255, 255, 177, 127, 227]);
        let grey = image::GrayAlphaImage::from_raw(2, 1, vec![0, 0, 0, 255]).unwrap();
        assert_eq!(flatten(DynamicImage::ImageLumaA8(grey)).into_raw(), [255, 255, 255, 0, 0, 0]);
    }

    #[test]
    fn sixteen_bits_become_eight() {
        let image =
            image::ImageBuffer::<image::Rgb<u16>, _>::from_raw(2, 1, vec![0, 32768, 65535, 257, 514, 771])
                .unwrap();
        assert_eq!(flatten(DynamicImage::ImageRgb16(image)).into_raw(), [0, 128, 255, 1, 2, 3]);
    }

    #[test]
    fn cmyk_inks_darken_white_paper() {
        assert_eq!(cmyk_to_rgb([0, 0, 0, 0]), [255, 255, 255]);
        assert_eq!(cmyk_to_rgb([255, 0, 0, 0]), [0, 255, 255]);
        assert_eq!(cmyk_to_rgb([0, 0, 0, 255]), [0, 0, 0]);
        assert_eq!(cmyk_to_rgb([0, 128, 255, 128]), [127, 63, 0]);
        assert_eq!(
            inverted_cmyk_to_rgb(&[255, 255, 255, 255, 0, 255, 255, 128]),
            [255, 255, 255, 0, 128, 128]
        );
    }

    #[test]
    fn lab_reference_colours_come_out_as_srgb() {
        for (lab, rgb) in [
            ([100.0, 0.0, 0.0], [255, 255, 255]),
            ([0.0, 0.0, 0.0], [0, 0, 0]),
            ([54.29, 80.81, 69.89], [255, 0, 0]),
            ([29.57, 68.30, -112.03], [0, 0, 255]),
        ] {
            let got = lab_to_rgb(lab[0], lab[1], lab[2]);
            assert!(got.iter().zip(rgb).all(|(a, b)| a.abs_diff(b) <= 2), "{lab:?} gave {got:?}");
        }
    }
}
