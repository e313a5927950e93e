//! The unfinished file of a download (`<file>.part`), which outlives the program.
//!
//! Beside it lies `<file>.part.json` with the address and the server's mark (ETag) of the content, so that going on
//! after a restart asks for the rest of the same content. Neither is trusted: the whole is hashed at the end.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufWriter};

use super::mirror::without_password;
use crate::error::ModelError;
use crate::store::{Sha256Digest, beside, write_error};

const PART: &str = ".part";
const ORIGIN: &str = ".part.json";

/// Bytes gathered before the disk is asked to take them, and read at once when hashing.
const BUFFER: usize = 1 << 20;

/// The bytes of a file that are here so far, and the hash of them.
pub(crate) struct PartFile {
    path: PathBuf,
    origin_path: PathBuf,
    expected: u64,
    file: BufWriter<File>,
    hasher: Sha256,
    written: u64,
    joined: bool,
}

/// Where the bytes came from.
#[derive(Debug, Serialize, Deserialize)]
struct Origin {
    url: String,
    etag: String,
}

impl PartFile {
    /// How many bytes of `target` an earlier try left.
    pub(crate) fn bytes_of(target: &Path) -> u64 {
        std::fs::metadata(beside(target, PART)).map_or(0, |m| m.len())
    }

    /// Whether `candidate` is the name of an unfinished download of the file called `name`.
    pub(crate) fn owns_name(candidate: &str, name: &str) -> bool {
        candidate.strip_prefix(name).is_some_and(|suffix| suffix == PART || suffix == ORIGIN)
    }

    /// Opens what is there of `target`, which will have `expected` bytes, and hashes it. `each` is called with the
    /// number of bytes hashed so far and stops the work by an error.
    ///
    /// # Errors
    /// [`ModelError::Io`], and whatever `each` returns.
    pub(crate) async fn open(
        target: &Path,
        expected: u64,
        mut each: impl FnMut(u64) -> Result<(), ModelError>,
    ) -> Result<Self, ModelError> {
        let path = beside(target, PART);
        let file = File::options().read(true).write(true).create(true).truncate(false).open(&path).await;
        let file = file.map_err(|e| write_error(&path, expected, e))?;
        let present = file.metadata().await.map_err(|e| ModelError::io(&path, e))?.len();
        let mut part = Self {
            path,
            origin_path: beside(target, ORIGIN),
            expected,
            file: BufWriter::with_capacity(BUFFER, file),
            hasher: Sha256::new(),
            written: 0,
            joined: present > 0,
        };
        if present > expected {
            // Longer than the whole: not a beginning of it.
            part.written = present;
            part.restart().await?;
        } else if present > 0 {
            part.hash_present(present, &mut each).await?;
        }
        Ok(part)
    }

    async fn hash_present(
        &mut self,
        present: u64,
        each: &mut impl FnMut(u64) -> Result<(), ModelError>,
    ) -> Result<(), ModelError> {
        let mut buffer = vec![0; BUFFER];
        while self.written < present {
            each(self.written)?;
            let read =
                self.file.get_mut().read(&mut buffer).await.map_err(|e| ModelError::io(&self.path, e))?;
            if read == 0 {
                break;
            }
            self.hasher.update(&buffer[..read]);
            self.written += read as u64;
        }
        each(self.written)
    }

    /// Bytes that are here.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Whether all bytes are here.
    pub(crate) fn is_complete(&self) -> bool {
        self.written == self.expected
    }

    /// Whether the bytes came in several pieces: left by an earlier run of the program, or in several answers.
    pub(crate) fn is_joined(&self) -> bool {
        self.joined
    }

    /// Notes that an answer goes on where the bytes that are here end.
    pub(crate) fn join(&mut self) {
        self.joined |= self.written > 0;
    }

    /// Throws the bytes away.
    ///
    /// # Errors
    /// [`ModelError::Io`].
    pub(crate) async fn restart(&mut self) -> Result<(), ModelError> {
        if self.written > 0 {
            self.empty_file().await.map_err(|e| ModelError::io(&self.path, e))?;
        }
        self.hasher = Sha256::new();
        self.written = 0;
        self.joined = false;
        remove_if_there(&self.origin_path)
    }

    async fn empty_file(&mut self) -> io::Result<()> {
        self.file.flush().await?;
        self.file.get_mut().set_len(0).await?;
        self.file.rewind().await?;
        Ok(())
    }

    /// Appends a chunk. The caller has seen to it that the whole does not become longer than expected.
    ///
    /// # Errors
    /// [`ModelError::DiskFull`], [`ModelError::Io`].
    pub(crate) async fn append(&mut self, chunk: &[u8]) -> Result<(), ModelError> {
        self.file.write_all(chunk).await.map_err(|e| self.write_failure(e))?;
        self.hasher.update(chunk);
        self.written += chunk.len() as u64;
        Ok(())
    }

    /// Hands what was received to the system, so that a later try finds it.
    ///
    /// # Errors
    /// [`ModelError::DiskFull`], [`ModelError::Io`].
    pub(crate) async fn flush(&mut self) -> Result<(), ModelError> {
        self.file.flush().await.map_err(|e| self.write_failure(e))
    }

    /// Makes the complete file durable, closes it and returns its path and hash. The caller moves it away.
    ///
    /// # Errors
    /// [`ModelError::DiskFull`], [`ModelError::Io`].
    pub(crate) async fn finish(mut self) -> Result<(PathBuf, Sha256Digest), ModelError> {
        self.flush().await?;
        self.file.get_ref().sync_all().await.map_err(|e| self.write_failure(e))?;
        remove_if_there(&self.origin_path)?;
        // `into_std` waits for work in flight; dropping the file then closes it, as Windows wants before a rename.
        drop(self.file.into_inner().into_std().await);
        Ok((self.path, self.hasher.into()))
    }

    /// The server's mark of the content that `url` gave for the bytes that are here.
    pub(crate) fn etag(&self, url: &str) -> Option<String> {
        let text = std::fs::read(&self.origin_path).ok()?;
        let origin: Origin = serde_json::from_slice(&text).ok()?;
        (origin.url == without_password(url) && self.written > 0).then_some(origin.etag)
    }

    /// Notes the server's mark of the content that is coming from `url`. A weak mark does not identify bytes
    /// (RFC 9110, 8.8.1) and is not kept.
    pub(crate) fn remember_etag(&self, url: &str, etag: Option<&str>) {
        let kept = match etag.filter(|e| !e.starts_with("W/")) {
            Some(etag) => serde_json::to_vec(&Origin { url: without_password(url), etag: etag.to_owned() })
                .map_err(io::Error::from)
                .and_then(|text| std::fs::write(&self.origin_path, text)),
            None => Ok(()),
        };
        // Without the mark the rest is asked for all the same, and the hash decides.
        if let Err(e) = kept {
            tracing::debug!("{}: {e}", self.origin_path.display());
        }
    }

    fn write_failure(&self, error: io::Error) -> ModelError {
        write_error(&self.path, self.expected - self.written, error)
    }
}

fn remove_if_there(path: &Path) -> Result<(), ModelError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(ModelError::io(path, e)),
        _ => Ok(()),
    }
}
