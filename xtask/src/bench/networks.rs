//! The towers on the CPU, against ONNX Runtime with the same weights and as many threads.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::report::Section;
use crate::places::Places;
use crate::{parity, process, python};

/// A short query, of as many tokens as the peer is given.
const SHORT_QUERY: &str = "a photo of a cat";
const BATCH: usize = 8;
const TEXT_BOUND_MS: f64 = 25.0;

/// What models/examples/throughput.rs prints.
#[derive(Debug, Deserialize)]
struct Ours {
    images_per_second: Option<f64>,
    ms_per_text: Option<f64>,
}

/// What xtask/peers/onnxruntime_peer.py prints.
#[derive(Debug, Deserialize)]
struct Peer {
    version: String,
    threads: usize,
    clip_image: PeerImages,
    resnet50: PeerImages,
    clip_text: PeerTexts,
    clip_text_padded: PeerTexts,
}

#[derive(Debug, Deserialize)]
struct PeerImages {
    pictures_per_second: f64,
}

#[derive(Debug, Deserialize)]
struct PeerTexts {
    tokens: usize,
    median_ms: f64,
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
    let rate = |model: &PathBuf| -> Result<f64> {
        let ours = throughput(
            places,
            &["--model".into(), model.into(), "--batch".into(), BATCH.to_string().into()],
        )?;
        ours.images_per_second.context("throughput gave no images_per_second")
    };
    Ok(BareRates { clip: rate(&clip)?, resnet50: rate(&resnet50)? })
}

pub(super) fn images(places: &Places) -> Result<Section> {
    let ours = bare_rates(places)?;
    let peer = peer(places)?;
    let row = |name: &str, ours: f64, peer: f64, goal: f64| {
        format!("| {name} | {ours:.1} | {peer:.1} | {:.2} | {goal:.1} |", ours / peer)
    };
    let body = format!(
        "Pictures a second, f32, batch {BATCH}, {} threads, weights and shapes of the published networks.\n\n\
         | | Kindred | ONNX Runtime {} | ratio | goal |\n| --- | --- | --- | --- | --- |\n{}\n{}",
        peer.threads,
        peer.version,
        row("CLIP ViT-B/32 image tower", ours.clip, peer.clip_image.pictures_per_second, 0.8),
        row("ResNet50, pooled features", ours.resnet50, peer.resnet50.pictures_per_second, 0.7),
    );
    Ok(Section { title: "Image towers on the CPU", body })
}

pub(super) fn texts(places: &Places) -> Result<Section> {
    let [clip, _] = models(places)?;
    let ours = throughput(places, &["--model".into(), clip.into(), "--text".into(), SHORT_QUERY.into()])?;
    let ours = ours.ms_per_text.context("throughput gave no ms_per_text")?;
    let peer = peer(places)?;
    let (short, padded) = (peer.clip_text, peer.clip_text_padded);
    let body = format!(
        "One query, \"{SHORT_QUERY}\" ({} tokens), in milliseconds; {} threads.\n\n\
         | | Kindred | bound | ONNX Runtime {} | the same, padded to {} tokens |\n\
         | --- | --- | --- | --- | --- |\n\
         | CLIP ViT-B/32 text tower | {ours:.1} | {TEXT_BOUND_MS} | {:.1} | {:.1} |",
        short.tokens, peer.threads, peer.version, padded.tokens, short.median_ms, padded.median_ms,
    );
    Ok(Section { title: "Text tower on the CPU", body })
}

fn throughput(places: &Places, arguments: &[std::ffi::OsString]) -> Result<Ours> {
    let mut command = process::cargo(places);
    command.args(["run", "--release", "--quiet", "--example", "throughput", "--"]);
    let printed = process::output(command.args(["--device", "cpu"]).args(arguments))?;
    serde_json::from_str(&printed).context("the output of the example throughput")
}

fn peer(places: &Places) -> Result<Peer> {
    let networks = parity::full_size_networks(places)?;
    let python = python::environment(places, super::REQUIREMENTS)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut command = python::script(places, &python, "xtask/peers/onnxruntime_peer.py");
    command.arg(networks).args(["--threads", &threads.to_string(), "--batch", &BATCH.to_string()]);
    serde_json::from_str(&process::output(&mut command)?).context("the output of onnxruntime_peer.py")
}
