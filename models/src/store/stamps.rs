//! Remembers which files were hashed, so that a start does not read 600 MB to find them unchanged.
//!
//! A stamp is believed as long as length and modification time are the same. Changing a file and putting its old
//! time back is therefore noticed only by `kindred models verify`, which always reads everything.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::hash::{Sha256Digest, hash_file};

/// Name of the stamp file in a model's folder.
pub(super) const FILE_NAME: &str = ".verified.json";

/// The stamps of one model's folder.
pub(super) struct Stamps {
    folder: PathBuf,
    by_name: BTreeMap<String, Stamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Stamp {
    bytes: u64,
    modified_ns: u128,
    sha256: Sha256Digest,
}

impl Stamps {
    /// Reads the stamps of `folder`. Stamps that cannot be read are no stamps: the files are hashed again.
    pub(super) fn load(folder: &Path) -> Self {
        let text = fs::read(folder.join(FILE_NAME)).unwrap_or_default();
        Self { folder: folder.to_path_buf(), by_name: serde_json::from_slice(&text).unwrap_or_default() }
    }

    /// The hash of the file called `name`: from its stamp, or by reading it, which stamps it.
    ///
    /// # Errors
    /// Whatever reading the file gives.
    pub(super) fn digest(&mut self, name: &str) -> io::Result<Sha256Digest> {
        // Looked at before the hash is computed: a change while it is read makes the stamp stale, as it should.
        let (bytes, modified_ns) = self.look_at(name)?;
        if let Some(stamp) = self.by_name.get(name)
            && (stamp.bytes, stamp.modified_ns) == (bytes, modified_ns)
        {
            return Ok(stamp.sha256);
        }
        let sha256 = hash_file(&self.folder.join(name))?;
        self.set(name, Stamp { bytes, modified_ns, sha256 });
        Ok(sha256)
    }

    /// Hashes the file called `name` whatever its stamp says.
    ///
    /// # Errors
    /// Whatever reading the file gives.
    pub(super) fn digest_again(&mut self, name: &str) -> io::Result<Sha256Digest> {
        self.by_name.remove(name);
        self.digest(name)
    }

    /// Stamps a file whose hash was computed while it was written.
    ///
    /// # Errors
    /// Whatever looking at the file gives.
    pub(super) fn record(&mut self, name: &str, sha256: Sha256Digest) -> io::Result<()> {
        let (bytes, modified_ns) = self.look_at(name)?;
        self.set(name, Stamp { bytes, modified_ns, sha256 });
        Ok(())
    }

    fn look_at(&self, name: &str) -> io::Result<(u64, u128)> {
        let metadata = fs::metadata(self.folder.join(name))?;
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok((metadata.len(), modified.as_nanos()))
    }

    fn set(&mut self, name: &str, stamp: Stamp) {
        self.by_name.insert(name.to_owned(), stamp);
        // Without the stamp the file is only hashed again: a folder that cannot be written to is no error here.
        if let Err(e) = self.save() {
            tracing::debug!("{}: no stamp written: {e}", self.folder.display());
        }
    }

    fn save(&self) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec_pretty(&self.by_name)?)?;
        file.persist(self.folder.join(FILE_NAME))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::FileTimes;
    use std::time::Duration;

    #[test]
    fn an_unchanged_file_is_not_read_again_and_a_changed_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w");
        fs::write(&path, "one").unwrap();
        let time = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let set_time = |t| {
            fs::File::options().write(true).open(&path).unwrap().set_times(FileTimes::new().set_modified(t))
        };
        set_time(time).unwrap();
        let first = Stamps::load(folder.path()).digest("w").unwrap();

        fs::write(&path, "two").unwrap();
        set_time(time).unwrap();
        assert_eq!(Stamps::load(folder.path()).digest("w").unwrap(), first, "same length and time: believed");
        assert_ne!(Stamps::load(folder.path()).digest_again("w").unwrap(), first, "read on demand");

        let second = Stamps::load(folder.path()).digest("w").unwrap();
        fs::write(&path, "six").unwrap();
        set_time(time + Duration::from_nanos(100)).unwrap();
        assert_ne!(Stamps::load(folder.path()).digest("w").unwrap(), second, "another time is noticed");
    }

    #[test]
    fn a_broken_stamp_file_means_no_stamps() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("w"), "abc").unwrap();
        fs::write(folder.path().join(FILE_NAME), "{\"w\": 3").unwrap();
        let digest = Stamps::load(folder.path()).digest("w").unwrap();
        assert_eq!(digest.short(), "ba7816bf8f01");
    }
}
