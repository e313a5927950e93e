//! How many pictures or sentences a second a model answers, as one JSON object: the program behind `cargo xtask bench`.
//!
//!     cargo run --release --example throughput -- --model FOLDER [--batch 8] [--repeats 15] [--device cpu] [--text T]
//!
//! Pictures are made ready beforehand: what is measured is the network, reading back included. `{"model", "device", "batch",
//! "repeats", "images_per_second", "best_images_per_second"}`; with `--text`, `"ms_per_text"` and `"best_ms_per_text"` for one
//! sentence at a time. Where it does not say "best" it is the median. `RAYON_NUM_THREADS` sets the number of threads.

use std::time::Instant;

use image::{Rgb, RgbImage};
use kindred_models::{
    Compute, DeviceChoice, ImageEmbedder, ModelRef, ModelStore, PreparedImage, TextEmbedder, resolve,
};

// As in the program itself: the networks' large, short-lived buffers are why. The feature is there to measure the difference.
#[cfg(not(feature = "system-allocator"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs that do not count.
const WARM_UP: usize = 3;

struct Options {
    model: ModelRef,
    batch: usize,
    repeats: usize,
    device: DeviceChoice,
    text: Option<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let state = tempfile::tempdir()?;
    let compute = Compute::open(options.device, state.path())?;
    let store = ModelStore::new(std::env::var_os("KINDRED_MODELS").unwrap_or_default());
    let model = resolve(&store, &options.model)?;
    let mut report = serde_json::json!({ "model": model.info.id, "device": compute.report().to_string() });
    match &options.text {
        Some(text) => {
            let embedder = TextEmbedder::load(&model, &compute)?;
            let times = measure(options.repeats, || embedder.embed_questions(&[text]).map(drop))?;
            report["ms_per_text"] = (1e3 * median(&times)).into();
            report["best_ms_per_text"] = (1e3 * times[0]).into();
        }
        None => {
            let embedder = ImageEmbedder::load(&model, &compute)?;
            let pictures: Vec<RgbImage> = (0..options.batch as u32).map(picture).collect();
            let prepared: Vec<PreparedImage> = embedder.preprocess().prepare_all(&pictures);
            let before = cpu_seconds();
            let times = measure(options.repeats, || embedder.embed_prepared(&prepared).map(drop))?;
            let batch = options.batch as f64;
            if let (Some(before), Some(after)) = (before, cpu_seconds()) {
                let images = batch * (WARM_UP + times.len()) as f64;
                report["cpu_ms_per_image"] = (1e3 * (after - before) / images).into();
            }
            report["batch"] = options.batch.into();
            report["images_per_second"] = (batch / median(&times)).into();
            report["best_images_per_second"] = (batch / times[0]).into();
        }
    }
    report["repeats"] = options.repeats.into();
    println!("{report}");
    Ok(())
}

/// Seconds of each run after the warm-up, the shortest first.
fn measure<E>(repeats: usize, mut run: impl FnMut() -> Result<(), E>) -> Result<Vec<f64>, E> {
    for _ in 0..WARM_UP {
        run()?;
    }
    let mut times = vec![];
    for _ in 0..repeats {
        let start = Instant::now();
        run()?;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// Processor time of this process so far, in seconds; `None` where the system does not tell it this way.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    Some((fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?) / 100.0)
}

/// Of times in order.
fn median(times: &[f64]) -> f64 {
    (times[(times.len() - 1) / 2] + times[times.len() / 2]) / 2.0
}

fn picture(seed: u32) -> RgbImage {
    RgbImage::from_fn(320, 240, |x, y| {
        let texture = (x * 31 + y * (57 + seed) + x * y) % 97;
        Rgb([(x * 150 / 320 + texture) as u8, (y * 150 / 240 + texture) as u8, (seed * 20 + texture) as u8])
    })
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn std::error::Error>> {
        let (mut model, mut batch, mut repeats, mut device, mut text) =
            (None, 8, 15, DeviceChoice::Cpu, None);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--model" => model = Some(value.parse()?),
                "--batch" => batch = value.parse::<usize>()?.max(1),
                "--repeats" => repeats = value.parse::<usize>()?.max(1),
                "--device" => device = value.parse()?,
                "--text" => text = Some(value),
                _ => return Err(format!("unknown option {name}").into()),
            }
        }
        let model = model.ok_or("--model is missing")?;
        Ok(Self { model, batch, repeats, device, text })
    }
}
