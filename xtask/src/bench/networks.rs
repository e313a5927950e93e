//! The towers on the CPU, against ONNX Runtime with the same weights and as many threads.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::machine::threads;
use super::report::Section;
use super::turns::{ROUNDS, medians, ratio, take_turns};
use crate::places::Places;
use crate::{parity, process, python};

/// A short query, of as many tokens as the peer is given.
const SHORT_QUERY: &str = "a photo of a cat";
const BATCH: usize = 8;
const TEXT_BOUND_MS: f64 = 25.0;

/// Batches of pictures that count in a round, after as many to warm up in every program.
const BATCHES: usize = 7;
/// Sentences that count in a round.
const SENTENCES: usize = 40;

/// What models/examples/throughput.rs prints.
#[derive(Debug, Deserialize)]
struct Ours {
    images_per_second: Option<f64>,
    ms_per_text: Option<f64>,
}

/// What xtask/peers/onnxruntime_peer.py prints.
#[derive(Debug, Deserialize)]
struct Peer {
    pictures_per_second: Option<f64>,
    median_ms: Option<f64>,
}

/// What the example is built with.
#[derive(Debug, Clone, Copy)]
enum Allocator {
    Mimalloc,
    System,
}

/// Pictures a second of both image towers, without a peer.
#[derive(Debug, Clone, Copy)]
pub(super) struct BareRates {
    pub clip: f64,
    pub resnet50: f64,
}

/// The two model folders of full size, with random weights: speed does not depend on the numbers.
pub(super) fn models(places: &Places) -> Result<[PathBuf; 2]> {
    let dir = parity::full_size_networks(places)?;
    Ok([dir.join(parity::CLIP), dir.join(parity::RESNET50)])
}

/// How fast the image towers are with nothing around them.
pub(super) fn bare_rates(places: &Places) -> Result<BareRates> {
    let [clip, resnet50] = models(places)?;
    let rate = |model| our_pictures(places, model, Allocator::Mimalloc);
    Ok(BareRates { clip: rate(&clip)?, resnet50: rate(&resnet50)? })
}

pub(super) fn images(places: &Places) -> Result<Section> {
    let [clip, resnet50] = models(places)?;
    let peer = PeerProgram::new(places)?;
    let row = |name: &str, model: &Path, network: &str, goal: f64| -> Result<String> {
        let rounds = take_turns([
            &|| our_pictures(places, model, Allocator::Mimalloc),
            &|| peer.run(network, BATCHES)?.pictures_per_second.context("no pictures_per_second"),
            &|| our_pictures(places, model, Allocator::System),
        ])?;
        let [ours, theirs, system] = medians(&rounds);
        Ok(format!(
            "| {name} | {ours:.1} | {theirs:.1} | {:.2} | {goal:.1} | {system:.1} ({:.2}) |",
            ratio(&rounds, 0, 1),
            ratio(&rounds, 2, 0),
        ))
    };
    let body = format!(
        "Pictures a second, f32, batch {BATCH}, {} threads, weights and shapes of the published networks. The programs \
         took turns {ROUNDS} times; each figure is the median of the rounds' medians, each ratio the median of the \
         rounds' ratios.\n\n\
         | | Kindred | ONNX Runtime {} | ratio | goal | Kindred with the system's allocator (of mimalloc) |\n\
         | --- | --- | --- | --- | --- | --- |\n{}\n{}",
        threads(),
        peer.version,
        row("CLIP ViT-B/32 image tower", &clip, "clip-image", 0.8)?,
        row("ResNet50, pooled features", &resnet50, "resnet50", 0.7)?,
    );
    Ok(Section { title: "Image towers on the CPU", body })
}

pub(super) fn texts(places: &Places) -> Result<Section> {
    let [clip, _] = models(places)?;
    let peer = PeerProgram::new(places)?;
    let theirs = |network| peer.run(network, SENTENCES)?.median_ms.context("no median_ms");
    let rounds = take_turns([&|| our_milliseconds(places, &clip), &|| theirs("clip-text"), &|| {
        theirs("clip-text-padded")
    }])?;
    let [ours, short, padded] = medians(&rounds);
    let body = format!(
        "One query, \"{SHORT_QUERY}\", in milliseconds; {} threads. The programs took turns {ROUNDS} times; each figure is \
         the median of the rounds' medians, the ratio the median of the rounds' ratios.\n\n\
         | | Kindred | bound | ONNX Runtime {} | time of ours | the same, padded to 77 tokens |\n\
         | --- | --- | --- | --- | --- | --- |\n\
         | CLIP ViT-B/32 text tower | {ours:.1} | {TEXT_BOUND_MS} | {short:.1} | {:.2} | {padded:.1} |",
        threads(),
        peer.version,
        ratio(&rounds, 1, 0),
    );
    Ok(Section { title: "Text tower on the CPU", body })
}

fn our_pictures(places: &Places, model: &Path, allocator: Allocator) -> Result<f64> {
    let mut command = throughput(places, model, BATCHES, allocator)?;
    read(command.args(["--batch", &BATCH.to_string()]))?.images_per_second.context("no images_per_second")
}

fn our_milliseconds(places: &Places, model: &Path) -> Result<f64> {
    let mut command = throughput(places, model, SENTENCES, Allocator::Mimalloc)?;
    read(command.args(["--text", SHORT_QUERY]))?.ms_per_text.context("no ms_per_text")
}

fn throughput(places: &Places, model: &Path, repeats: usize, allocator: Allocator) -> Result<Command> {
    let features: &[&str] = match allocator {
        Allocator::System => &["kindred-models/system-allocator"],
        Allocator::Mimalloc => &[],
    };
    let mut command = process::example(places, "throughput", features)?;
    command.env("RAYON_NUM_THREADS", threads().to_string());
    command.args(["--device", "cpu", "--repeats", &repeats.to_string(), "--model"]).arg(model);
    Ok(command)
}

fn read(throughput: &mut Command) -> Result<Ours> {
    serde_json::from_str(&process::output(throughput)?).context("the output of the example throughput")
}

/// ONNX Runtime, with the networks it runs.
struct PeerProgram<'a> {
    places: &'a Places,
    python: PathBuf,
    networks: PathBuf,
    version: String,
}

impl<'a> PeerProgram<'a> {
    fn new(places: &'a Places) -> Result<Self> {
        let networks = parity::full_size_networks(places)?;
        let python = python::environment(places, super::REQUIREMENTS)?;
        let asked = "import onnxruntime; print(onnxruntime.__version__)";
        let version = process::output(Command::new(&python).args(["-c", asked]))?.trim().to_owned();
        Ok(Self { places, python, networks, version })
    }

    fn run(&self, network: &str, repeats: usize) -> Result<Peer> {
        let mut command = python::script(self.places, &self.python, "xtask/peers/onnxruntime_peer.py");
        command.arg(&self.networks).arg(network);
        for (option, number) in [("--threads", threads()), ("--batch", BATCH), ("--repeats", repeats)] {
            command.args([option, &number.to_string()]);
        }
        serde_json::from_str(&process::output(&mut command)?).context("the output of onnxruntime_peer.py")
    }
}
