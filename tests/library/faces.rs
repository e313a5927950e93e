//! Where the tests find pictures of people and the networks for them, which are not part of the repository.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::program::Home;

/// The folder of shared pictures and weights: `KINDRED_TESTDATA`, otherwise `../shared/data` beside the checkout. `None`, with a line
/// that the test run counts as skipped, when it is not there.
pub(crate) fn shared() -> Option<PathBuf> {
    let data = std::env::var_os("KINDRED_TESTDATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    if data.join("weights/MobileFaceNet.onnx").is_file() && data.join("faces").is_dir() {
        return Some(data);
    }
    // Straight to the terminal: the test harness swallows what `println` writes in a passing test.
    let _ = writeln!(std::io::stderr(), "skipped: no networks for faces in {}", data.display());
    None
}

/// Installs the networks.
pub(crate) fn install(home: &Home, data: &Path) {
    for (id, file) in [("yunet", "yunet_s_640_640.onnx"), ("mobilefacenet", "MobileFaceNet.onnx")] {
        let file = data.join("weights").join(file);
        home.json(["models".as_ref(), "import".as_ref(), id.as_ref(), file.as_os_str()]);
    }
}

/// A picture of an actor, from 1 to 5.
pub(crate) fn actor(data: &Path, name: &str, number: usize) -> PathBuf {
    data.join("faces/face-api.js/examples/images").join(name).join(format!("{name}{number}.png"))
}

/// Copies pictures of actors among the photos of a library.
pub(crate) fn copy_actors(
    home: &Home,
    data: &Path,
    names: &[&str],
    numbers: std::ops::RangeInclusive<usize>,
) {
    for name in names {
        for number in numbers.clone() {
            let to = home.photos().join(format!("{name}{number}.png"));
            std::fs::copy(actor(data, name, number), to).unwrap();
        }
    }
}
