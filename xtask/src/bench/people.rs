//! Grouping of faces: how well on labelled pictures of people, and how fast on many drawn by lot.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::report::Section;
use crate::places::Places;
use crate::process;

const SYNTHETIC: &str = "50000";

const PRECISION_GOAL: f64 = 0.99;
const RECALL_GOAL: f64 = 0.95;
const RANK_1_GOAL: f64 = 0.98;

#[derive(Serialize)]
struct Request {
    yunet: PathBuf,
    mobilefacenet: PathBuf,
    sets: Vec<Set>,
}

/// Pictures of people, each with the name of its person.
#[derive(Serialize)]
struct Set {
    name: &'static str,
    folder: PathBuf,
    pictures: Vec<(PathBuf, String)>,
}

/// What crates/core/examples/people_bench.rs prints of a set.
#[derive(Deserialize)]
struct Measured {
    name: String,
    pictures: usize,
    people: usize,
    with_face: usize,
    good: usize,
    grouping: Quality,
    rank_1: f64,
    curve: Vec<(f32, Quality)>,
    same: (f32, f32),
    different: (f32, f32),
}

#[derive(Clone, Copy, Deserialize)]
struct Quality {
    precision: f64,
    recall: f64,
}

/// What it prints of faces that are drawn by lot.
#[derive(Deserialize)]
struct Synthetic {
    faces: u64,
    later: u64,
    connect_s: f64,
    later_s: f64,
    cluster_s: f64,
    groups: u64,
    people: u64,
    memory: u64,
}

pub(super) fn run(places: &Places) -> Result<Section> {
    let data = std::env::var_os("KINDRED_TESTDATA")
        .map_or_else(|| places.root.join("../shared/data"), PathBuf::from);
    let faces = data.join("faces");
    ensure!(
        faces.is_dir() && data.join("weights/MobileFaceNet.onnx").is_file(),
        "the weights and pictures of faces are not in {}; KINDRED_TESTDATA tells where they are",
        data.display()
    );
    let request = Request {
        yunet: data.join("weights/yunet_s_640_640.onnx"),
        mobilefacenet: data.join("weights/MobileFaceNet.onnx"),
        sets: vec![
            Set {
                name: "lfw-subset",
                pictures: by_folder(&faces.join("lfw-subset-100"))?,
                folder: faces.join("lfw-subset-100"),
            },
            Set {
                name: "face-api.js",
                pictures: by_folder(&faces.join("face-api.js/examples/images"))?,
                folder: faces.join("face-api.js/examples/images"),
            },
            Set {
                name: "openface",
                pictures: by_stem(&faces.join("openface/images/examples"))?,
                folder: faces.join("openface/images/examples"),
            },
        ],
    };
    let mut command = process::example(places, "people_bench", &[])?;
    command.arg("sets").arg(places.cache.join("bench/people")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let mut stdin = child.stdin.take().context("a pipe to the example")?;
    stdin.write_all(&serde_json::to_vec(&request)?)?;
    drop(stdin);
    let printed = child.wait_with_output()?;
    ensure!(printed.status.success(), "people_bench failed");
    let measured: Vec<Measured> =
        serde_json::from_slice(&printed.stdout).context("the output of people_bench")?;
    let mut command = process::example(places, "people_bench", &[])?;
    let printed = process::output(command.args(["synthetic", SYNTHETIC]))?;
    let synthetic: Synthetic = serde_json::from_str(&printed).context("the output of people_bench")?;
    Ok(Section { title: "People", body: body(&measured, &synthetic) })
}

/// The pictures in the folders of a folder, each called by its folder; what lies beside them has no name.
fn by_folder(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut pictures = Vec::new();
    for entry in sorted(folder)? {
        if entry.is_dir() {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            pictures.extend(
                sorted(&entry)?.into_iter().filter(|file| is_picture(file)).map(|f| (f, name.clone())),
            );
        }
    }
    Ok(pictures)
}

/// The pictures of a folder that are called `name-1`, `name-2`; one that is the only one of its name, too.
fn by_stem(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut pictures = Vec::new();
    for file in sorted(folder)?.into_iter().filter(|file| is_picture(file)) {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = stem.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-').to_owned();
        pictures.push((file, name));
    }
    // Two people are in one picture: it is nobody's alone.
    pictures.retain(|(_, name)| !name.contains('-'));
    Ok(pictures)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_picture(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    matches!(extension.as_str(), "jpg" | "jpeg" | "png")
}

fn body(measured: &[Measured], synthetic: &Synthetic) -> String {
    let mut text = format!(
        "Labelled pictures, each of whoever its largest face is, in a library of each set, with the real networks. Precision and \
         recall are over pairs of pictures; rank 1 is how often the first answer of `similar --by face` is the same person.\n\n\
         | set | pictures | people | with a face | of good quality | precision (≥ {PRECISION_GOAL}) | recall (≥ {RECALL_GOAL}) \
         | rank 1 (≥ {RANK_1_GOAL}) |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    );
    for set in measured {
        let Quality { precision, recall } = set.grouping;
        text += &format!(
            "| {} | {} | {} | {} | {} | {precision:.4} | {recall:.4} | {:.4} |\n",
            set.name, set.pictures, set.people, set.with_face, set.good, set.rank_1
        );
    }
    text += "\nThe curve that the threshold was chosen on: precision / recall where groups are joined from that average cosine on. \
             It is 0.40: below it nothing is gained, and a large library has many more strangers than these sets.\n\n| set |";
    let mut steps: BTreeMap<i32, ()> = BTreeMap::new();
    for (threshold, _) in measured.iter().flat_map(|set| &set.curve) {
        steps.insert((threshold * 100.0).round() as i32, ());
    }
    for step in steps.keys() {
        text += &format!(" {:.2} |", f64::from(*step) / 100.0);
    }
    text += &format!("\n| --- |{}\n", " --- |".repeat(steps.len()));
    for set in measured {
        text += &format!("| {} |", set.name);
        for (_, Quality { precision, recall }) in &set.curve {
            text += &format!(" {precision:.3} / {recall:.3} |");
        }
        text += "\n";
    }
    text += "\nCosines of two good faces:";
    for (at, set) in measured.iter().enumerate() {
        let (same, different) = (set.same, set.different);
        let end = if at + 1 == measured.len() { "." } else { ";" };
        text += &format!(
            " {}: of one person {:.2} to {:.2}, of two people {:.2} to {:.2}{end}",
            set.name, same.0, same.1, different.0, different.1
        );
    }
    let Synthetic { faces, later, connect_s, later_s, cluster_s, groups, people, memory } = synthetic;
    text += &format!(
        "\n\nMany faces, drawn by lot: {} of {people} people are compared in {connect_s:.1} s; {later} more that come later in \
         {later_s:.2} s; all {faces} are grouped in {cluster_s:.2} s ({groups} groups), as after every decision. That takes {} MB \
         of memory beside the vectors.",
        faces - later,
        memory / 1_000_000
    );
    text
}
