//! Where tests find the shared pictures and published outputs, which are not part of the repository.

use std::path::{Path, PathBuf};

/// The file or folder `relative` of the shared test data: below `KINDRED_TESTDATA`, otherwise below `../shared/data` beside the
/// checkout. `None`, with a line that the test run counts as skipped, when it is not there.
pub(crate) fn shared(relative: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("KINDRED_TESTDATA") {
        Some(dir) => PathBuf::from(dir),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
    };
    let path = root.join(relative);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}
