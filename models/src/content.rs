//! What the content of a model folder's files is, without reading hundreds of megabytes at every start.
//!
//! As with the store's own files, a stamp is believed as long as length and time of change stay the same.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::ModelError;
use crate::store::Sha256Digest;

/// Where the stamps lie in the folder of all models.
const FILE_NAME: &str = ".folders.json";

/// What the content of files tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    /// 16 hexadecimal digits of BLAKE3 over all files.
    pub(crate) id: String,
    /// Of the last file, the weights.
    pub(crate) sha256: Sha256Digest,
}

/// A content and the files that had it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stamp {
    files: Vec<FileStamp>,
    content: Content,
}

/// Name, length and time of change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FileStamp {
    path: PathBuf,
    bytes: u64,
    modified_ns: u128,
}

/// Stamps by the path of the last file.
type Stamps = BTreeMap<PathBuf, Stamp>;

/// The content of `files`, weights last. It is remembered in `models_dir`, which is made when it is not there; an empty path is
/// no folder.
///
/// # Errors
/// [`ModelError::Io`] for a file that cannot be read. Stamps that cannot be read or written are no error: then the files are read.
pub(crate) fn content_of(models_dir: &Path, files: &[&Path]) -> Result<Content, ModelError> {
    // Held while reading, so that two callers do not read the same gigabyte twice.
    static READING: Mutex<()> = Mutex::new(());
    let _reading = READING.lock().unwrap_or_else(PoisonError::into_inner);
    let found: Vec<FileStamp> = files
        .iter()
        .map(|file| stamp(file).map_err(|e| ModelError::io(file, e)))
        .collect::<Result<_, _>>()?;
    let stamps_path = models_dir.join(FILE_NAME);
    let mut stamps: Stamps =
        serde_json::from_slice(&fs::read(&stamps_path).unwrap_or_default()).unwrap_or_default();
    let key = found.last().map(|file| file.path.clone()).unwrap_or_default();
    if let Some(stamp) = stamps.get(&key)
        && stamp.files == found
    {
        return Ok(stamp.content.clone());
    }
    let content = read(files)?;
    stamps.retain(|path, _| path.is_file());
    stamps.insert(key, Stamp { files: found, content: content.clone() });
    if !models_dir.as_os_str().is_empty()
        && let Err(e) = save(models_dir, &stamps_path, &stamps)
    {
        tracing::debug!("{}: no stamp written: {e}", stamps_path.display());
    }
    Ok(content)
}

fn stamp(file: &Path) -> io::Result<FileStamp> {
    let metadata = fs::metadata(file)?;
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(FileStamp { path: file.canonicalize()?, bytes: metadata.len(), modified_ns: modified.as_nanos() })
}

fn read(files: &[&Path]) -> Result<Content, ModelError> {
    let mut all = blake3::Hasher::new();
    let mut sha256 = Sha256Digest::from(Sha256::default());
    for file in files {
        let mut this = Sha256::default();
        read_in_blocks(file, |block| {
            rayon::join(|| all.update_rayon(block), || this.update(block));
        })
        .map_err(|e| ModelError::io(file, e))?;
        sha256 = this.into();
    }
    Ok(Content { id: all.finalize().to_hex()[..16].to_owned(), sha256 })
}

fn read_in_blocks(path: &Path, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut file = fs::File::open(path)?;
    let mut block = vec![0; 4 << 20];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(()),
            n => take(&block[..n]),
        }
    }
}

fn save(models_dir: &Path, path: &Path, stamps: &Stamps) -> io::Result<()> {
    fs::create_dir_all(models_dir)?;
    let mut file = tempfile::NamedTempFile::new_in(models_dir)?;
    file.write_all(&serde_json::to_vec_pretty(stamps)?)?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::FileTimes;
    use std::time::Duration;

    #[test]
    fn the_content_decides_and_not_the_name() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&a, b"abc").unwrap();
        fs::write(&b, b"abc").unwrap();
        let models = folder.path().join("models");
        let first = content_of(&models, &[&a]).unwrap();
        assert_eq!(first.id.len(), 16);
        assert_eq!(first.sha256.short(), "ba7816bf8f01");
        assert_eq!(content_of(&models, &[&b]).unwrap(), first);
        let both = content_of(&models, &[&a, &b]).unwrap();
        assert_eq!(both.sha256, first.sha256, "of the last file");
        assert_ne!(both.id, first.id, "of all files");
        fs::write(&b, b"two, and longer").unwrap();
        assert_ne!(content_of(&models, &[&b]).unwrap(), first);
    }

    #[test]
    fn an_unchanged_file_is_not_read_again_and_a_changed_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("models");
        let file = folder.path().join("w");
        let time = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let write = |text: &str, time| {
            fs::write(&file, text).unwrap();
            let opened = fs::File::options().write(true).open(&file).unwrap();
            opened.set_times(FileTimes::new().set_modified(time)).unwrap();
            content_of(&models, &[&file]).unwrap()
        };
        let first = write("one", time);
        assert_eq!(write("two", time), first, "same length and time: believed, also by the next process");
        let second = write("two", time + Duration::from_nanos(100));
        assert_ne!(second, first, "another time is noticed");
        assert_ne!(write("three", time + Duration::from_nanos(100)), second, "another length is noticed");

        fs::write(models.join(FILE_NAME), "{").unwrap();
        assert_eq!(write("one", time), first, "broken stamps are no stamps");
    }

    #[test]
    fn a_models_folder_that_cannot_be_written_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("w");
        fs::write(&file, "abc").unwrap();
        assert!(content_of(&file, &[&file]).is_ok());
    }
}
