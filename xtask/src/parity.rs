//! `cargo xtask parity`: the networks at full size and the starter model, from the picture file to the vector, against
//! the reference libraries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::places::Places;
use crate::{process, python, setup};

/// The folder of the random CLIP, inside the folder of full-size networks.
pub(crate) const CLIP: &str = "clip-vit-b-32-random";
/// The folder of the random ResNet50.
pub(crate) const RESNET50: &str = "resnet50-random";

/// Makes both, with the answers that are expected.
const SCRIPT: &str = "tests/parity/full_size.py";
/// Asks the reference libraries about the starter model with the weights that are in the clone.
const STARTER_SCRIPT: &str = "tests/parity/starter.py";
/// How the program and that script call it.
const STARTER: &str = "starter";
/// The reference libraries.
const REQUIREMENTS: &str = "tests/parity/requirements.txt";
/// Everything that what is made depends on.
const MADE_BY: [&str; 5] = [
    SCRIPT,
    "tests/parity/cache_folder.py",
    "tests/parity/drawn_pictures.py",
    "tests/parity/random_weights.py",
    REQUIREMENTS,
];

/// What a vector must reach on the CPU.
const LEAST_COSINE: f64 = 0.9999;
/// A GPU multiplies in another order, and some with fewer bits.
const LEAST_COSINE_ON_GPU: f64 = 0.999;

/// What tests/parity/full_size.py or tests/parity/starter.py wrote.
#[derive(Debug, Deserialize)]
struct Golden {
    networks: Vec<Network>,
}

#[derive(Debug, Deserialize)]
struct Network {
    model: String,
    /// What the vectors are for, of a model that makes several.
    purpose: Option<String>,
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
    device: Device,
}

/// What `kindred doctor --json` prints.
#[derive(Debug, Deserialize)]
struct Doctor {
    device: Option<Device>,
}

#[derive(Debug, Deserialize)]
struct Device {
    kind: String,
    reason: String,
}

/// Makes the networks and the reference answers when they are not there, then lets Kindred answer.
pub(crate) fn parity(places: &Places) -> Result<()> {
    setup::prepare(places, setup::COMPARING)?;
    process::run(process::cargo(places).args(["build", "--release", "--workspace"]))?;
    let dir = full_size_networks(places)?;
    let mut networks = read_golden(&dir.join("golden.json"))?;
    networks.extend(starter(places, &dir)?);
    let mut devices = vec![("cpu", LEAST_COSINE)];
    if has_gpu(places)? {
        devices.push(("gpu", LEAST_COSINE_ON_GPU));
    } else {
        println!("no GPU that works: the CPU alone is compared");
    }
    let mut fell_short = 0;
    for (device, least) in devices {
        for network in &networks {
            fell_short += compare(places, &dir, network, device, least)?;
        }
    }
    if fell_short > 0 {
        bail!("{fell_short} vectors fell short");
    }
    Ok(())
}

fn read_golden(path: &Path) -> Result<Vec<Network>> {
    let read = || Ok::<Golden, anyhow::Error>(serde_json::from_slice(&fs::read(path)?)?);
    Ok(read().with_context(|| path.display().to_string())?.networks)
}

/// What the reference libraries make of the starter model, asked anew: its weights may be others by now.
fn starter(places: &Places, dir: &Path) -> Result<Vec<Network>> {
    let python = python::environment(places, REQUIREMENTS)?;
    let golden = dir.join("starter.json");
    let mut script = python::script(places, &python, STARTER_SCRIPT);
    process::run(script.arg("--pictures").arg(dir.join("pictures")).arg("--out").arg(&golden))?;
    read_golden(&golden)
}

/// True when Kindred can open a GPU here. The exit code of `doctor` would tell of everything else it looks at, too.
fn has_gpu(places: &Places) -> Result<bool> {
    let output =
        kindred(places).args(["doctor", "--json", "--device", "gpu"]).stderr(Stdio::inherit()).output()?;
    let doctor: Doctor = serde_json::from_slice(&output.stdout).context("kindred doctor --json")?;
    Ok(doctor.device.is_some_and(|device| device.kind == "gpu"))
}

/// About 700 MB of random weights in the official layouts, drawn pictures, and the reference libraries' answers. Made
/// when they are not there or what makes them has changed.
pub(crate) fn full_size_networks(places: &Places) -> Result<PathBuf> {
    let dir = places.cache.join("parity");
    let stamp = dir.join("made-by.txt");
    let sources = MADE_BY
        .iter()
        .map(|source| fs::read_to_string(places.root.join(source)).with_context(|| (*source).to_owned()));
    let wanted = sources.collect::<Result<String>>()?;
    if fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(dir);
    }
    if stamp.exists() {
        // It must not vouch for half of the new files.
        fs::remove_file(&stamp).with_context(|| stamp.display().to_string())?;
    }
    let python = python::environment(places, REQUIREMENTS)?;
    let mut script = python::script(places, &python, SCRIPT);
    process::run(script.arg("--onnx").arg("--out").arg(&dir))?;
    fs::write(&stamp, wanted).with_context(|| stamp.display().to_string())?;
    Ok(dir)
}

/// Prints the lowest cosine of the network's pictures and texts; returns how many fell short.
fn compare(places: &Places, dir: &Path, network: &Network, device: &str, least: f64) -> Result<usize> {
    let embed = |option: &str, value: &Path| -> Result<Vec<f64>> {
        let mut command = kindred(places);
        command.args(["embed", "--json", "--device", device, "--model"]);
        match network.model.as_str() {
            STARTER => command.arg(STARTER),
            folder => command.arg(dir.join(folder)),
        };
        if let Some(purpose) = &network.purpose {
            command.args(["--by", purpose]);
        }
        let printed = process::output(command.arg(option).arg(value))?;
        let Embedded { vector, device: used } =
            serde_json::from_str(&printed).context("kindred embed --json")?;
        ensure!(
            used.kind == device,
            "the {device} was asked for and the {} answered, because {}",
            used.kind,
            used.reason
        );
        Ok(vector)
    };
    let mut cosines = Vec::new();
    for image in &network.images {
        cosines
            .push((image.file.as_str(), cosine(&embed("--image", &dir.join(&image.file))?, &image.vector)));
    }
    for text in &network.texts {
        cosines.push((text.text.as_str(), cosine(&embed("--text", text.text.as_ref())?, &text.vector)));
    }
    let lowest = cosines.iter().map(|(_, cosine)| *cosine).reduce(f64::min).unwrap_or(f64::NAN);
    let Network { model, purpose, images, texts } = network;
    let purpose = purpose.as_ref().map_or_else(String::new, |purpose| format!(" ({purpose})"));
    println!(
        "{model}{purpose} on the {device}: {} pictures, {} texts, lowest cosine {lowest:.6} ({least} wanted)",
        images.len(),
        texts.len()
    );
    let short = cosines.iter().filter(|(_, cosine)| falls_short(*cosine, least));
    Ok(short.inspect(|(what, cosine)| println!("  {what}: {cosine:.6}")).count())
}

/// A cosine that is no number is that of a vector with such components, or of zero.
fn falls_short(cosine: f64, least: f64) -> bool {
    cosine.is_nan() || cosine < least
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

    #[test]
    fn a_vector_without_numbers_falls_short() {
        for (vector, short) in
            [([3.0, 4.0], false), ([f64::NAN, 4.0], true), ([0.0, 0.0], true), ([4.0, -3.0], true)]
        {
            assert_eq!(falls_short(cosine(&vector, &[6.0, 8.0]), 0.9999), short, "{vector:?}");
        }
    }
}
