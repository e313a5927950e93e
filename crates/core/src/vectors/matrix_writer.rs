//! Writing a matrix file: streamed into a temporary file, checksummed on the way, renamed when complete.

use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use half::f16;
use tempfile::NamedTempFile;

use super::matrix::{HEADER_LEN, Header, Matrix, Provenance, Rejected, fingerprint, padding};
use crate::ids::ModelKey;

pub(super) const MATRIX_EXTENSION: &str = "vectors";
const BUFFER: usize = 1 << 20;
/// A temporary file this old was left behind by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// A matrix file in the making.
pub(super) struct MatrixWriter {
    dir: PathBuf,
    provenance: Provenance,
    file: NamedTempFile,
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
    count: usize,
}

impl MatrixWriter {
    pub(super) fn create(dir: &Path, provenance: &Provenance) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let prefix = format!("{}-", stem(&provenance.key));
        let mut file = tempfile::Builder::new().prefix(&prefix).suffix(".tmp").tempfile_in(dir)?;
        file.write_all(&[0; HEADER_LEN])?;
        Ok(Self {
            dir: dir.to_path_buf(),
            provenance: provenance.clone(),
            file,
            hasher: blake3::Hasher::new(),
            buffer: Vec::with_capacity(BUFFER),
            count: 0,
        })
    }

    /// Appends whole rows.
    pub(super) fn push(&mut self, rows: &[f16]) -> io::Result<()> {
        self.count += rows.len() / self.provenance.key.dim;
        self.write(bytemuck::cast_slice(rows))
    }

    /// Writes the ids (one for each row) and the header, renames, and maps the result. Older matrices of the
    /// same model are removed.
    pub(super) fn finish(mut self, ids: &[i64], last_seq: i64) -> Result<Matrix, Rejected> {
        debug_assert_eq!(ids.len(), self.count, "one id for each row");
        self.write(&[0; 8][..padding(self.count, self.provenance.key.dim)])?;
        self.write(bytemuck::cast_slice(ids))?;
        self.flush()?;
        let mut header = Header {
            provenance: fingerprint(&self.provenance),
            dim: self.provenance.key.dim as u64,
            count: self.count as u64,
            last_seq,
            checksum: [0; 32],
        };
        let covered = header.covered_bytes();
        header.checksum = *self.hasher.update(&covered).finalize().as_bytes();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&covered)?;
        self.file.write_all(&header.checksum)?;

        let tag: String = header.checksum[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{}-{last_seq:019}-{tag}.{MATRIX_EXTENSION}", stem(&self.provenance.key));
        let path = self.dir.join(name);
        if let Err(failed) = self.file.persist(&path)
            && !path.exists()
        {
            return Err(failed.error.into());
        }
        let matrix = Matrix::map(&path, &self.provenance)?;
        remove_others(&self.dir, &self.provenance.key, &path);
        Ok(matrix)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(BUFFER) {
            if self.buffer.len() + piece.len() > BUFFER {
                self.flush()?;
            }
            self.buffer.extend_from_slice(piece);
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hasher.update(&self.buffer);
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

/// The matrices of a model in `dir`, newest first. None of them has been looked into.
pub(super) fn candidates(dir: &Path, key: &ModelKey) -> Vec<PathBuf> {
    let mut found: Vec<_> = files_of(dir, key)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == MATRIX_EXTENSION))
        .collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found
}

/// Removes what is cached in `dir` for a model that no vectors are left of. What cannot be removed stays.
pub fn remove_cache(dir: &Path, key: &ModelKey) {
    files_of(dir, key).iter().for_each(|path| remove(path));
}

/// Removes the model's matrices and graphs other than `current`, and temporary files nobody will finish. What
/// cannot be removed (a mapped file on Windows) is left for the next time.
fn remove_others(dir: &Path, key: &ModelKey, current: &Path) {
    for path in files_of(dir, key) {
        let is_temporary = path.extension().is_some_and(|extension| extension == "tmp");
        let is_stale = match is_temporary {
            true => is_abandoned(&path),
            false => path.file_stem() != current.file_stem(),
        };
        if is_stale {
            remove(&path);
        }
    }
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::debug!("{} stays for now: {error}", path.display());
    }
}

fn is_abandoned(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|time| SystemTime::now().duration_since(time).is_ok_and(|age| age > ABANDONED))
}

fn files_of(dir: &Path, key: &ModelKey) -> Vec<PathBuf> {
    let prefix = format!("{}-", stem(key));
    let entries = fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| file_name(path).starts_with(&prefix)).collect()
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// The part of a file's name that says which model it is for. Readable, and different for every key.
fn stem(key: &ModelKey) -> String {
    let readable = |c: char| if c.is_ascii_alphanumeric() || "._".contains(c) { c } else { '_' };
    let id: String = key.model_id.chars().map(readable).take(64).collect();
    let hash = blake3::hash(key.model_id.as_bytes()).to_hex();
    format!("{id}-{}-v{}-{}d", &hash[..8], key.pipeline_version, key.dim)
}
