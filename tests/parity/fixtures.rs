//! The small networks that `generate.py` wrote, and what the reference libraries make of them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use tempfile::TempDir;

/// A file or folder below `tests/parity/fixtures`.
pub(crate) fn fixture(relative: &str) -> PathBuf {
    // Both crates whose tests use this lie in folders of the workspace, at different depths.
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_dir
        .ancestors()
        .map(|dir| dir.join("tests/parity/fixtures"))
        .find(|dir| dir.is_dir())
        .expect("the fixtures are part of the repository")
        .join(relative)
}

/// The model folder `name`, unpacked into a temporary folder of the same name, so that it can be given to `--model`.
///
/// The folder lives as long as the first value.
pub(crate) fn unpacked(name: &str) -> (TempDir, PathBuf) {
    let holder = tempfile::tempdir().unwrap();
    let folder = holder.path().join(name);
    fs::create_dir(&folder).unwrap();
    for entry in fs::read_dir(fixture(name)).unwrap() {
        let packed = entry.unwrap().path();
        if packed.extension().is_some_and(|extension| extension == "gz") {
            let mut file = File::create(folder.join(packed.file_stem().unwrap())).unwrap();
            io::copy(&mut GzDecoder::new(File::open(&packed).unwrap()), &mut file).unwrap();
        } else {
            fs::copy(&packed, folder.join(packed.file_name().unwrap())).unwrap();
        }
    }
    (holder, folder)
}
