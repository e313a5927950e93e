//! How many pictures or sentences a second a model answers, as one JSON object: the program behind `cargo xtask bench`.
//!
//!     cargo run --release -p kindred-models --example throughput -- --model FOLDER [--batch 8] [--seconds 5] [--device cpu] [--text T]
//!
//! Pictures are made ready beforehand: what is measured is the network, reading back included. `{"model", "device", "batch", "runs",
//! "images_per_second", "best_images_per_second"}`; with `--text`, `"texts_per_second"`, `"ms_per_text"` and
//! `"best_ms_per_text"` for one sentence at a time.

use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use kindred_models::{
    Compute, DeviceChoice, ImageEmbedder, ModelRef, ModelStore, PreparedImage, TextEmbedder, resolve,
};

// As in the program itself: the networks' large, short-lived buffers are why.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Options {
    model: ModelRef,
    batch: usize,
    seconds: f64,
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
            let times = measure(options.seconds, || embedder.embed_texts(&[text]).map(drop))?;
            report["runs"] = times.len().into();
            report["texts_per_second"] = (times.len() as f64 / total(&times)).into();
            report["ms_per_text"] = (1e3 * total(&times) / times.len() as f64).into();
            report["best_ms_per_text"] = (1e3 * best(&times)).into();
        }
        None => {
            let embedder = ImageEmbedder::load(&model, &compute)?;
            let pictures: Vec<RgbImage> = (0..options.batch as u32).map(picture).collect();
            let prepared: Vec<PreparedImage> = embedder.preprocess().prepare_all(&pictures);
            let before = cpu_seconds();
            let times = measure(options.seconds, || embedder.embed_prepared(&prepared).map(drop))?;
            let images = (times.len() * options.batch) as f64;
            if let (Some(before), Some(after)) = (before, cpu_seconds()) {
                let with_warm_up = images + 2.0 * options.batch as f64;
                report["cpu_ms_per_image"] = (1e3 * (after - before) / with_warm_up).into();
            }
            report["batch"] = options.batch.into();
            report["runs"] = times.len().into();
            report["images_per_second"] = (images / total(&times)).into();
            report["best_images_per_second"] = (options.batch as f64 / best(&times)).into();
        }
    }
    println!("{report}");
    Ok(())
}

/// Two runs to warm up, then as many as fit into the time, at least three.
fn measure<E>(seconds: f64, mut run: impl FnMut() -> Result<(), E>) -> Result<Vec<Duration>, E> {
    run()?;
    run()?;
    let mut times = vec![];
    while times.len() < 3 || total(&times) < seconds {
        let start = Instant::now();
        run()?;
        times.push(start.elapsed());
    }
    Ok(times)
}

/// Processor time of this process so far, in seconds; `None` where the system does not tell it this way.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    Some((fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?) / 100.0)
}

fn total(times: &[Duration]) -> f64 {
    times.iter().sum::<Duration>().as_secs_f64()
}

fn best(times: &[Duration]) -> f64 {
    times.iter().min().map_or(f64::NAN, Duration::as_secs_f64)
}

fn picture(seed: u32) -> RgbImage {
    RgbImage::from_fn(320, 240, |x, y| {
        let texture = (x * 31 + y * (57 + seed) + x * y) % 97;
        Rgb([(x * 150 / 320 + texture) as u8, (y * 150 / 240 + texture) as u8, (seed * 20 + texture) as u8])
    })
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn std::error::Error>> {
        let (mut model, mut batch, mut seconds, mut device, mut text) =
            (None, 8, 5.0, DeviceChoice::Cpu, None);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--model" => model = Some(value.parse()?),
                "--batch" => batch = value.parse::<usize>()?.max(1),
                "--seconds" => seconds = value.parse()?,
                "--device" => device = value.parse()?,
                "--text" => text = Some(value),
                _ => return Err(format!("unknown option {name}").into()),
            }
        }
        let model = model.ok_or("--model is missing")?;
        Ok(Self { model, batch, seconds, device, text })
    }
}
