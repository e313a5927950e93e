//! The HNSW graph over the rows of one matrix (Malkov and Yashunin 2016, arXiv:1603.09320, as implemented by
//! instant-distance: built once, M = 32, never changed).

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

use half::f16;
use instant_distance::{Builder, Hnsw, Point, Search};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::dot::dot_rows;
use super::matrix::Matrix;
use super::rows::is_live;

/// The seed of the levels' draw: two builds over the same rows differ only in the order of the threads.
const SEED: u64 = 0x4b69_6e64_7265_6421;

/// How a graph is built and searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GraphParameters {
    pub ef_construction: usize,
    pub ef_search: usize,
}

/// A graph. It finds rows; it does not score them.
pub(super) struct Graph {
    hnsw: Hnsw<GraphPoint>,
}

impl Graph {
    /// Builds the graph on the current rayon pool. `None` when cancelled on the way.
    pub(super) fn build(rows: &Arc<GraphRows>, parameters: GraphParameters) -> Option<Self> {
        let live = rows.matrix.ids().iter().zip(0..).filter(|(id, _)| is_live(**id));
        let points: Vec<_> =
            live.map(|(_, row)| GraphPoint::Row(row, OnceLock::from(Arc::clone(rows)))).collect();
        let builder = Builder::default()
            .seed(SEED)
            .ef_construction(parameters.ef_construction)
            .ef_search(parameters.ef_search);
        // The crate knows no cancelling. Leaving a distance by unwinding is the one way out of its loops; its
        // locks do not poison and everything it made is dropped on the way.
        match catch_unwind(AssertUnwindSafe(|| builder.build_hnsw(points))) {
            Ok((hnsw, _)) => rows.complete().then_some(Self { hnsw }),
            Err(payload) if payload.is::<Cancelled>() => None,
            Err(payload) => resume_unwind(payload),
        }
    }

    /// Rows of the matrix near `query`, at most `ef_search` of them, nearest first by the graph's own measure.
    pub(super) fn search(&self, query: &[f32]) -> Vec<u32> {
        let query = GraphPoint::Query(query.iter().copied().map(f16::from_f32).collect());
        let mut search = Search::default();
        let found = self.hnsw.search(&query, &mut search);
        found.filter_map(|item| item.point.row()).collect()
    }

    /// The graph without `ef_search`, which is the searcher's choice. instant-distance writes it first.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        let mut bytes = postcard::to_stdvec(&self.hnsw)?;
        let (_ef_search, rest) = postcard::take_from_bytes::<usize>(&bytes)?;
        let length_of_ef_search = bytes.len() - rest.len();
        bytes.drain(..length_of_ef_search);
        Ok(bytes)
    }

    /// Reads what [`Self::to_bytes`] wrote, over the same rows.
    pub(super) fn from_bytes(
        bytes: &[u8],
        rows: &Arc<GraphRows>,
        parameters: GraphParameters,
    ) -> Result<Self, postcard::Error> {
        let mut whole = postcard::to_stdvec(&parameters.ef_search)?;
        whole.extend_from_slice(bytes);
        let hnsw: Hnsw<GraphPoint> = postcard::from_bytes(&whole)?;
        for (_, point) in hnsw.iter() {
            if let GraphPoint::Row(_, place) = point {
                place.get_or_init(|| Arc::clone(rows));
            }
        }
        rows.complete();
        Ok(Self { hnsw })
    }
}

/// What the points of a graph refer to.
pub(super) struct GraphRows {
    matrix: Arc<Matrix>,
    stage: AtomicU8,
}

/// A graph is in the making, and may be cancelled …
const MAKING: u8 = 0;
/// … until it is made: then its points serve searches, and a late cancelling must not reach them.
const MADE: u8 = 1;
const CANCELLED: u8 = 2;

impl GraphRows {
    pub(super) fn new(matrix: Arc<Matrix>) -> Arc<Self> {
        Arc::new(Self { matrix, stage: AtomicU8::new(MAKING) })
    }

    pub(super) fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// Ends a build over these rows soon. Does nothing to a finished one.
    pub(super) fn cancel(&self) {
        self.leave_making_for(CANCELLED);
    }

    /// Declares the graph complete. `false` when it was cancelled at the last moment.
    fn complete(&self) -> bool {
        self.leave_making_for(MADE)
    }

    fn leave_making_for(&self, stage: u8) -> bool {
        self.stage.compare_exchange(MAKING, stage, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    #[inline]
    fn is_cancelled(&self) -> bool {
        self.stage.load(Ordering::Relaxed) == CANCELLED
    }
}

/// The payload of the unwinding that ends a build.
struct Cancelled;

/// A row of the shared matrix, or the query. On disk it is the row's number; the matrix is put in afterwards.
#[derive(Clone)]
enum GraphPoint {
    Row(u32, OnceLock<Arc<GraphRows>>),
    Query(Arc<[f16]>),
}

impl GraphPoint {
    fn row(&self) -> Option<u32> {
        match self {
            Self::Row(row, _) => Some(*row),
            Self::Query(_) => None,
        }
    }

    #[inline]
    fn components(&self) -> &[f16] {
        match self {
            Self::Row(row, rows) => rows.get().map_or(&[], |rows| {
                if rows.is_cancelled() {
                    resume_unwind(Box::new(Cancelled));
                }
                rows.matrix.row(*row)
            }),
            Self::Query(components) => components,
        }
    }
}

impl Point for GraphPoint {
    #[inline]
    fn distance(&self, other: &Self) -> f32 {
        1.0 - dot_rows(self.components(), other.components())
    }
}

impl Serialize for GraphPoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.row().unwrap_or(u32::MAX))
    }
}

impl<'de> Deserialize<'de> for GraphPoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::Row(u32::deserialize(deserializer)?, OnceLock::new()))
    }
}
