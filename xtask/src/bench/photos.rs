//! Photos to measure with, drawn by a script: large ones cannot be kept in a repository.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::places::Places;
use crate::{process, python};

/// Width, height, and how many photos of that size.
pub(super) type Batch = (u32, u32, u32);

/// A folder with JPEG photos of these sizes, drawn when it is not there yet.
pub(super) fn folder(places: &Places, name: &str, batches: &[Batch]) -> Result<PathBuf> {
    let wanted: Vec<String> =
        batches.iter().map(|(width, height, count)| format!("{width}x{height}:{count}")).collect();
    let dir = places.cache.join("bench").join(name);
    let complete = dir.with_extension("complete");
    if fs::read_to_string(&complete).is_ok_and(|have| have == wanted.join(" ")) {
        return Ok(dir);
    }
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| dir.display().to_string())?;
    }
    let python = python::environment(places, super::REQUIREMENTS)?;
    process::run(python::script(places, &python, "xtask/peers/draw_photos.py").arg(&dir).args(&wanted))?;
    fs::write(&complete, wanted.join(" "))?;
    Ok(dir)
}
