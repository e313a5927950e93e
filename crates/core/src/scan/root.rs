//! The folders that a scan starts from.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The path under which a folder is added: absolute, links resolved, so that one folder has one name.
///
/// # Errors
/// [`Error::Io`] when there is no such folder, or it is a file.
pub fn folder_path(path: &Path) -> Result<PathBuf> {
    let resolved = std::fs::canonicalize(path).map_err(|error| Error::io(path, error))?;
    if !resolved.is_dir() {
        return Err(Error::io(path, io::ErrorKind::NotADirectory.into()));
    }
    Ok(without_verbatim_prefix(resolved))
}

/// The folder can be listed now. This looks at the folder itself, not at what it holds.
pub fn is_reachable(path: &Path) -> bool {
    std::fs::read_dir(path).is_ok()
}

/// Windows resolves to `\\?\C:\…`, which many programs cannot read; the plain form is kept where it means the same.
fn without_verbatim_prefix(path: PathBuf) -> PathBuf {
    #[cfg(windows)]
    {
        use std::path::{Component, Prefix};
        if let Some(Component::Prefix(prefix)) = path.components().next()
            && let Prefix::VerbatimDisk(disk) = prefix.kind()
            && path.as_os_str().len() < 240
        {
            let mut plain = PathBuf::from(format!("{}:\\", char::from(disk)));
            plain.extend(path.components().skip(2));
            return plain;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_name_and_a_file_is_none() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("a")).unwrap();
        std::fs::write(dir.path().join("file"), b"x").unwrap();
        let plain = folder_path(&dir.path().join("a")).unwrap();
        assert!(plain.is_absolute());
        assert_eq!(folder_path(&dir.path().join("a/../a/.")).unwrap(), plain);
        assert!(folder_path(&dir.path().join("file")).is_err());
        assert!(folder_path(&dir.path().join("none")).is_err());
        assert!(is_reachable(&plain) && !is_reachable(&dir.path().join("none")));
    }
}
