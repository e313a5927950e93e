//! `cargo xtask bench`: speed and memory, each against a peer or a bound, in one run on one machine.

mod explore;
mod faces;
mod indexing;
mod job;
mod machine;
mod memory;
mod networks;
mod people;
mod photos;
mod report;
mod scan;
mod starter;
mod turns;
mod vectors;
mod window;

use anyhow::{Context, Result};
use clap::ValueEnum;

use self::report::Section;
pub(crate) use self::starter::Options as StarterOptions;
use crate::places::Places;
use crate::{process, setup};

/// The Python packages of the peers.
const REQUIREMENTS: &str = "xtask/peers/requirements.txt";

/// The benchmarks, in the order of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Benchmark {
    /// Image towers against ONNX Runtime
    Image,
    /// The text tower against ONNX Runtime
    Text,
    /// Face networks against OpenCV and ONNX Runtime
    Faces,
    /// Grouping of faces on labelled pictures, and of many drawn by lot
    People,
    /// Indexing photos against the bare networks
    Indexing,
    /// Exact scan and HNSW against hnswlib
    Vectors,
    /// Peak memory of indexing 2,000 photos
    Memory,
    /// Scan of 100,000 unchanged files
    Scan,
    /// The window: how soon it is there and answers, and what it takes
    Window,
    /// What the starter model finds, against chance, and what it costs
    Starter,
    /// Near-duplicates, outliers, themes and the map, against labels and scikit-learn
    Explore,
}

/// Runs one benchmark, or all of them.
pub(crate) fn bench(places: &Places, only: Option<Benchmark>, starter: &StarterOptions) -> Result<()> {
    setup::prepare(places, setup::COMPARING)?;
    process::run(process::cargo(places).args(["build", "--release", "--workspace"]))?;
    let machine = machine::described(places);
    let names: Vec<String> = Benchmark::value_variants().iter().map(|benchmark| benchmark.name()).collect();
    let chosen =
        Benchmark::value_variants().iter().filter(|benchmark| only.is_none_or(|only| only == **benchmark));
    for benchmark in chosen {
        let name = benchmark.name();
        eprintln!("\n== {name}");
        let section = benchmark.run(places, starter).with_context(|| format!("the benchmark {name}"))?;
        report::write(places, &name, &names, &section, &machine)?;
        println!("\n{}\n\n{}\n", section.title, section.body.trim());
    }
    println!("written to docs/measurements.md");
    Ok(())
}

impl Benchmark {
    fn run(self, places: &Places, starter: &StarterOptions) -> Result<Section> {
        match self {
            Self::Image => networks::images(places),
            Self::Text => networks::texts(places),
            Self::Faces => faces::run(places),
            Self::People => people::run(places),
            Self::Indexing => indexing::run(places),
            Self::Vectors => vectors::run(places),
            Self::Memory => memory::run(places),
            Self::Scan => scan::run(places),
            Self::Window => window::run(places),
            Self::Starter => starter::run(places, starter),
            Self::Explore => explore::run(places),
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}
