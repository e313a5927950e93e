//! `cargo xtask parity`: the networks at full size, from the picture file to the vector, against the libraries that
//! they come from.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::places::Places;
use crate::{process, python, setup};

/// The folder of the random CLIP, inside the folder of full-size networks.
pub(crate) const CLIP: &str = "clip-vit-b-32-random";
/// The folder of the random ResNet50.
pub(crate) const RESNET50: &str = "resnet50-random";

/// What a vector must reach on the CPU.
const LEAST_COSINE: f64 = 0.9999;
/// A GPU multiplies in another order, and some with fewer bits.
const LEAST_COSINE_ON_GPU: f64 = 0.999;

/// What tests/parity/full_size.py wrote.
#[derive(Debug, Deserialize)]
struct Golden {
    networks: Vec<Network>,
}

#[derive(Debug, Deserialize)]
struct Network {
    model: String,
    images: Vec<Image>,
    texts: Vec<Text>,
}

#[derive(Debug, Deserialize)]
struct Image {
    file: String,
    vector: Vec<f64>,
}

#[derive(Debug, Deserialize)]
struct Text {
    text: String,
    vector: Vec<f64>,
}

/// What `kindred embed --json` prints.
#[derive(Debug, Deserialize)]
struct Embedded {
    vector: Vec<f64>,
}

/// Makes the networks and the reference answers when they are not there, then lets Kindred answer.
pub(crate) fn parity(places: &Places) -> Result<()> {
    setup::install(setup::COMPARING)?;
    process::run(process::cargo(places).args(["build", "--release", "--workspace"]))?;
    let dir = full_size_networks(places)?;
    let golden = fs::read(dir.join("golden.json")).context("golden.json")?;
    let golden: Golden = serde_json::from_slice(&golden).context("golden.json")?;
    let mut devices = vec![("cpu", LEAST_COSINE)];
    if process::succeeds(kindred(places).args(["doctor", "--device", "gpu"])) {
        devices.push(("gpu", LEAST_COSINE_ON_GPU));
    } else {
        println!("no GPU that works: the CPU alone is compared");
    }
    let mut fell_short = 0;
    for (device, least) in devices {
        for network in &golden.networks {
            fell_short += compare(places, &dir, network, device, least)?;
        }
    }
    if fell_short > 0 {
        bail!("{fell_short} vectors fell short");
    }
    Ok(())
}

/// About 700 MB of random weights in the official layouts, drawn pictures, and the reference libraries' answers.
pub(crate) fn full_size_networks(places: &Places) -> Result<PathBuf> {
    let dir = places.cache.join("parity");
    // The script writes its ONNX files last of all.
    if !dir.join("onnx/resnet50.onnx").exists() {
        let python = python::environment(places, "tests/parity/requirements.txt")?;
        let mut script = python::script(places, &python, "tests/parity/full_size.py");
        process::run(script.arg("--onnx").arg("--out").arg(&dir))?;
    }
    Ok(dir)
}

/// Prints the lowest cosine of the network's pictures and texts; returns how many fell short.
fn compare(places: &Places, dir: &Path, network: &Network, device: &str, least: f64) -> Result<usize> {
    let embed = |option: &str, value: &Path| -> Result<Vec<f64>> {
        let mut command = kindred(places);
        command.args(["embed", "--json", "--device", device, "--model"]).arg(dir.join(&network.model));
        let printed = process::output(command.arg(option).arg(value))?;
        let embedded: Embedded = serde_json::from_str(&printed).context("kindred embed --json")?;
        Ok(embedded.vector)
    };
    let mut cosines = Vec::new();
    for image in &network.images {
        cosines
            .push((image.file.as_str(), cosine(&embed("--image", &dir.join(&image.file))?, &image.vector)));
    }
    for text in &network.texts {
        cosines.push((text.text.as_str(), cosine(&embed("--text", text.text.as_ref())?, &text.vector)));
    }
    let lowest = cosines.iter().map(|(_, cosine)| *cosine).fold(f64::INFINITY, f64::min);
    let Network { model, images, texts } = network;
    println!(
        "{model} on the {device}: {} pictures, {} texts, lowest cosine {lowest:.6} ({least} wanted)",
        images.len(),
        texts.len()
    );
    let short = cosines.iter().filter(|(_, cosine)| *cosine < least);
    Ok(short.inspect(|(what, cosine)| println!("  {what}: {cosine:.6}")).count())
}

/// The release build, with a library and models of its own that stay empty.
fn kindred(places: &Places) -> Command {
    let mut command = Command::new(places.kindred());
    let empty = places.cache.join("parity/library");
    command.arg("--models").arg(empty.join("models")).arg("--library").arg(empty);
    command
}

/// The cosine of two vectors; −1 when their dimensions differ, which no vector that is right has.
fn cosine(a: &[f64], b: &[f64]) -> f64 {
    if a.len() != b.len() {
        return -1.0;
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_different_dimension_have_nothing_in_common() {
        assert!((cosine(&[3.0, 4.0], &[6.0, 8.0]) - 1.0).abs() < 1e-12);
        assert_eq!(cosine(&[1.0], &[1.0, 0.0]), -1.0);
    }
}
