//! Exact scan and HNSW over 100,000 vectors, against hnswlib at equal recall.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::report::Section;
use crate::places::Places;
use crate::{process, python};

const EXACT_BOUND_MS: f64 = 15.0;
const RECALL_GOAL: f64 = 0.98;

/// What crates/core/examples/vectors_bench.rs prints.
#[derive(Debug, Deserialize)]
struct Ours {
    count: u64,
    dim: u64,
    exact_ms: f64,
    graph: Graph,
}

#[derive(Debug, Deserialize)]
struct Graph {
    build_s: f64,
    steps: Vec<Step>,
}

/// One width of the search.
#[derive(Debug, Deserialize)]
struct Step {
    ef_search: u64,
    search_ms: f64,
    recall_at_10: f64,
}

/// What xtask/peers/hnswlib_peer.py prints.
#[derive(Debug, Deserialize)]
struct Peer {
    version: String,
    build_s: f64,
    reached: bool,
    at_recall: PeerStep,
}

#[derive(Debug, Deserialize)]
struct PeerStep {
    ef: u64,
    search_ms: f64,
    recall_at_10: f64,
}

pub(super) fn run(places: &Places) -> Result<Section> {
    let dir = places.cache.join("bench/vectors");
    let mut command = process::example(places, "vectors_bench", &[])?;
    let printed = process::output(command.arg("--write").arg(&dir))?;
    let ours: Ours = serde_json::from_str(&printed).context("the output of the example vectors_bench")?;

    let steps = &ours.graph.steps;
    let reaching = steps.iter().find(|step| step.recall_at_10 >= RECALL_GOAL);
    let step = reaching.or(steps.last()).context("vectors_bench searched no graph")?;

    let python = python::environment(places, super::REQUIREMENTS)?;
    let mut command = python::script(places, &python, "xtask/peers/hnswlib_peer.py");
    command.arg(&dir).args(["--recall", &step.recall_at_10.to_string()]);
    let printed = process::output(&mut command)?;
    let peer: Peer = serde_json::from_str(&printed).context("the output of hnswlib_peer.py")?;
    if !peer.reached {
        bail!("hnswlib does not reach a recall of {}", step.recall_at_10);
    }
    Ok(Section { title: "Nearest neighbours", body: body(&ours, step, &peer) })
}

fn body(ours: &Ours, step: &Step, peer: &Peer) -> String {
    let Ours { count, dim, exact_ms, graph } = ours;
    let peer_step = &peer.at_recall;
    format!(
        "{count} vectors of {dim} components in 500 clusters, the ten nearest, median over the queries.\n\n\
         | | ms a query | recall@10 | bound or goal |\n| --- | --- | --- | --- |\n\
         | exact scan | {exact_ms:.2} | 1 | {EXACT_BOUND_MS} ms |\n\
         | HNSW (instant-distance, `ef_search` {}) | {:.2} | {:.4} | recall {RECALL_GOAL} |\n\
         | hnswlib {} (`ef` {}) | {:.2} | {:.4} | |\n\n\
         At equal recall hnswlib takes {:.2} of our time. Building takes {:.0} s, hnswlib {:.0} s.",
        step.ef_search,
        step.search_ms,
        step.recall_at_10,
        peer.version,
        peer_step.ef,
        peer_step.search_ms,
        peer_step.recall_at_10,
        peer_step.search_ms / step.search_ms,
        graph.build_s,
        peer.build_s,
    )
}
