//! The index of one model: opens, follows the source, answers.

use std::collections::HashSet;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use half::f16;

use super::changes::{Known, catch_up, fold, load, read_all};
use super::graph::{Graph, GraphParameters, GraphRows};
use super::graph_build::{BuiltGraph, GraphBuild};
use super::graph_file;
use super::id_set::IdSet;
use super::matrix::{Matrix, Provenance};
use super::neighbour::Neighbour;
use super::rows::is_live;
use super::scan;
use super::source::VectorSource;
use crate::error::{Error, Result};
use crate::ids::{ModelKey, PhotoId};

/// The delta may grow to this many rows, or to an eighth of the matrix, before a new matrix is written; to a
/// fifth where there is a graph, because a new matrix needs a new graph.
const DELTA_ROWS: usize = 4096;

/// When the graph is used, and how good it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexOptions {
    /// Number of vectors from which on a graph is worth its building; below, the exact scan is as fast.
    pub graph_from: usize,
    /// Candidates the graph yields for a query.
    pub ef_search: usize,
    /// Candidates considered for each neighbour while building.
    pub ef_construction: usize,
    /// Threads that build; one for each core when absent.
    pub build_threads: Option<NonZero<usize>>,
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self { graph_from: 100_000, ef_search: 100, ef_construction: 100, build_threads: None }
    }
}

/// Nearest neighbours among the vectors of one model.
///
/// Searches take `&self` and may run at the same time. The order of results is total (score, then id), so pages
/// neither overlap nor skip while the index stays as it is.
pub struct VectorIndex {
    dir: PathBuf,
    provenance: Provenance,
    options: IndexOptions,
    known: Known,
    /// Changes at which the next fold is tried; moves up when one fails (a full disk).
    fold_from: usize,
    graph: Option<Graph>,
}

impl VectorIndex {
    /// Opens the index cached in `dir`, or makes it from `source`, and brings it up to date.
    ///
    /// A missing, damaged or foreign cache is rebuilt; but a graph is only loaded, see [`Self::graph_build`]. A folder
    /// that cannot be written costs only speed.
    ///
    /// # Errors
    /// Those of the source; [`Error::Vector`] for a model of dimension 0.
    pub fn open(dir: &Path, key: ModelKey, source: &dyn VectorSource) -> Result<Self> {
        Self::open_with(dir, key, source, IndexOptions::default())
    }

    /// [`Self::open`] with other options.
    ///
    /// # Errors
    /// As there.
    pub fn open_with(
        dir: &Path,
        key: ModelKey,
        source: &dyn VectorSource,
        options: IndexOptions,
    ) -> Result<Self> {
        if key.dim == 0 {
            return Err(Error::vector(&key, "a vector without components"));
        }
        let provenance = Provenance { key, origin: source.origin() };
        let known = match load(dir, &provenance) {
            Some(known) => known,
            None => read_all(dir, &provenance, source)?,
        };
        let mut index =
            Self { dir: dir.to_path_buf(), provenance, options, known, fold_from: 0, graph: None };
        index.load_graph();
        index.refresh(source)?;
        Ok(index)
    }

    /// Takes in what changed in the source since the last time.
    ///
    /// # Errors
    /// Those of the source. What was taken in before stays.
    pub fn refresh(&mut self, source: &dyn VectorSource) -> Result<()> {
        if !catch_up(&mut self.known, source)? {
            tracing::info!("the vectors of {} are read anew", self.provenance.key.model_id);
            self.graph = None;
            self.known = read_all(&self.dir, &self.provenance, source)?;
        }
        self.fold_if_due();
        Ok(())
    }

    /// Number of photos.
    pub fn len(&self) -> usize {
        self.known.rows.len()
    }

    /// No photo has a vector.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Nothing changed in the source since the last time: there is nothing to [`Self::refresh`].
    ///
    /// # Errors
    /// Those of the source.
    pub fn is_current(&self, source: &dyn VectorSource) -> Result<bool> {
        Ok(source.latest()? == self.known.seq)
    }

    /// Number of photos that are in `keep`.
    pub fn count_in(&self, keep: &IdSet) -> usize {
        scan::count_kept(&self.known.rows.blocks(), keep)
    }

    /// How near one photo is to `query`: the score with which a search finds it.
    pub fn score_of(&self, query: &[f32], photo: PhotoId) -> Option<f32> {
        let row = self.known.rows.row(photo).filter(|row| row.len() == query.len())?;
        Some(scan::score(query, photo, row).score)
    }

    /// The vectors of all photos, of those in `keep` if given, in no particular order.
    pub fn vectors<'a>(&'a self, keep: Option<&'a IdSet>) -> impl Iterator<Item = (PhotoId, &'a [f16])> {
        self.known.rows.blocks().into_iter().flat_map(move |block| {
            let rows = block.ids.iter().zip(block.rows.chunks_exact(block.dim));
            let photos = rows.filter(|(id, _)| is_live(**id)).map(|(id, row)| (PhotoId(*id), row));
            photos.filter(move |(photo, _)| keep.is_none_or(|keep| keep.contains(*photo)))
        })
    }

    /// The `k` nearest photos, of those in `keep` if given, nearest first.
    ///
    /// # Errors
    /// [`Error::Vector`] when the query has another dimension or is not finite.
    pub fn search(&self, query: &[f32], k: usize, keep: Option<&IdSet>) -> Result<Vec<Neighbour>> {
        self.page(query, 0, k, keep)
    }

    /// The `limit` photos after the `offset` nearest ones, of those in `keep` if given.
    ///
    /// The graph, where there is one, settles the order of the first `ef_search / 2` results for every page of
    /// a query alike; the exact scan settles the rest. Filters that pass less than half of the photos are
    /// always answered by the exact scan.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn page(
        &self,
        query: &[f32],
        offset: usize,
        limit: usize,
        keep: Option<&IdSet>,
    ) -> Result<Vec<Neighbour>> {
        self.check(query)?;
        let end = offset.saturating_add(limit).min(self.len());
        if offset >= end {
            return Ok(Vec::new());
        }
        let mut order = self.head(query, keep).unwrap_or_default();
        if order.len() < end {
            let settled: HashSet<PhotoId> = order.iter().map(|neighbour| neighbour.photo).collect();
            let exact = scan::nearest(&self.known.rows.blocks(), query, end, keep);
            order.extend(exact.into_iter().filter(|neighbour| !settled.contains(&neighbour.photo)));
        }
        order.truncate(end);
        Ok(order.split_off(offset.min(order.len())))
    }

    /// How many photos, of those in `keep` if given, score `least` or more.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn count_from(&self, query: &[f32], least: f32, keep: Option<&IdSet>) -> Result<usize> {
        self.check(query)?;
        Ok(scan::count(&self.known.rows.blocks(), query, least, keep))
    }

    /// Scores of about `at_most` photos spread over the whole library; of all when there are no more. In no
    /// particular order.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn sample_scores(&self, query: &[f32], at_most: usize) -> Result<Vec<f32>> {
        self.check(query)?;
        let stride = self.len().div_ceil(at_most.max(1)).max(1);
        Ok(scan::sample(&self.known.rows.blocks(), query, stride))
    }

    /// The graph answers.
    pub fn has_graph(&self) -> bool {
        self.graph.is_some()
    }

    /// The building of the graph, when the library is large enough to need one and there is none, or none that fits.
    pub fn graph_build(&self) -> Option<GraphBuild> {
        let base = self.base_for_graph()?;
        Some(GraphBuild::new(base, self.parameters(), self.options.build_threads))
    }

    /// Answers with this graph from now on, unless it was built over rows that are no more.
    pub fn adopt(&mut self, built: BuiltGraph) {
        if self.known.rows.base().is_some_and(|base| built.is_of(base)) {
            self.graph = Some(built.graph);
        }
    }

    fn load_graph(&mut self) {
        let Some(base) = self.base_for_graph() else { return };
        match graph_file::read(&GraphRows::new(Arc::clone(base)), self.parameters()) {
            Ok(graph) => self.graph = Some(graph),
            Err(reason) => tracing::info!("without a graph of neighbours: {reason}"),
        }
    }

    /// The matrix, if it should have a graph and has none.
    fn base_for_graph(&self) -> Option<&Arc<Matrix>> {
        let base = self.known.rows.base().filter(|base| base.count() >= self.options.graph_from)?;
        self.graph.is_none().then_some(base)
    }

    /// The first results, from the graph and the delta, nearest first; nothing where the exact scan must do.
    fn head(&self, query: &[f32], keep: Option<&IdSet>) -> Option<Vec<Neighbour>> {
        let graph = self.graph.as_ref()?;
        if keep.is_some_and(|keep| keep.len() < self.len() / 2) {
            return None;
        }
        let rows = &self.known.rows;
        let base = rows.base()?;
        let passes = |photo: &PhotoId| keep.is_none_or(|keep| keep.contains(*photo));
        let found = graph.search(query).into_iter().filter_map(|row| {
            let photo = rows.base_photo(row).filter(passes)?;
            Some(scan::score(query, photo, base.row(row)))
        });
        let mut order: Vec<Neighbour> = found.collect();
        // The far half of what a graph finds is the half it misses most of.
        let settled = order.len().min(self.options.ef_search / 2);
        order.extend(scan::nearest(&[rows.delta()], query, settled, keep));
        order.sort_unstable_by(Neighbour::by_rank);
        order.truncate(settled);
        Some(order)
    }

    fn parameters(&self) -> GraphParameters {
        let IndexOptions { ef_search, ef_construction, .. } = self.options;
        GraphParameters { ef_construction, ef_search }
    }

    /// Writes a new matrix when the delta and the tombstones have become a burden.
    fn fold_if_due(&mut self) {
        let rows = &self.known.rows;
        let base = rows.base().map_or(0, |base| base.count());
        let due = DELTA_ROWS.max(base / if self.has_graph() { 5 } else { 8 }).max(self.fold_from);
        if rows.changes() < due {
            return;
        }
        self.graph = None;
        if let Err(reason) = fold(&mut self.known, &self.dir, &self.provenance) {
            tracing::warn!("no cache of vectors can be kept in {}: {reason}", self.dir.display());
            self.fold_from = self.known.rows.changes().saturating_mul(2);
        } else {
            self.fold_from = 0;
        }
    }

    fn check(&self, query: &[f32]) -> Result<()> {
        let dim = self.provenance.key.dim;
        if query.len() != dim {
            let reason = format!("a query of {} components against vectors of {dim}", query.len());
            return Err(Error::vector(&self.provenance.key, &reason));
        }
        if query.iter().any(|component| !component.is_finite()) {
            return Err(Error::vector(&self.provenance.key, "a query with components that are no numbers"));
        }
        Ok(())
    }
}
