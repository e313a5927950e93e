//! Which files there are, how long they may be and what they may be called.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;

/// A file that is, or could be, committed.
#[derive(Debug)]
pub(super) struct ProjectFile {
    /// From the root of the clone, with `/` between names.
    pub path: String,
    /// Size on disk.
    pub bytes: u64,
    /// Its text; absent for pictures, weights and other binary files.
    pub text: Option<String>,
}

/// Longer than this, a file of code has more than one concept in it.
const MOST_LINES: usize = 600;
/// Larger than this, a file does not belong into a repository.
const MOST_BYTES: u64 = 1_000_000;
/// But for the weights that are compiled into the program, and so large they may be.
const STARTER: (&str, u64) = ("models/starter/starter.safetensors", 16_000_000);
/// Names that say nothing about what lives behind them.
const EMPTY_NAMES: [&str; 8] = ["utils", "util", "helpers", "helper", "manager", "common", "misc", "stuff"];
const CODE: [&str; 7] = ["rs", "ts", "svelte", "css", "py", "sh", "sql"];
/// Pictures and weights: only the ones that a script of the project made are committed.
const FOREIGN: [&str; 21] = [
    "jpg",
    "jpeg",
    "heic",
    "heif",
    "avif",
    "webp",
    "tif",
    "tiff",
    "jxl",
    "arw",
    "cr2",
    "dng",
    "nef", // pictures
    "onnx",
    "pth",
    "pt",
    "bin",
    "safetensors",
    "ckpt",
    "npy",
    "npz", // weights and vectors
];
const OWN_FIXTURES: [&str; 3] = ["tests/parity/fixtures/", "tests/fixtures/", "models/starter/"];

/// Everything that git knows or would take, in order.
pub(super) fn list(root: &Path) -> Result<Vec<ProjectFile>> {
    let listed = process::output(Command::new("git").current_dir(root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--deduplicate",
    ]))?;
    let mut files = Vec::new();
    for path in listed.split_terminator('\0') {
        // A file that is deleted but still in the index is no file of the project any more.
        if let Ok(content) = std::fs::read(root.join(path)) {
            let bytes = content.len() as u64;
            files.push(ProjectFile { path: path.to_owned(), bytes, text: String::from_utf8(content).ok() });
        }
    }
    Ok(files)
}

/// Broken rules, one line each.
pub(super) fn faults(files: &[ProjectFile]) -> Vec<String> {
    files.iter().flat_map(|file| [length(file), size(file), name(file), foreign(file)]).flatten().collect()
}

fn length(file: &ProjectFile) -> Option<String> {
    let code = CODE.contains(&extension(&file.path));
    let exempt =
        file.path.split('/').any(|part| part == "tests" || part == "generated" || part == "bindings");
    let lines = file.text.as_ref()?.lines().count();
    (code && !exempt && lines > MOST_LINES)
        .then(|| format!("{}: {lines} lines, {MOST_LINES} are allowed", file.path))
}

fn size(file: &ProjectFile) -> Option<String> {
    let most = if file.path == STARTER.0 { STARTER.1 } else { MOST_BYTES };
    (file.bytes > most).then(|| format!("{}: {} kB is too large to commit", file.path, file.bytes / 1000))
}

fn name(file: &ProjectFile) -> Option<String> {
    let stems = file.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    let empty = stems.into_iter().find(|stem| EMPTY_NAMES.contains(&stem.to_lowercase().as_str()))?;
    Some(format!("{}: \"{empty}\" does not say what it holds", file.path))
}

fn foreign(file: &ProjectFile) -> Option<String> {
    let own = OWN_FIXTURES.iter().any(|folder| file.path.starts_with(folder));
    (!own && FOREIGN.contains(&extension(&file.path)))
        .then(|| format!("{}: a picture or weights; tests draw their own", file.path))
}

pub(super) fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, lines: usize, expected: usize) {
        let text = Some("x\n".repeat(lines));
        let file = ProjectFile { path: path.to_owned(), bytes: 2 * lines as u64, text };
        let found = faults(std::slice::from_ref(&file));
        assert_eq!(found.len(), expected, "{path}: {found:?}");
    }

    #[test]
    fn long_files_and_empty_names_are_found() {
        check("crates/core/src/scan/walk.rs", 600, 0);
        check("crates/core/src/scan/walk.rs", 601, 1);
        check("tests/library/kill.rs", 900, 0);
        check("ui/src/bindings/generated.ts", 900, 0);
        check("docs/guide.md", 900, 0);
        check("crates/core/src/utils.rs", 10, 1);
        check("crates/core/src/common/walk.rs", 10, 1);
        check("crates/core/src/library/commons.rs", 10, 0);
    }

    #[test]
    fn other_peoples_pictures_and_weights_are_found() {
        check("docs/cat.jpg", 1, 1);
        check("tests/parity/fixtures/clip/model.safetensors", 1, 0);
        check("models/weights/clip.safetensors", 1, 1);
        check("tests/library/vectors.npy", 1, 1);
        check("tests/fixtures/media/scan.tif", 1, 0);
        check("Cargo.lock", 600_000, 1);
        check("models/starter/starter.safetensors", 8_000_000, 0);
        check("models/starter/starter.safetensors", 8_000_001, 1);
        check("models/starter/another.safetensors", 8_000_000, 1);
    }
}
