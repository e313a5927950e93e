//! The folders that a scan starts from, and whether they are what they were.

use std::fs::Metadata;
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

/// A number for the file system that is mounted at a folder. Another one at the same place has another number; the
/// same one usually keeps its own.
///
/// It tells an emptied folder from a mount point whose drive is unplugged: both are empty, but the second is
/// another folder.
pub(super) fn volume(folder: &Metadata) -> i64 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        mix(folder.dev(), folder.ino())
    }
    #[cfg(not(unix))]
    {
        let since_1970 = folder.created().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
        mix(1, since_1970.unwrap_or_default().as_nanos() as u64)
    }
}

/// A number for the file system that a folder lies on, equal for a folder and a folder in it unless another one is
/// mounted there.
pub(super) fn device(folder: &Metadata) -> u64 {
    #[cfg(unix)]
    {
        std::os::unix::fs::MetadataExt::dev(folder)
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        0
    }
}

fn mix(a: u64, b: u64) -> i64 {
    a.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31).wrapping_add(b).wrapping_mul(0xBF58_476D_1CE4_E5B9)
        as i64
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

    #[test]
    fn a_folder_that_was_replaced_has_another_number() {
        let dir = tempfile::tempdir().unwrap();
        let (root, aside) = (dir.path().join("root"), dir.path().join("aside"));
        std::fs::create_dir(&root).unwrap();
        let number = |path: &Path| volume(&std::fs::metadata(path).unwrap());
        let first = number(&root);
        std::fs::write(root.join("x"), b"x").unwrap();
        assert_eq!(number(&root), first);
        std::fs::rename(&root, &aside).unwrap();
        std::fs::create_dir(&root).unwrap();
        assert_ne!(number(&root), first);
        assert_eq!(number(&aside), first);
    }
}
