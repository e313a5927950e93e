//! The graph beside its matrix on disk.
//!
//! Layout: magic (8 bytes), checksum of all that follows (32), then postcard: the label, the graph.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::graph::{Graph, GraphParameters, GraphRows};
use super::matrix::{Matrix, Rejected};

/// Counts up with every change of the layout or of instant-distance's own.
const MAGIC: &[u8; 8] = b"KINDHNS1";
const GRAPH_EXTENSION: &str = "graph";
const CHECKSUM_END: usize = MAGIC.len() + blake3::OUT_LEN;

/// What the graph was made of.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Label {
    matrix: [u8; 32],
    ef_construction: usize,
}

impl Label {
    fn new(matrix: &Matrix, parameters: GraphParameters) -> Self {
        Self { matrix: *matrix.checksum(), ef_construction: parameters.ef_construction }
    }
}

/// Where the graph of a matrix lies.
fn graph_path(matrix: &Matrix) -> PathBuf {
    matrix.path().with_extension(GRAPH_EXTENSION)
}

pub(super) fn write(graph: &Graph, rows: &GraphRows, parameters: GraphParameters) -> io::Result<()> {
    let path = graph_path(rows.matrix());
    let dir = path.parent().unwrap_or(Path::new("."));
    let label = Label::new(rows.matrix(), parameters);
    let label = postcard::to_stdvec(&label).map_err(io::Error::other)?;
    let graph = graph.to_bytes().map_err(io::Error::other)?;
    let checksum = blake3::Hasher::new().update(&label).update_rayon(&graph).finalize();
    let mut file =
        tempfile::Builder::new().prefix(&temporary_prefix(&path)).suffix(".tmp").tempfile_in(dir)?;
    for part in [MAGIC.as_slice(), checksum.as_bytes(), &label, &graph] {
        file.write_all(part)?;
    }
    file.persist(&path)?;
    Ok(())
}

/// Reads the graph of the matrix, if there is one with these parameters and it is sound.
pub(super) fn read(rows: &Arc<GraphRows>, parameters: GraphParameters) -> Result<Graph, Rejected> {
    let bytes = fs::read(graph_path(rows.matrix()))?;
    let magic = bytes.get(..MAGIC.len()).ok_or(Rejected::Format)?;
    let checksum = bytes.get(MAGIC.len()..CHECKSUM_END).ok_or(Rejected::Format)?;
    let content = bytes.get(CHECKSUM_END..).ok_or(Rejected::Format)?;
    if magic != MAGIC {
        return Err(Rejected::Format);
    }
    if blake3::Hasher::new().update_rayon(content).finalize().as_bytes() != checksum {
        return Err(Rejected::Damaged);
    }
    let (label, graph): (Label, _) = postcard::take_from_bytes(content).map_err(|_| Rejected::Format)?;
    if label != Label::new(rows.matrix(), parameters) {
        return Err(Rejected::Provenance);
    }
    Graph::from_bytes(graph, rows, parameters).map_err(|_| Rejected::Format)
}

/// The matrix's name up to its sequence number, so that what a killed process leaves is found and removed.
fn temporary_prefix(path: &Path) -> String {
    path.file_stem().and_then(|stem| stem.to_str()).map_or_else(String::new, |stem| format!("{stem}-"))
}
