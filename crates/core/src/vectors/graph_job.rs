//! Loading or building a graph in the background, and putting it where searches find it.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::graph::{Graph, GraphParameters, GraphRows};
use super::graph_file;
use super::matrix::Matrix;

/// Where a job puts its graph and a search takes it.
#[derive(Clone, Default)]
pub(super) struct GraphSlot(Arc<RwLock<Option<Arc<Graph>>>>);

impl GraphSlot {
    pub(super) fn get(&self) -> Option<Arc<Graph>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, graph: Graph) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(graph));
    }
}

/// A running job. Dropping it cancels it and waits for its end, a matter of milliseconds.
pub(super) struct GraphJob {
    rows: Arc<GraphRows>,
    thread: Option<JoinHandle<()>>,
}

impl GraphJob {
    /// Starts loading the graph of `matrix`, or building it if there is none to load.
    pub(super) fn start(
        matrix: Arc<Matrix>,
        parameters: GraphParameters,
        threads: Option<NonZero<usize>>,
        slot: GraphSlot,
    ) -> Self {
        let rows = GraphRows::new(matrix);
        let work = {
            let rows = Arc::clone(&rows);
            move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| load_or_build(&rows, parameters, threads)));
                match outcome {
                    Ok(Some(graph)) => slot.set(graph),
                    Ok(None) => {}
                    // The exact scan goes on answering.
                    Err(_) => tracing::error!("building the graph of neighbours failed"),
                }
            }
        };
        let thread = thread::Builder::new().name("hnsw".to_owned()).spawn(work);
        if let Err(error) = &thread {
            tracing::warn!("no thread for the graph of neighbours: {error}");
        }
        Self { rows, thread: thread.ok() }
    }

    pub(super) fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for GraphJob {
    fn drop(&mut self) {
        self.rows.cancel();
        if let Some(thread) = self.thread.take() {
            // The job catches its own panics, so there is nothing to learn from the result.
            let _ended = thread.join();
        }
    }
}

fn load_or_build(
    rows: &Arc<GraphRows>,
    parameters: GraphParameters,
    threads: Option<NonZero<usize>>,
) -> Option<Graph> {
    match graph_file::read(rows, parameters) {
        Ok(graph) => return Some(graph),
        Err(reason) => tracing::info!("the graph of neighbours is built: {reason}"),
    }
    let started = Instant::now();
    // A pool of its own: the minutes this takes must not stand in the way of searches, which use rayon's.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or_else(half_of_the_cores).get())
        .thread_name(|index| format!("hnsw-{index}"))
        .build();
    let pool = match pool {
        Ok(pool) => pool,
        Err(error) => {
            tracing::warn!("no threads for the graph of neighbours: {error}");
            return None;
        }
    };
    let graph = pool.install(|| Graph::build(rows, parameters))?;
    tracing::info!("graph of {} neighbours built in {:.1?}", rows.matrix().count(), started.elapsed());
    if let Err(error) = graph_file::write(&graph, rows, parameters) {
        tracing::warn!("the graph of neighbours is not kept: {error}");
    }
    Some(graph)
}

fn half_of_the_cores() -> NonZero<usize> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    NonZero::new(cores / 2).unwrap_or(NonZero::<usize>::MIN)
}
