//! Measures the vector index: exact scan, building and searching the graph, recall, opening, memory.
//!
//! `vectors_bench [--count N] [--dim N] [--queries N] [--threads N] [--no-graph] [--write DIR] [--index DIR]`
//! prints one JSON object. With `--write`, `base.npy` and `queries.npy` are left in DIR for the peer
//! (`xtask/peers/hnswlib_peer.py`). With `--index`, matrix and graph are kept in DIR, and found there again. The data are always the same: 500 clusters of 64 intrinsic dimensions.

use std::collections::HashSet;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use half::f16;
use half::slice::HalfFloatSliceExt;
use kindred_core::vectors::{IdSet, IndexOptions, VectorChange, VectorIndex, VectorSource};
use kindred_core::{ModelKey, PhotoId};
use rayon::prelude::*;
use serde_json::json;

const NEIGHBOURS: usize = 10;
/// The graph is built once and searched with each of these. The last is what the program uses.
const EF_SEARCH: [usize; 7] = [20, 24, 32, 40, 60, 80, 100];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let Arguments { count, dim, queries, .. } = arguments;
    let data = Generator::new(dim);
    let base = Vectors { dim, values: data.vectors(0, count) };
    let queries: Vec<Vec<f32>> = data
        .vectors(1 << 40, queries)
        .chunks(dim)
        .map(|query| unit(query.iter().map(|x| x.to_f32())))
        .collect();
    if let Some(dir) = &arguments.write {
        fs::create_dir_all(dir)?;
        write_npy(&dir.join("base.npy"), dim, base.values.chunks(dim).map(to_f32))?;
        write_npy(&dir.join("queries.npy"), dim, queries.iter().cloned())?;
    }

    let temporary = tempfile::tempdir()?;
    let dir = arguments.index.as_deref().unwrap_or(temporary.path());
    let key = ModelKey { model_id: "bench".to_owned(), pipeline_version: 1, dim };
    let options = IndexOptions { graph_from: 0, build_threads: arguments.threads, ..IndexOptions::default() };
    let exactly = IndexOptions { graph_from: usize::MAX, ..options };
    let (first, read_all) = timed(|| VectorIndex::open_with(dir, key.clone(), &base, exactly));
    drop(first?);
    let is_built = bytes_of(dir, "graph")? > 0;
    drop(base);
    let nothing_new = NothingNew(count as i64);
    let (index, open) = timed(|| VectorIndex::open_with(dir, key.clone(), &nothing_new, exactly));
    let mut index = index?;

    let mut truth = Vec::new();
    let exact = median(&queries, |query| {
        truth.push(
            index.search(query, NEIGHBOURS, None).map(|found| found.into_iter().map(|n| n.photo).collect()),
        );
    });
    let truth = truth.into_iter().collect::<Result<Vec<HashSet<PhotoId>>, _>>()?;
    let narrow: IdSet = (0..count as i64).filter(|id| id % 100 == 0).map(PhotoId).collect();
    let filtered = median(&queries, |query| drop(index.search(query, NEIGHBOURS, Some(&narrow))));
    let sampled = median(&queries, |query| drop(index.sample_scores(query, 8192)));

    let mut graph = None;
    if arguments.graph {
        let (built, build) =
            timed(|| VectorIndex::open_with(dir, key.clone(), &nothing_new, options).map(build_graph));
        built?;
        let mut steps = Vec::new();
        let mut open_with_graph = Duration::ZERO;
        for ef_search in EF_SEARCH {
            drop(index);
            let options = IndexOptions { ef_search, ..options };
            let (opened, took) = timed(|| VectorIndex::open_with(dir, key.clone(), &nothing_new, options));
            (index, open_with_graph) = (opened?, took);
            steps.push(measure_graph(&index, ef_search, &queries, &truth));
        }
        graph = Some(json!({
            "ef_construction": options.ef_construction,
            "build_threads": options.build_threads.map_or(0, NonZero::get),
            "build_s": (!is_built).then_some(build.as_secs_f64()),
            "open_ms": milliseconds(open_with_graph),
            "file_mb": bytes_of(dir, "graph")? as f64 / 1e6,
            "steps": steps,
        }));
    }
    let report = json!({
        "count": index.len(),
        "dim": dim,
        "cores": std::thread::available_parallelism().map_or(1, NonZero::get),
        "read_all_ms": milliseconds(read_all),
        "open_ms": milliseconds(open),
        "exact_ms": milliseconds(exact),
        "filtered_1_percent_ms": milliseconds(filtered),
        "sample_8192_ms": milliseconds(sampled),
        "matrix_mb": bytes_of(dir, "vectors")? as f64 / 1e6,
        "resident_mb": resident_megabytes(),
        "graph": graph,
    });
    println!("{report:#}");
    Ok(())
}

struct Arguments {
    count: usize,
    dim: usize,
    queries: usize,
    threads: Option<NonZero<usize>>,
    graph: bool,
    write: Option<PathBuf>,
    index: Option<PathBuf>,
}

impl Arguments {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut read = Self {
            count: 100_000,
            dim: 512,
            queries: 1000,
            threads: None,
            graph: true,
            write: None,
            index: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            if name == "--no-graph" {
                read.graph = false;
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--count" => read.count = value.parse()?,
                "--dim" => read.dim = value.parse()?,
                "--queries" => read.queries = value.parse()?,
                "--threads" => read.threads = NonZero::new(value.parse()?),
                "--write" => read.write = Some(value.into()),
                "--index" => read.index = Some(value.into()),
                _ => return Err(format!("unknown argument {name}").into()),
            }
        }
        Ok(read)
    }
}

/// Everything at once, as from a full catalog.
struct Vectors {
    dim: usize,
    values: Vec<f16>,
}

impl VectorSource for Vectors {
    fn latest(&self) -> kindred_core::Result<i64> {
        Ok((self.values.len() / self.dim) as i64)
    }

    fn changes_since(
        &self,
        seq: i64,
        visit: &mut dyn FnMut(VectorChange<'_>) -> kindred_core::Result<()>,
    ) -> kindred_core::Result<i64> {
        let rows = self.values.chunks(self.dim).zip(0..).skip(seq as usize);
        for (vector, id) in rows {
            visit(VectorChange::Put { photo: PhotoId(id), vector })?;
        }
        self.latest()
    }
}

/// The catalog of a program that starts again.
struct NothingNew(i64);

impl VectorSource for NothingNew {
    fn latest(&self) -> kindred_core::Result<i64> {
        Ok(self.0)
    }

    fn changes_since(
        &self,
        _seq: i64,
        _visit: &mut dyn FnMut(VectorChange<'_>) -> kindred_core::Result<()>,
    ) -> kindred_core::Result<i64> {
        self.latest()
    }
}

fn measure_graph(
    index: &VectorIndex,
    ef_search: usize,
    queries: &[Vec<f32>],
    truth: &[HashSet<PhotoId>],
) -> serde_json::Value {
    let mut hits = 0;
    let mut answers = truth.iter();
    let search = median(queries, |query| {
        let found = index.search(query, NEIGHBOURS, None).unwrap_or_default();
        let right = |truth: &HashSet<PhotoId>| found.iter().filter(|n| truth.contains(&n.photo)).count();
        hits += answers.next().map_or(0, right);
    });
    let recall = hits as f64 / (NEIGHBOURS * queries.len()) as f64;
    json!({ "ef_search": ef_search, "search_ms": milliseconds(search), "recall_at_10": recall })
}

/// Builds the graph, unless it was found.
fn build_graph(index: VectorIndex) {
    if let Some(build) = index.graph_build() {
        // It is kept beside the matrix.
        drop(build.run(&mut || true));
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let made = work();
    (made, started.elapsed())
}

/// Median time of one query.
fn median(queries: &[Vec<f32>], mut search: impl FnMut(&[f32])) -> Duration {
    let mut times: Vec<Duration> = queries.iter().map(|query| timed(|| search(query)).1).collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

fn bytes_of(dir: &Path, extension: &str) -> std::io::Result<u64> {
    let paths = fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path()));
    let of_kind = |path: &PathBuf| path.extension().is_some_and(|other| other == extension);
    paths.filter(|path| path.as_ref().is_ok_and(of_kind)).map(|path| Ok(fs::metadata(path?)?.len())).sum()
}

/// Anonymous and mapped memory of this process by the kernel's count, where there is one.
fn resident_megabytes() -> serde_json::Value {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<f64>().ok().map(|kilobytes| (kilobytes / 1024.0).round())
    };
    json!({ "anonymous": field("RssAnon:"), "mapped": field("RssFile:") })
}

const CLUSTERS: u64 = 500;
const INTRINSIC: usize = 64;

/// Unit vectors in clusters: a centre, plus a step in 64 directions that all clusters share, plus a little
/// noise in every direction.
struct Generator {
    dim: usize,
    centres: Vec<f32>,
    directions: Vec<f32>,
}

impl Generator {
    fn new(dim: usize) -> Self {
        let rows = |stream: u64, rows: usize| {
            let random = |row| unit(Normal::new(stream + row as u64).take(dim));
            (0..rows).flat_map(random).collect()
        };
        Self { dim, centres: rows(1 << 50, CLUSTERS as usize), directions: rows(1 << 51, INTRINSIC) }
    }

    fn vectors(&self, first: u64, count: usize) -> Vec<f16> {
        (0..count as u64).into_par_iter().flat_map_iter(|number| self.vector(first + number)).collect()
    }

    fn vector(&self, number: u64) -> Vec<f16> {
        let mut normal = Normal::new(number);
        let centre = (normal.bits() % CLUSTERS) as usize * self.dim;
        let mut vector = self.centres[centre..centre + self.dim].to_vec();
        for direction in self.directions.chunks(self.dim) {
            let step = 0.15 * normal.draw();
            vector.iter_mut().zip(direction).for_each(|(x, d)| *x += step * d);
        }
        let noise = 0.4 / (self.dim as f32).sqrt();
        vector.iter_mut().for_each(|x| *x += noise * normal.draw());
        unit(vector.into_iter()).into_iter().map(f16::from_f32).collect()
    }
}

fn unit(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let values: Vec<f32> = values.collect();
    let length = values.iter().map(|x| x * x).sum::<f32>().sqrt();
    values.into_iter().map(|x| x / length).collect()
}

fn to_f32(row: &[f16]) -> Vec<f32> {
    let mut values = vec![0.0; row.len()];
    row.convert_to_f32_slice(&mut values);
    values
}

/// SplitMix64 (Steele and others 2014) and the Box–Muller transform.
struct Normal {
    state: u64,
}

impl Normal {
    fn new(seed: u64) -> Self {
        let mut seeded = Self { state: seed };
        seeded.state = seeded.bits();
        seeded
    }

    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn uniform(&mut self) -> f32 {
        ((self.bits() >> 40) as f32 + 0.5) / (1u64 << 24) as f32
    }

    fn draw(&mut self) -> f32 {
        (-2.0 * self.uniform().ln()).sqrt() * (2.0 * std::f32::consts::PI * self.uniform()).cos()
    }
}

impl Iterator for Normal {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        Some(self.draw())
    }
}

/// NumPy's format 1.0: a two-dimensional array of little-endian f32 in C order.
fn write_npy(path: &Path, dim: usize, rows: impl ExactSizeIterator<Item = Vec<f32>>) -> std::io::Result<()> {
    let mut header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {dim}), }}", rows.len());
    let length = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header = format!("{header:<width$}\n", width = length - 1);
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&(length as u16).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    for row in rows {
        row.iter().try_for_each(|x| file.write_all(&x.to_le_bytes()))?;
    }
    file.flush()
}
