//! Pictures that are asked about: picked, pasted or dropped. The page knows them by tokens, never by paths.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tempfile::NamedTempFile;

/// The pictures of this window.
#[derive(Default)]
pub(crate) struct QueryPictures {
    known: Mutex<HashMap<String, Place>>,
    next: AtomicU64,
}

/// Where a picture lies.
enum Place {
    File(PathBuf),
    /// Deleted when the picture is forgotten.
    Pasted(NamedTempFile),
}

impl QueryPictures {
    /// A token for a file.
    pub(crate) fn remember(&self, path: PathBuf) -> String {
        self.add(Place::File(path))
    }

    /// A token for the bytes of a picture, which are kept in a file of their own.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn paste(&self, bytes: &[u8]) -> io::Result<String> {
        let mut file = tempfile::Builder::new().prefix("kindred-pasted-").tempfile()?;
        file.write_all(bytes)?;
        Ok(self.add(Place::Pasted(file)))
    }

    /// The file of a picture.
    pub(crate) fn path(&self, token: &str) -> Option<PathBuf> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(token).map(|place| place.path().to_path_buf())
    }

    /// Forgets a picture; one that was pasted is deleted.
    pub(crate) fn forget(&self, token: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(token);
    }

    /// Tokens of other windows and other days are never given again: a web view may have kept their pictures.
    fn add(&self, place: Place) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let token = format!("{now:x}-{:x}", self.next.fetch_add(1, Ordering::Relaxed));
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(token.clone(), place);
        token
    }
}

impl Place {
    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Pasted(file) => file.path(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_picture_lives_until_it_is_forgotten() {
        let pictures = QueryPictures::default();
        let (pasted, file) = (pictures.paste(b"bytes").unwrap(), pictures.remember("/a/b.jpg".into()));
        assert_ne!(pasted, file);
        let path = pictures.path(&pasted).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"bytes");
        assert_eq!(pictures.path(&file).unwrap(), Path::new("/a/b.jpg"));
        pictures.forget(&pasted);
        assert!(!path.exists());
        assert_eq!(pictures.path(&pasted), None);
    }
}
