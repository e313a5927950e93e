//! Photos to measure with, drawn by a script: large ones cannot be kept in a repository.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::places::Places;
use crate::{process, python};

/// Photos of one size and kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Batch {
    pub width: u32,
    pub height: u32,
    pub count: u32,
    pub kind: Kind,
}

/// How photos are stored: what that costs a decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Decoded at a fraction of its size.
    Jpeg,
    /// All coefficients are held at once.
    ProgressiveJpeg,
    /// A quarter turn by EXIF: the pixels are held twice.
    TurnedJpeg,
    /// Decoded in full.
    Png,
}

impl Kind {
    /// The word of the drawing script, and of a reader.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::ProgressiveJpeg => "progressive-jpeg",
            Self::TurnedJpeg => "turned-jpeg",
            Self::Png => "png",
        }
    }
}

impl Batch {
    fn specification(&self) -> String {
        format!("{}x{}:{}:{}", self.width, self.height, self.count, self.kind.word())
    }
}

/// A folder with photos of these sizes and kinds, drawn when it is not there yet.
pub(super) fn folder(places: &Places, name: &str, batches: &[Batch]) -> Result<PathBuf> {
    let wanted: Vec<String> = batches.iter().map(Batch::specification).collect();
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
