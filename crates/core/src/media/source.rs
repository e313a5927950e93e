//! Reading files and naming their content.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::caps::Caps;
use super::error::MediaError;

/// Reads a whole file, opened read-only.
///
/// # Errors
/// [`MediaError::Io`] when it cannot be read, [`MediaError::FileTooLarge`] beyond the cap (also for a file
/// that grows while it is read), [`MediaError::Empty`] for no bytes.
pub fn read(path: &Path, caps: &Caps) -> Result<Vec<u8>, MediaError> {
    let file = File::open(path)?;
    let announced = file.metadata()?;
    if announced.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    caps.check_file(announced.len())?;
    let mut bytes = Vec::with_capacity(announced.len() as usize + 1);
    file.take(caps.max_file_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    caps.check_file(bytes.len() as u64)?;
    if bytes.is_empty() { Err(MediaError::Empty) } else { Ok(bytes) }
}

/// BLAKE3 of a file's bytes: the name of its content.
pub fn content_hash(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

/// BLAKE3 of a file, read in pieces.
///
/// # Errors
/// What the system says when the file cannot be read.
pub fn hash_file(path: &Path) -> io::Result<[u8; 32]> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(*hasher.finalize().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_within_the_cap_and_hashed_the_same_either_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("사진 📷.bin");
        std::fs::write(&path, b"hello").unwrap();
        let caps = Caps::for_workers(1);
        let bytes = read(&path, &caps).unwrap();
        assert_eq!(bytes, b"hello");
        assert_eq!(hash_file(&path).unwrap(), content_hash(&bytes));
        let tight = Caps { max_file_bytes: 4, ..caps };
        assert!(matches!(read(&path, &tight), Err(MediaError::FileTooLarge { bytes: 5, limit: 4 })));
    }

    #[test]
    fn what_cannot_be_read_is_an_error_with_a_code() {
        let folder = tempfile::tempdir().unwrap();
        let caps = Caps::for_workers(1);
        assert_eq!(read(&folder.path().join("absent"), &caps).unwrap_err().code(), "unreadable");
        assert_eq!(read(folder.path(), &caps).unwrap_err().code(), "unreadable");
        let empty = folder.path().join("empty.jpg");
        std::fs::write(&empty, b"").unwrap();
        assert_eq!(read(&empty, &caps).unwrap_err().code(), "empty");
    }
}
