//! Pictures drawn for the tests.

use std::fs;
use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};

/// A picture of its own: gradients and a disc whose place and colours come from `seed`.
pub(crate) fn drawn(width: u32, height: u32, seed: u32) -> RgbImage {
    let random = |n: u32| (seed.wrapping_mul(2_654_435_761).wrapping_add(n * 40_503) >> 8) % 256;
    let (centre_x, centre_y) = (width * (64 + random(1) / 2) / 256, height * (64 + random(2) / 2) / 256);
    let disc = Rgb([random(3) as u8, random(4) as u8, random(5) as u8]);
    RgbImage::from_fn(width, height, |x, y| {
        if x.abs_diff(centre_x).pow(2) + y.abs_diff(centre_y).pow(2) < (height / 4).pow(2) {
            disc
        } else {
            let across = (x * 255 / width) as u8;
            let down = (y * 255 / height) as u8;
            Rgb([across, down, across ^ random(6) as u8])
        }
    })
}

/// Writes one picture of that name, in the format of its extension.
pub(crate) fn write(folder: &Path, name: impl AsRef<Path>, seed: u32) -> PathBuf {
    let path = folder.join(name);
    drawn(160, 120, seed).save(&path).unwrap();
    path
}

/// Writes `count` pictures that take a while to decode, and are all the same to a network but not to a hash: bytes
/// after the end of a JPEG change nothing in the picture.
pub(crate) fn write_many(folder: &Path, count: u32) {
    let bytes = jpeg(&drawn(1600, 1200, 7), 90);
    for number in 0..count {
        let mut file = bytes.clone();
        file.extend(number.to_le_bytes());
        fs::write(folder.join(format!("{number:04}.jpg")), file).unwrap();
    }
}

/// The picture as a JPEG with half the colour resolution; `quality` from 1 to 100.
pub(crate) fn jpeg(picture: &RgbImage, quality: i32) -> Vec<u8> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = turbojpeg::Image {
        pixels: picture.as_raw().as_slice(),
        width,
        pitch: width * 3,
        height,
        format: turbojpeg::PixelFormat::RGB,
    };
    turbojpeg::compress(pixels, quality, turbojpeg::Subsamp::Sub2x2).unwrap().to_vec()
}

/// A file that says it is a picture and is not.
pub(crate) fn write_broken(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, b"\xff\xd8\xff\xe0 this is no JPEG").unwrap();
    path
}
