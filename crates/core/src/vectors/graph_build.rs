//! Building a graph: minutes for a large library, so it can be watched and cancelled.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::graph::{Graph, GraphParameters, GraphRows};
use super::graph_file;
use super::matrix::Matrix;

/// How often a build is asked whether to go on.
const TICK: Duration = Duration::from_millis(50);

/// A graph that an index lacks. It holds nothing up: the index goes on answering while it is built.
pub struct GraphBuild {
    rows: Arc<GraphRows>,
    parameters: GraphParameters,
    threads: Option<NonZero<usize>>,
}

/// A graph for [`VectorIndex::adopt`](super::VectorIndex::adopt).
pub struct BuiltGraph {
    rows: Arc<GraphRows>,
    pub(super) graph: Graph,
}

impl GraphBuild {
    pub(super) fn new(
        matrix: &Arc<Matrix>,
        parameters: GraphParameters,
        threads: Option<NonZero<usize>>,
    ) -> Self {
        Self { rows: GraphRows::new(Arc::clone(matrix)), parameters, threads }
    }

    /// Number of photos in the graph.
    pub fn photos(&self) -> usize {
        self.rows.matrix().count()
    }

    /// Builds the graph, on threads of its own, and keeps it beside its matrix. `proceed` is asked twenty times a
    /// second; false ends the build within moments.
    ///
    /// `None` when it was ended, or failed: the exact scan goes on answering.
    pub fn run(self, proceed: &mut dyn FnMut() -> bool) -> Option<BuiltGraph> {
        let Self { rows, parameters, threads } = self;
        let started = Instant::now();
        // A pool of its own: searches use rayon's.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.map_or(0, NonZero::get))
            .thread_name(|index| format!("hnsw-{index}"))
            .build();
        let pool = match pool {
            Ok(pool) => pool,
            Err(error) => {
                tracing::warn!("no threads for the graph of neighbours: {error}");
                return None;
            }
        };
        let built = thread::scope(|scope| {
            let building = scope.spawn(|| pool.install(|| Graph::build(&rows, parameters)));
            while !building.is_finished() {
                if !proceed() {
                    rows.cancel();
                }
                thread::sleep(TICK);
            }
            building.join()
        });
        let Ok(graph) = built else {
            tracing::error!("building the graph of neighbours failed");
            return None;
        };
        let graph = graph?;
        tracing::info!("graph of {} neighbours built in {:.1?}", rows.matrix().count(), started.elapsed());
        if let Err(error) = graph_file::write(&graph, &rows, parameters) {
            tracing::warn!("the graph of neighbours is not kept: {error}");
        }
        Some(BuiltGraph { rows, graph })
    }
}

impl BuiltGraph {
    /// It was built over this very matrix.
    pub(super) fn is_of(&self, matrix: &Matrix) -> bool {
        self.rows.matrix().checksum() == matrix.checksum()
    }
}
