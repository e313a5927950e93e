//! How long the face networks take, as one JSON object: the program behind `cargo xtask bench faces`.
//!
//!     cargo run --release --example faces -- DATA [REPEATS] [DEVICE]
//!
//! DATA is the folder of test data: `weights/` with the networks, `faces/` with group photos, `photos/coco`. In milliseconds, the median
//! of the repeats after one to warm up: `{"device", "group_photo", "large", "photo_12", "photo_24", "face"}`, for a group photo of at most
//! 1280 pixels on average, a picture of 1280 × 960 pixels, photos without faces enlarged to 12 and 24 million pixels, and an aligned face
//! with its mirror image, sixteen of them at once. Photos are decoded beforehand. `RAYON_NUM_THREADS` sets the number of threads.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use image::RgbImage;
use image::imageops::{FilterType, resize};
use kindred_models::{AlignedFace, Compute, DeviceChoice, FaceDetector, FaceEmbedder, align};

// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FACES: usize = 16;

/// Pictures above it are looked at in several passes.
const ONE_PASS: u32 = 1280;

struct Photo {
    rgb: Vec<u8>,
    width: u32,
    height: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let data = PathBuf::from(arguments.next().ok_or("the folder of test data is missing")?);
    let repeats = arguments.next().map_or(Ok(5), |repeats| repeats.parse())?;
    let device = arguments.next().map_or(Ok(DeviceChoice::Cpu), |device| device.parse())?;
    let state = tempfile::tempdir()?;
    let compute = Compute::open(device, state.path())?;
    let detector = FaceDetector::open(&data.join("weights/yunet_s_640_640.onnx"), &compute)?;
    let embedder = FaceEmbedder::open(&data.join("weights/MobileFaceNet.onnx"), &compute)?;
    let mut photos = vec![];
    for line in std::fs::read_to_string(data.join("faces/face-counts.tsv"))?.lines().skip(1) {
        let mut fields = line.split('\t');
        if let (Some(file), Some(counted)) = (fields.next(), fields.next())
            && !counted.is_empty()
        {
            let photo = decoded(&data.join("faces").join(file))?;
            photos.extend((photo.width.max(photo.height) <= ONE_PASS).then_some(photo));
        }
    }
    let enlarged = |file: &str, width: u32, height: u32| -> Result<[Photo; 1], Box<dyn Error>> {
        let small = decoded(&data.join("photos/coco").join(file))?;
        let small = RgbImage::from_raw(small.width, small.height, small.rgb).ok_or("too few pixels")?;
        let rgb = resize(&small, width, height, FilterType::CatmullRom).into_raw();
        Ok([Photo { rgb, width, height }])
    };
    let photo_12 = enlarged("000000000009.jpg", 4000, 3000)?;
    let photo_24 = enlarged("000000000025.jpg", 6000, 4000)?;
    let noise = std::iter::repeat_with(|| fastrand::u8(..)).take(1280 * 960 * 3).collect();
    let large = [Photo { rgb: noise, width: 1280, height: 960 }];
    let detect = |photos: &[Photo]| -> Result<(), Box<dyn Error>> {
        for photo in photos {
            detector.detect(&photo.rgb, photo.width, photo.height)?;
        }
        Ok(())
    };
    let mut faces: Vec<AlignedFace> = vec![];
    for photo in &photos {
        for face in detector.detect(&photo.rgb, photo.width, photo.height)? {
            faces.extend(align(&photo.rgb, photo.width, photo.height, &face.landmarks));
        }
    }
    faces.truncate(FACES);
    let group_photo = median(repeats, || detect(&photos))? / photos.len() as f64;
    let large = median(8 * repeats, || detect(&large))?;
    let photo_12 = median(repeats, || detect(&photo_12))?;
    let photo_24 = median(repeats, || detect(&photo_24))?;
    let face = median(repeats, || Ok(embedder.embed(&faces).map(drop)?))? / faces.len() as f64;
    let device = compute.report().to_string();
    println!(
        "{}",
        serde_json::json!({
            "device": device, "group_photo": group_photo, "large": large, "photo_12": photo_12, "photo_24": photo_24, "face": face,
        })
    );
    Ok(())
}

fn decoded(path: &Path) -> Result<Photo, Box<dyn Error>> {
    let decoded = turbojpeg::decompress(&std::fs::read(path)?, turbojpeg::PixelFormat::RGB)?;
    Ok(Photo { rgb: decoded.pixels, width: decoded.width as u32, height: decoded.height as u32 })
}

/// Milliseconds.
fn median(
    repeats: usize,
    mut run: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<f64, Box<dyn Error>> {
    run()?;
    let mut times = vec![];
    for _ in 0..repeats.max(1) {
        let start = Instant::now();
        run()?;
        times.push(1e3 * start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}
