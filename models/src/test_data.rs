//! Where tests find the shared pictures and published outputs, which are not part of the repository, and how the outputs are written.

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

/// The numbers of a NumPy file: magic, version, length of a text header, header, values.
pub(crate) fn read_npy(path: &Path) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    assert!(bytes.starts_with(b"\x93NUMPY\x01\x00"));
    let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert!(bytes[10..10 + header].windows(5).any(|w| w == b"'<f4'"));
    floats(&bytes[10 + header..])
}

/// Little-endian numbers.
pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}
