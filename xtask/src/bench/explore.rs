//! What exploring finds in the shared photos, and what it costs for large libraries.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;

use super::report::Section;
use crate::places::Places;
use crate::{process, python};

/// Sizes of drawn libraries, and components of their vectors.
const SIZES: [u64; 2] = [10_000, 100_000];
const DIM: u64 = 512;
const BOUND_S: f64 = 60.0;
const BOUND_MB: f64 = 1000.0;
const WORSE_BY: f64 = 0.02;

/// What crates/core/examples/explore_bench.rs prints of the shared photos, for one likeness.
#[derive(Debug, Deserialize)]
struct Quality {
    photos: u64,
    near_dup: NearDup,
    strangers: Vec<Strangers>,
    themes: Vec<Themes>,
    map: Map,
}

#[derive(Debug, Deserialize)]
struct NearDup {
    pairs: u64,
    precision: f64,
    recall: f64,
}

#[derive(Debug, Deserialize)]
struct Strangers {
    name: String,
    homes: u64,
    average_precision: f64,
}

#[derive(Debug, Deserialize)]
struct Themes {
    labels: String,
    photos: u64,
    classes: u64,
    themes: u64,
    sorted: u64,
    nmi: f64,
    ari: f64,
}

#[derive(Debug, Deserialize)]
struct Map {
    dim: u64,
    seconds: f64,
}

/// What it prints of a drawn library.
#[derive(Debug, Deserialize)]
struct Scale {
    count: u64,
    neighbours_s: f64,
    outliers_s: f64,
    themes_s: f64,
    components_s: f64,
    map_s: f64,
    trustworthiness: f64,
    peak_mb: Option<f64>,
    added_to: u64,
    moved_median: f64,
    moved_p90: f64,
}

/// What xtask/peers/explore_peer.py prints.
#[derive(Debug, Deserialize)]
struct Peer {
    version: String,
    seconds: f64,
    ours: Measured,
    theirs: Measured,
}

#[derive(Debug, Deserialize)]
struct Measured {
    trustworthiness: f64,
    kept: f64,
}

pub(super) fn run(places: &Places) -> Result<Section> {
    let dir = places.cache.join("bench/explore");
    let data = shared_data(places)?;
    let mut command = process::example(places, "explore_bench", &[])?;
    let printed = process::output(command.arg("quality").args([&data, &dir]))?;
    let quality: BTreeMap<String, Quality> =
        serde_json::from_str(&printed).context("the output of the example explore_bench")?;
    let python = python::environment(places, super::REQUIREMENTS)?;
    let measure = |folder: &Path, dim: u64| -> Result<Peer> {
        let mut command = python::script(places, &python, "xtask/peers/explore_peer.py");
        let printed = process::output(command.arg(folder).arg(dim.to_string()))?;
        serde_json::from_str(&printed).context("the output of explore_peer.py")
    };
    let mut maps = Vec::new();
    for (space, found) in &quality {
        let peer = measure(&dir.join(space), found.map.dim)?;
        maps.push((format!("{} photos, {space}", found.photos), found.map.seconds, peer));
    }
    let mut scales = Vec::new();
    for count in SIZES {
        let out = dir.join(count.to_string());
        let mut command = process::example(places, "explore_bench", &[])?;
        command.args(["scale", &count.to_string(), &DIM.to_string()]).arg(&out);
        let scale: Scale =
            serde_json::from_str(&process::output(&mut command)?).context("explore_bench scale")?;
        if count == SIZES[0] {
            let peer = measure(&out, DIM)?;
            maps.push((format!("{count} drawn vectors"), scale.components_s + scale.map_s, peer));
        }
        scales.push(scale);
    }
    Ok(Section { title: "Exploring", body: body(&quality, &maps, &scales) })
}

fn shared_data(places: &Places) -> Result<PathBuf> {
    let named = std::env::var_os("KINDRED_TESTDATA").map(PathBuf::from);
    let data = named.unwrap_or_else(|| places.root.join("../shared/data"));
    if !data.join("near-dup").is_dir() {
        bail!("the shared photos are not in {}; KINDRED_TESTDATA names their folder", data.display());
    }
    Ok(data)
}

fn body(quality: &BTreeMap<String, Quality>, maps: &[(String, f64, Peer)], scales: &[Scale]) -> String {
    let mut text = String::from(
        "Shared photos, the starter model's vectors. Near-duplicates: pairs of files of one picture (other sizes, formats, grey, \
         mirrored, turned by any angle), goal precision 1, recall 0.95.\n\n| | pairs | precision | recall |\n| --- | --- | --- | --- |\n",
    );
    for (space, Quality { near_dup, .. }) in quality {
        let NearDup { pairs, precision, recall } = near_dup;
        text += &format!("| {space} | {pairs} | {precision:.3} | {recall:.3} |\n");
    }
    text += "\nOutliers: eight strangers planted among photos of one kind, ten times; mean average precision of the local outlier \
             factor, goal 0.9.\n\n| | photos | space | average precision |\n| --- | --- | --- | --- |\n";
    for (space, found) in quality {
        for Strangers { name, homes, average_precision } in &found.strangers {
            text += &format!("| {name} | {homes} + 8 | {space} | {average_precision:.3} |\n");
        }
    }
    text += "\nStrangers that are alike, such as portraits, are as near to each other as photos of everything are to theirs: the factor \
             misses them.\n";
    text += "\nThemes against labels; a photo in no theme counts as a group of its own.\n\n\
             | labels | photos | classes | space | themes | sorted | NMI | ARI |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n";
    for (space, found) in quality {
        for Themes { labels, photos, classes, themes, sorted, nmi, ari } in &found.themes {
            text += &format!(
                "| {labels} | {photos} | {classes} | {space} | {themes} | {sorted} | {nmi:.3} | {ari:.3} |\n"
            );
        }
    }
    let version = maps.first().map_or("", |(_, _, peer)| peer.version.as_str());
    text += &format!(
        "\nMaps against scikit-learn {version} (PCA to 50, `TSNE(init=\"pca\")`) on the same vectors: trustworthiness with 12 \
         neighbours, and the part of the ten nearest that stays. Goal: not worse by more than {WORSE_BY}.\n\n\
         | | trustworthiness | scikit-learn | kept | scikit-learn | s | scikit-learn |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    );
    for (name, seconds, Peer { seconds: theirs_s, ours, theirs, .. }) in maps {
        text += &format!(
            "| {name} | {:.4} | {:.4} | {:.3} | {:.3} | {seconds:.1} | {theirs_s:.1} |\n",
            ours.trustworthiness, theirs.trustworthiness, ours.kept, theirs.kept
        );
    }
    text += &format!(
        "\nLarge libraries: {DIM} components, drawn in 200 groups, seconds. Bounds: {BOUND_S} s for the map of 10,000, \
         {BOUND_MB} MB beyond the vectors for 100,000. Above 10,000 photos the map is laid out by landmarks.\n\n\
         | photos | neighbours | outliers | themes | PCA | t-SNE | trustworthiness | MB |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    );
    for scale in scales {
        let Scale { count, neighbours_s, outliers_s, themes_s, components_s, map_s, trustworthiness, .. } =
            scale;
        let peak = scale.peak_mb.map_or("unknown".to_owned(), |peak| format!("{peak:.0}"));
        text += &format!(
            "| {count} | {neighbours_s:.1} | {outliers_s:.2} | {themes_s:.1} | {components_s:.1} | {map_s:.1} | \
             {trustworthiness:.4} | {peak} |\n"
        );
    }
    if let Some(Scale { added_to, moved_median, moved_p90, .. }) = scales.first() {
        text += &format!(
            "\nA tenth more photos on a map of {added_to}: half of the old ones move less than {:.2} % of its extent, nine in ten \
             less than {:.2} %.\n",
            moved_median * 100.0,
            moved_p90 * 100.0
        );
    }
    text
}
