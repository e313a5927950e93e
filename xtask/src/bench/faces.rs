//! The face networks on the CPU, against OpenCV and ONNX Runtime with the same files, pictures and as many threads.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::machine::threads;
use super::report::Section;
use super::turns::{ROUNDS, medians, ratio, take_turns};
use crate::places::Places;
use crate::{process, python};

/// Runs over all pictures that count in a round.
const REPEATS: usize = 5;

/// What models/examples/faces.rs and xtask/peers/faces_peer.py print, in milliseconds.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Figures {
    /// For a photo of the shared group photos, on average.
    group_photo: Option<f64>,
    /// For a picture of 1280 × 960 pixels.
    large: Option<f64>,
    /// For a face with its mirror image.
    face: Option<f64>,
}

/// What is measured: how it is called, and which figure it is.
type Row = (&'static str, fn(&Figures) -> Option<f64>);

const DETECTION: [Row; 2] =
    [("YuNet, a group photo", |f| f.group_photo), ("YuNet, 1280 × 960 pixels", |f| f.large)];
const EMBEDDING: Row = ("MobileFaceNet, a face and its mirror image", |f| f.face);

pub(super) fn run(places: &Places) -> Result<Section> {
    let data = std::env::var_os("KINDRED_TESTDATA")
        .map_or_else(|| places.root.join("../shared/data"), PathBuf::from);
    ensure!(
        data.join("faces/face-counts.tsv").is_file() && data.join("weights").is_dir(),
        "the weights and pictures of faces are not in {}; KINDRED_TESTDATA tells where they are",
        data.display()
    );
    let python = python::environment(places, super::REQUIREMENTS)?;
    let versions = "import cv2, onnxruntime; print(cv2.__version__, onnxruntime.__version__)";
    let versions = process::output(Command::new(&python).args(["-c", versions]))?;
    let (opencv_version, onnxruntime_version) = versions.trim().split_once(' ').context("two versions")?;

    let ours = |row: Row| -> Result<f64> {
        let mut command = process::example(places, "faces", &[])?;
        command.env("RAYON_NUM_THREADS", threads().to_string()).arg(&data);
        measured(command.arg(REPEATS.to_string()), row)
    };
    let peer = |name: &'static str, row: Row| -> Result<f64> {
        let mut command = python::script(places, &python, "xtask/peers/faces_peer.py");
        command.arg(name).arg(&data).args(["--threads", &threads().to_string()]);
        measured(command.args(["--repeats", &REPEATS.to_string()]), row)
    };
    let mut rows = String::new();
    for row in DETECTION {
        let rounds = take_turns([&|| ours(row), &|| peer("opencv", row), &|| peer("onnxruntime", row)])?;
        let [kindred, opencv, onnxruntime] = medians(&rounds);
        let (by_opencv, by_onnxruntime) = (ratio(&rounds, 1, 0), ratio(&rounds, 2, 0));
        let name = row.0;
        rows += &format!(
            "| {name} | {kindred:.1} | {opencv:.1} ({by_opencv:.2}) | {onnxruntime:.1} ({by_onnxruntime:.2}) |\n"
        );
    }
    let rounds = take_turns([&|| ours(EMBEDDING), &|| peer("onnxruntime", EMBEDDING)])?;
    let ([kindred, onnxruntime], by_onnxruntime) = (medians(&rounds), ratio(&rounds, 1, 0));
    rows += &format!("| {} | {kindred:.1} | | {onnxruntime:.1} ({by_onnxruntime:.2}) |\n", EMBEDDING.0);
    let body = format!(
        "Milliseconds, f32, {} threads, the published files. In brackets how many times as long as ours it takes. OpenCV's \
         `FaceDetectorYN` and Kindred give faces, ONNX Runtime only the numbers of the cells. The programs took turns {ROUNDS} \
         times; each figure is the median of the rounds' medians, each ratio the median of the rounds' ratios.\n\n\
         | | Kindred | OpenCV {opencv_version} | ONNX Runtime {onnxruntime_version} |\n| --- | --- | --- | --- |\n{rows}",
        threads(),
    );
    Ok(Section { title: "Faces on the CPU", body })
}

fn measured(program: &mut Command, (name, figure): Row) -> Result<f64> {
    let figures: Figures =
        serde_json::from_str(&process::output(program)?).context("the output of a program")?;
    figure(&figures).with_context(|| format!("no figure for {name}"))
}
