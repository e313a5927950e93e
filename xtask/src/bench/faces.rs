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
#[derive(Debug, Clone, Copy, Default, Deserialize)]
struct Figures {
    /// For a group photo that is looked at in one pass, on average.
    group_photo: f64,
    /// For a picture of 1280 × 960 pixels.
    large: f64,
    /// For photos of 12 and 24 million pixels without faces; peers look at all of it.
    photo_12: f64,
    photo_24: f64,
    /// For a face with its mirror image. OpenCV does not have that network.
    face: Option<f64>,
}

/// What is measured: how it is called, and which figure it is.
type Row = (&'static str, fn(&Figures) -> f64);

const ROWS: [Row; 5] = [
    ("YuNet, one pass: a group photo", |f| f.group_photo),
    ("YuNet, one pass: 1280 × 960 pixels", |f| f.large),
    ("the whole way: 4000 × 3000 without faces", |f| f.photo_12),
    ("the whole way: 6000 × 4000 without faces", |f| f.photo_24),
    ("MobileFaceNet, a face and its mirror image", |f| f.face.unwrap_or(f64::NAN)),
];

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

    let mut tables = String::new();
    for threads in [1, threads()] {
        let ours = || -> Result<Figures> {
            let mut command = process::example(places, "faces", &[])?;
            command.env("RAYON_NUM_THREADS", threads.to_string()).arg(&data);
            measured(command.arg(REPEATS.to_string()))
        };
        let peer = |name: &'static str| -> Result<Figures> {
            let mut command = python::script(places, &python, "xtask/peers/faces_peer.py");
            command.arg(name).arg(&data).args(["--threads", &threads.to_string()]);
            measured(command.args(["--repeats", &REPEATS.to_string()]))
        };
        let rounds = take_turns([&ours, &|| peer("opencv"), &|| peer("onnxruntime")])?;
        tables += &format!(
            "\n| threads: {threads} | Kindred | OpenCV {opencv_version} | ONNX Runtime {onnxruntime_version} |\n\
             | --- | --- | --- | --- |\n"
        );
        for (name, figure) in ROWS {
            let rounds: Vec<[f64; 3]> = rounds.iter().map(|round| round.each_ref().map(figure)).collect();
            let [kindred, opencv, onnxruntime] = medians(&rounds);
            let cell = |figure: f64, program: usize| match figure.is_nan() {
                true => String::new(),
                false => format!("{figure:.1} ({:.2})", ratio(&rounds, program, 0)),
            };
            let (opencv, onnxruntime) = (cell(opencv, 1), cell(onnxruntime, 2));
            tables += &format!("| {name} | {kindred:.1} | {opencv} | {onnxruntime} |\n");
        }
    }
    let body = format!(
        "Milliseconds, f32, the published files, pictures decoded beforehand. In brackets how many times as long as ours it takes. In \
         one pass all look at the same pixels of pictures of at most 1280: OpenCV's `FaceDetectorYN` and Kindred give faces, ONNX \
         Runtime only the numbers of the cells. The whole way is everything that Kindred does to find faces of 24 pixels in a photo (it \
         makes it smaller, looks at all of it, at half its size in tiles, and at close-ups of what could be a face); the peers find \
         them in one pass over all pixels. A face that fills its picture is looked at three times more in the pipeline, which is not in \
         here. The programs took turns {ROUNDS} times; each figure is the median of the rounds' medians, each ratio the median of the \
         rounds' ratios.\n{tables}",
    );
    Ok(Section { title: "Faces on the CPU", body })
}

fn measured(program: &mut Command) -> Result<Figures> {
    serde_json::from_str(&process::output(program)?).context("the output of a program")
}
