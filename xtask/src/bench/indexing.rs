//! How much of the bare networks' speed is left when photos are read, decoded and written around them.

use std::path::Path;

use anyhow::Result;

use super::photos::{Batch, Kind};
use super::report::Section;
use super::{job, networks, photos};
use crate::places::Places;

const GOAL: f64 = 0.9;
/// The start (loading weights, first batch) is in both runs, so their difference is free of it.
const FEW: u32 = 16;
const MORE: u32 = 200;
/// Few and many in turn, so that a machine that slows down slows both; the median of the differences counts.
const ROUNDS: usize = 3;
const SIZES: [(&str, u32, u32); 3] =
    [("640 × 480", 640, 480), ("4032 × 3024 (12 MP)", 4032, 3024), ("6000 × 4000 (24 MP)", 6000, 4000)];

pub(super) fn run(places: &Places) -> Result<Section> {
    let bare = networks::bare_rates(places)?;
    let [clip, resnet50] = networks::models(places)?;
    let library = places.cache.join("bench/indexing-library");
    let both = in_turn(&[bare.clip, bare.resnet50]);
    let mut rows = String::new();
    for (name, width, height) in SIZES {
        let rate = |models: &[&Path]| -> Result<f64> {
            let seconds = |count: u32| -> Result<f64> {
                let batch = Batch { width, height, count, kind: Kind::Jpeg };
                let folder = photos::folder(places, &format!("indexing-{width}-{count}"), &[batch])?;
                Ok(job::index_anew(places, &library, &folder, models)?.report.seconds)
            };
            let differences = (0..ROUNDS).map(|_| {
                let few = seconds(FEW)?;
                Ok(seconds(FEW + MORE)? - few)
            });
            Ok(f64::from(MORE) / median(differences.collect::<Result<_>>()?))
        };
        let (whole, decoding) = (rate(&[&clip, &resnet50])?, rate(&[])?);
        let shared = in_turn(&[both, decoding]);
        rows += &format!(
            "| JPEG, {name} | {whole:.2} | {both:.2} | {:.2} | {GOAL} | {decoding:.0} | {shared:.2} | {:.2} |\n",
            whole / both,
            whole / shared,
        );
    }
    let body = format!(
        "Photos a second through both networks on the CPU, from the file to the library, against the networks alone \
         ({:.1} and {:.1} a second); the median of {ROUNDS} runs of {MORE} photos. On the CPU the networks leave no core \
         idle for the decoders to hide behind: the last columns have the rate of reading, decoding and thumbnails without \
         a network, and what is left when both take turns on the same cores.\n\n\
         | | indexing | bare networks | ratio | goal | without networks | in turn | ratio |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n{rows}",
        bare.clip, bare.resnet50,
    );
    Ok(Section { title: "Whole indexing", body })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The rate of what is done at these rates one after the other.
fn in_turn(rates: &[f64]) -> f64 {
    1.0 / rates.iter().map(|rate| 1.0 / rate).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_run_does_not_count() {
        assert_eq!(median(vec![30.0, 99.0, 31.0]), 31.0);
    }

    #[test]
    fn what_is_done_in_turn_takes_the_sum_of_the_times() {
        assert!((in_turn(&[20.0, 20.0]) - 10.0).abs() < 1e-9);
        assert!((in_turn(&[12.0, 6.0, 4.0]) - 2.0).abs() < 1e-9);
    }
}
