//! The most memory that indexing holds at once.

use anyhow::{Context, Result};

use super::photos::{Batch, Kind};
use super::report::Section;
use super::{job, networks, photos};
use crate::places::Places;

const BOUND_GB: f64 = 1.5;
const PHOTOS: [Batch; 6] = [
    Batch { width: 1600, height: 1200, count: 1660, kind: Kind::Jpeg },
    Batch { width: 4032, height: 3024, count: 300, kind: Kind::Jpeg },
    Batch { width: 8000, height: 6000, count: 10, kind: Kind::Jpeg },
    Batch { width: 8000, height: 6000, count: 10, kind: Kind::ProgressiveJpeg },
    Batch { width: 8000, height: 6000, count: 10, kind: Kind::TurnedJpeg },
    Batch { width: 8000, height: 6000, count: 10, kind: Kind::Png },
];

pub(super) fn run(places: &Places) -> Result<Section> {
    let [clip, resnet50] = networks::models(places)?;
    let folder = photos::folder(places, "memory", &PHOTOS)?;
    let library = places.cache.join("bench/memory-library");
    let job = job::index_anew(places, &library, &folder, &[&clip, &resnet50])?;
    let peak = job.peak_bytes.context("the peak of a process's memory is known on Linux only")? as f64 / 1e9;
    let sizes: Vec<String> = PHOTOS
        .iter()
        .map(|Batch { width, height, count, kind }| {
            format!("{count} of {width} × {height} ({})", kind.word())
        })
        .collect();
    let body = format!(
        "| | peak, GB | bound, GB | photos a second |\n| --- | --- | --- | --- |\n\
         | {} photos, both networks, CPU | {peak:.2} | {BOUND_GB} | {:.2} |\n\n\
         The resident set's high-water mark. The photos: {}.",
        job.report.indexed,
        job.report.indexed as f64 / job.report.seconds,
        sizes.join(", "),
    );
    Ok(Section { title: "Memory of indexing", body })
}
