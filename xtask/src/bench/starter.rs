//! The starter model: what it finds, against chance and against the goals, how fast, and how large it is.

mod metrics;
mod pack;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use self::metrics::{Outcome, Vectors};
use self::pack::{Pack, Set};
use super::report::Section;
use crate::places::Places;
use crate::process;

const MODEL: &str = "starter";
const WEIGHTS: &str = "models/starter/starter.safetensors";
const SHORT_QUERY: &str = "a photo of a cat";
const PICTURE_BOUND_MS: f64 = 60.0;
const TEXT_BOUND_MS: f64 = 10.0;
const WEIGHTS_BOUND_MB: f64 = 16.0;

/// What to measure with, and what to tell beside the table.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folder with the sets of pictures that the starter model is measured with, if not the one in the cache
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,
    /// Print so many questions of each set that the starter model answers worst
    #[arg(long, value_name = "N", default_value_t = 0)]
    worst: usize,
}

/// One line of the table.
struct Row {
    title: String,
    measure: String,
    outcome: Outcome,
    goal: f64,
}

pub(super) fn run(places: &Places, options: &Options) -> Result<Section> {
    let folder = options.packs.clone().unwrap_or_else(|| places.cache.join("starter/eval"));
    let packs = pack::read_all(&folder)?;
    let mut rows = Vec::new();
    for pack in &packs {
        eprintln!("{}: {} pictures", pack.title, pack.set.files().len());
        rows.extend(measured(places, pack).with_context(|| pack.folder.display().to_string())?);
    }
    for row in rows.iter().filter(|_| options.worst > 0) {
        println!("\n{}, {}, worst:", row.title, row.measure);
        row.outcome
            .worst(options.worst)
            .iter()
            .for_each(|(name, value)| println!("{}  {name}", percent(*value)));
    }
    Ok(Section { title: "The starter model", body: body(&rows, &Costs::measured(places)?) })
}

/// What one set comes to, by the vectors that the program itself would make.
fn measured(places: &Places, pack: &Pack) -> Result<Vec<Row>> {
    let (pictures, texts) = vectors(places, pack)?;
    let row = |measure: String, outcome: Result<Outcome>, goal: f64| -> Result<Row> {
        Ok(Row { title: pack.title.clone(), measure, outcome: outcome?, goal })
    };
    let files = pack.set.files();
    match &pack.set {
        Set::Classify { classes, pictures: labelled, goals } => {
            let sizes: Vec<usize> = classes.iter().map(Vec::len).collect();
            let directions = texts.mean_directions(&sizes);
            let labels: Vec<usize> = labelled.iter().map(|picture| picture.label).collect();
            let names: Vec<&str> = classes.iter().map(|prompts| prompts[0].as_str()).collect();
            let top = |k| metrics::classify(&pictures, &labels, &directions, &names, k);
            Ok(vec![row("top-1".into(), top(1), goals[0])?, row("top-5".into(), top(5), goals[1])?])
        }
        Set::Retrieve { queries, measure, goal, .. } => {
            let relevant: Vec<&[usize]> = queries.iter().map(|query| query.relevant.as_slice()).collect();
            let names = pack.set.texts();
            let outcome = metrics::retrieve(&pictures, &texts, &relevant, &names, *measure);
            Ok(vec![row(measure.to_string(), outcome, *goal)?])
        }
        Set::Look { labels, measure, goal, .. } => {
            let outcome = metrics::same_label(&pictures, labels, *measure);
            Ok(vec![row(measure.to_string(), outcome, *goal)?])
        }
        Set::Copies { pairs, goal, .. } => {
            let outcome = metrics::copies(&pictures, pairs, &files);
            Ok(vec![row("rank 1".into(), outcome, *goal)?])
        }
    }
}

/// The vectors of the set's pictures and of its sentences, from crates/core/examples/vectors_of.rs.
fn vectors(places: &Places, pack: &Pack) -> Result<(Vectors, Vectors)> {
    #[derive(Deserialize)]
    struct Printed {
        dim: usize,
    }

    let by = if matches!(pack.set, Set::Look { .. } | Set::Copies { .. }) { "look" } else { "meaning" };
    let (files, texts) = (pack.set.files(), pack.set.texts());
    let paths: Vec<PathBuf> = files.iter().map(|file| pack.folder.join("pictures").join(file)).collect();
    let request = serde_json::json!({ "model": MODEL, "by": by, "pictures": paths, "texts": texts });
    let out = places.cache.join("bench/starter");
    fs::create_dir_all(&out).with_context(|| out.display().to_string())?;

    let mut command = process::example(places, "vectors_of", &[])?;
    command.arg(&out).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().context("the example vectors_of")?;
    let mut stdin = child.stdin.take().context("a pipe to the example vectors_of")?;
    stdin.write_all(request.to_string().as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "the example vectors_of ended with {}", output.status);
    let Printed { dim } =
        serde_json::from_slice(&output.stdout).context("the output of the example vectors_of")?;
    Ok((
        read_vectors(&out.join("pictures.f32"), dim, files.len())?,
        read_vectors(&out.join("texts.f32"), dim, texts.len())?,
    ))
}

/// A file of 32-bit floats, little-endian.
fn read_vectors(path: &Path, dim: usize, count: usize) -> Result<Vectors> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let (floats, rest) = bytes.as_chunks::<4>();
    ensure!(
        rest.is_empty() && floats.len() == dim * count,
        "{}: {} bytes are not {count} vectors of {dim}",
        path.display(),
        bytes.len()
    );
    Ok(Vectors { dim, values: floats.iter().map(|float| f32::from_le_bytes(*float)).collect() })
}

/// Time on one core, and room on disk.
struct Costs {
    picture_ms: f64,
    text_ms: f64,
    weights_mb: f64,
}

impl Costs {
    fn measured(places: &Places) -> Result<Self> {
        #[derive(Deserialize)]
        struct Printed {
            images_per_second: Option<f64>,
            ms_per_text: Option<f64>,
        }

        let throughput = |arguments: &[&str]| -> Result<Printed> {
            let mut command = process::example(places, "throughput", &[])?;
            command.args(["--device", "cpu", "--model", MODEL, "--repeats", "40"]).args(arguments);
            command.env("RAYON_NUM_THREADS", "1");
            serde_json::from_str(&process::output(&mut command)?)
                .context("the output of the example throughput")
        };
        let weights = places.root.join(WEIGHTS);
        let bytes = fs::metadata(&weights).with_context(|| weights.display().to_string())?.len();
        Ok(Self {
            picture_ms: 1e3
                / throughput(&["--batch", "8"])?.images_per_second.context("no images_per_second")?,
            text_ms: throughput(&["--text", SHORT_QUERY])?.ms_per_text.context("no ms_per_text")?,
            weights_mb: bytes as f64 / 1e6,
        })
    }
}

fn body(rows: &[Row], costs: &Costs) -> String {
    let quality = rows.iter().map(|Row { title, measure, outcome, goal }| {
        let is_reached = if outcome.value >= *goal { "reached" } else { "missed" };
        format!(
            "| {title} | {measure} | {} | {} | {} | {is_reached} |",
            percent(outcome.value),
            percent(outcome.by_chance),
            percent(*goal),
        )
    });
    let speed = [
        ("one picture, in a batch of eight, on one core", costs.picture_ms, "ms", PICTURE_BOUND_MS),
        ("one short query, on one core", costs.text_ms, "ms", TEXT_BOUND_MS),
        ("the weights", costs.weights_mb, "MB", WEIGHTS_BOUND_MB),
    ]
    .map(|(what, value, unit, bound)| format!("| {what} | {value:.1} {unit} | {bound:.0} {unit} |"));
    format!(
        "What the starter model finds in pictures that it was not trained on, by the vectors that the program makes; \
         models/starter/MODEL_CARD.md tells where the pictures come from. A ranking by chance stands beside it.\n\n\
         | set | measure | starter | by chance | goal | |\n| --- | --- | --- | --- | --- | --- |\n{}\n\n\
         | cost | | bound |\n| --- | --- | --- |\n{}",
        quality.collect::<Vec<_>>().join("\n"),
        speed.join("\n"),
    )
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_which_goals_are_missed() {
        let row = |value| Row {
            title: "Sea".into(),
            measure: "top-1".into(),
            outcome: Outcome { value, by_chance: 0.005, cases: Vec::new() },
            goal: 0.5,
        };
        let costs = Costs { picture_ms: 12.34, text_ms: 3.0, weights_mb: 14.0 };
        let body = body(&[row(0.5), row(0.499)], &costs);
        for line in [
            "| Sea | top-1 | 50.0 % | 0.5 % | 50.0 % | reached |",
            "| Sea | top-1 | 49.9 % | 0.5 % | 50.0 % | missed |",
            "| one picture, in a batch of eight, on one core | 12.3 ms | 60 ms |",
        ] {
            assert!(body.lines().any(|written| written == line), "{body}");
        }
    }

    #[test]
    fn a_file_of_vectors_has_to_be_as_long_as_asked() {
        let dir = std::env::temp_dir().join(format!("kindred-xtask-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join("two.f32");
        fs::write(&path, [1.5f32, -2.0].map(f32::to_le_bytes).concat()).unwrap();
        assert_eq!(read_vectors(&path, 2, 1).unwrap().values, [1.5, -2.0]);
        assert!(read_vectors(&path, 2, 2).is_err());
        fs::remove_dir_all(dir).unwrap();
    }
}
