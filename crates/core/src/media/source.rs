//! Reading files and naming their content.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::caps::Caps;
use super::error::MediaError;
use super::format::{Format, SNIFF_BYTES};

/// Reads a whole picture file, opened read-only. Of a file that is no picture only the first bytes are read.
///
/// # Errors
/// [`MediaError::Io`] when it cannot be read, [`MediaError::NotAPicture`] by its first bytes,
/// [`MediaError::FileTooLarge`] beyond the cap (also for a file that grows while it is read),
/// [`MediaError::Empty`] for no bytes.
pub fn read(path: &Path, caps: &Caps) -> Result<Vec<u8>, MediaError> {
    let mut file = File::open(path)?;
    let announced = file.metadata()?;
    if announced.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    let mut bytes = Vec::with_capacity(SNIFF_BYTES);
    file.by_ref().take(SNIFF_BYTES as u64).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    if Format::of(&bytes).is_none() {
        return Err(MediaError::NotAPicture);
    }
    caps.check_file(announced.len())?;
    bytes.reserve_exact((announced.len() as usize + 1).saturating_sub(bytes.len()));
    file.take(caps.max_file_bytes.saturating_add(1) - bytes.len() as u64).read_to_end(&mut bytes)?;
    caps.check_file(bytes.len() as u64)?;
    Ok(bytes)
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
        let picture = [b"GIF89a", &[7; 1000][..]].concat();
        std::fs::write(&path, &picture).unwrap();
        let caps = Caps::of_machine();
        let bytes = read(&path, &caps).unwrap();
        assert_eq!(bytes, picture);
        assert_eq!(hash_file(&path).unwrap(), content_hash(&bytes));
        let tight = Caps { max_file_bytes: 1005, ..caps };
        assert!(matches!(read(&path, &tight), Err(MediaError::FileTooLarge { bytes: 1006, limit: 1005 })));
    }

    #[test]
    fn what_cannot_be_read_is_an_error_with_a_code() {
        let folder = tempfile::tempdir().unwrap();
        let caps = Caps::of_machine();
        assert_eq!(read(&folder.path().join("absent"), &caps).unwrap_err().code(), "unreadable");
        assert_eq!(read(folder.path(), &caps).unwrap_err().code(), "unreadable");
        let empty = folder.path().join("empty.jpg");
        std::fs::write(&empty, b"").unwrap();
        assert_eq!(read(&empty, &caps).unwrap_err().code(), "empty");
        // As large as a film, and nothing of it is read.
        let film = folder.path().join("film.jpg");
        std::fs::write(&film, b"no picture").unwrap();
        File::options().write(true).open(&film).unwrap().set_len(1 << 33).unwrap();
        assert_eq!(read(&film, &caps).unwrap_err().code(), "not-a-picture");
    }
}
