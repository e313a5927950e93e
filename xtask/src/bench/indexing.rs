//! How much of the bare networks' speed is left when photos are read, decoded and written around them.

use anyhow::Result;

use super::networks::BareRates;
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
    let mut rows = String::new();
    for (name, width, height) in SIZES {
        let seconds = |count: u32| -> Result<f64> {
            let batch = Batch { width, height, count, kind: Kind::Jpeg };
            let folder = photos::folder(places, &format!("indexing-{width}-{count}"), &[batch])?;
            Ok(job::index_anew(places, &library, &folder, &[&clip, &resnet50])?.report.seconds)
        };
        let differences = (0..ROUNDS).map(|_| {
            let few = seconds(FEW)?;
            Ok(seconds(FEW + MORE)? - few)
        });
        let rate = f64::from(MORE) / median(differences.collect::<Result<_>>()?);
        let both = both_networks(bare);
        rows += &format!("| JPEG, {name} | {rate:.2} | {both:.2} | {:.2} | {GOAL} |\n", rate / both);
    }
    let body = format!(
        "Photos a second through both networks on the CPU, from the file to the library, against the networks alone \
         ({:.1} and {:.1} a second); the median of {ROUNDS} runs of {MORE} photos.\n\n\
         | | indexing | bare networks | ratio | goal |\n| --- | --- | --- | --- | --- |\n{rows}",
        bare.clip, bare.resnet50,
    );
    Ok(Section { title: "Whole indexing", body })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Each photo goes through one network after the other.
fn both_networks(bare: BareRates) -> f64 {
    1.0 / (1.0 / bare.clip + 1.0 / bare.resnet50)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_run_does_not_count() {
        assert_eq!(median(vec![30.0, 99.0, 31.0]), 31.0);
    }

    #[test]
    fn two_networks_take_the_sum_of_their_times() {
        assert!((both_networks(BareRates { clip: 20.0, resnet50: 20.0 }) - 10.0).abs() < 1e-9);
    }
}
