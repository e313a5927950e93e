//! The compact matrix on disk: a cache of the source, memory-mapped, checked before it is believed.
//!
//! Layout, in the byte order of the machine: header (128 bytes), rows (`count × dim` f16), padding to 8 bytes,
//! ids (`count` i64, [`DEAD`] where the row counts for nothing).

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use half::f16;
use memmap2::Mmap;

use crate::ids::ModelKey;

/// In place of an id: the row was replaced or removed. SQLite counts up from 1, no photo has this id.
pub(super) const DEAD: i64 = i64::MIN;

/// Read as a number, so that a file from a machine of the other byte order does not match.
const MAGIC: u64 = u64::from_le_bytes(*b"KINDVEC\n");
const FORMAT: u32 = 1;
pub(super) const HEADER_LEN: usize = 128;
const CHECKSUM: Range<usize> = 96..128;

/// What a matrix is a cache of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Provenance {
    pub key: ModelKey,
    /// [`super::VectorSource::origin`] of the source.
    pub origin: u64,
}

/// Why a file is not used. It is rebuilt from the source, so nobody needs to act on it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Rejected {
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("it is not a matrix of this version of the program")]
    Format,
    #[error("it belongs to another model, pipeline version, dimension or library")]
    Provenance,
    #[error("it is damaged")]
    Damaged,
}

/// A matrix file, mapped. Its bytes never change.
pub(super) struct Matrix {
    map: Mmap,
    path: PathBuf,
    dim: usize,
    count: usize,
    last_seq: i64,
    checksum: [u8; 32],
}

impl Matrix {
    /// Maps the file and checks every byte of it.
    pub(super) fn open(path: &Path, provenance: &Provenance) -> Result<Self, Rejected> {
        let matrix = Self::map(path, provenance)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update_rayon(&matrix.map[HEADER_LEN..]).update(&matrix.map[..CHECKSUM.start]);
        if hasher.finalize().as_bytes() != &matrix.checksum {
            return Err(Rejected::Damaged);
        }
        Ok(matrix)
    }

    /// Maps a file that this process has just written: only the header is looked at.
    pub(super) fn map(path: &Path, provenance: &Provenance) -> Result<Self, Rejected> {
        let file = File::open(path)?;
        // SAFETY: a matrix file is written under a temporary name, renamed when complete and never written
        // again by this program, so the mapped bytes do not change. (Another program that cuts the file off
        // while it is mapped ends this process with a signal; that is so for every memory-mapped file.)
        let map = unsafe { Mmap::map(&file)? };
        let header = Header::read(&map).ok_or(Rejected::Format)?;
        if header.provenance != fingerprint(provenance) || header.dim != provenance.key.dim as u64 {
            return Err(Rejected::Provenance);
        }
        let dim = provenance.key.dim;
        let length = usize::try_from(header.count).ok().and_then(|count| file_len(count, dim));
        if length != Some(map.len()) {
            return Err(Rejected::Damaged);
        }
        let Header { count, last_seq, checksum, .. } = header;
        Ok(Self { map, path: path.to_path_buf(), dim, count: count as usize, last_seq, checksum })
    }

    /// All rows, one after the other.
    #[inline]
    pub(super) fn rows(&self) -> &[f16] {
        bytemuck::cast_slice(&self.map[HEADER_LEN..HEADER_LEN + rows_len(self.count, self.dim)])
    }

    /// One row.
    #[inline]
    pub(super) fn row(&self, row: u32) -> &[f16] {
        let start = HEADER_LEN + row as usize * self.dim * size_of::<f16>();
        bytemuck::cast_slice(&self.map[start..start + self.dim * size_of::<f16>()])
    }

    /// Photo ids, or [`DEAD`], of the rows.
    pub(super) fn ids(&self) -> &[i64] {
        bytemuck::cast_slice(&self.map[self.map.len() - self.count * size_of::<i64>()..])
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn dim(&self) -> usize {
        self.dim
    }

    /// The source's sequence number up to which this matrix knows everything.
    pub(super) fn last_seq(&self) -> i64 {
        self.last_seq
    }

    /// Over all bytes: two matrices with the same checksum are the same.
    pub(super) fn checksum(&self) -> &[u8; 32] {
        &self.checksum
    }
}

/// The first [`HEADER_LEN`] bytes.
pub(super) struct Header {
    pub provenance: [u8; 32],
    pub dim: u64,
    pub count: u64,
    pub last_seq: i64,
    pub checksum: [u8; 32],
}

impl Header {
    /// The header's bytes before the checksum: they are a part of what it covers.
    pub(super) fn covered_bytes(&self) -> [u8; CHECKSUM.start] {
        let mut bytes = [0; CHECKSUM.start];
        bytes[0..8].copy_from_slice(&MAGIC.to_ne_bytes());
        bytes[8..12].copy_from_slice(&FORMAT.to_ne_bytes());
        bytes[16..24].copy_from_slice(&self.dim.to_ne_bytes());
        bytes[24..32].copy_from_slice(&self.count.to_ne_bytes());
        bytes[32..40].copy_from_slice(&self.last_seq.to_ne_bytes());
        bytes[40..72].copy_from_slice(&self.provenance);
        bytes
    }

    fn read(file: &[u8]) -> Option<Self> {
        let magic = u64::from_ne_bytes(field(file, 0)?);
        let format = u32::from_ne_bytes(field(file, 8)?);
        if magic != MAGIC || format != FORMAT {
            return None;
        }
        Some(Self {
            dim: u64::from_ne_bytes(field(file, 16)?),
            count: u64::from_ne_bytes(field(file, 24)?),
            last_seq: i64::from_ne_bytes(field(file, 32)?),
            provenance: field(file, 40)?,
            checksum: field(file, CHECKSUM.start)?,
        })
    }
}

fn field<const N: usize>(file: &[u8], at: usize) -> Option<[u8; N]> {
    file.get(at..at + N)?.try_into().ok()
}

/// Model id, pipeline version and origin in 32 bytes. The dimension stands beside it.
pub(super) fn fingerprint(provenance: &Provenance) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&provenance.origin.to_le_bytes());
    hasher.update(&provenance.key.pipeline_version.to_le_bytes());
    hasher.update(provenance.key.model_id.as_bytes());
    *hasher.finalize().as_bytes()
}

/// Bytes between the end of the rows and the ids, which must lie at a multiple of 8.
pub(super) fn padding(count: usize, dim: usize) -> usize {
    rows_len(count, dim).next_multiple_of(8) - rows_len(count, dim)
}

fn rows_len(count: usize, dim: usize) -> usize {
    count * dim * size_of::<f16>()
}

/// Length of a matrix file; `None` where the numbers are absurd.
fn file_len(count: usize, dim: usize) -> Option<usize> {
    let rows = count.checked_mul(dim)?.checked_mul(size_of::<f16>())?.checked_next_multiple_of(8)?;
    HEADER_LEN.checked_add(rows)?.checked_add(count.checked_mul(size_of::<i64>())?)
}
