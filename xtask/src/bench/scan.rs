//! Looking through 100,000 files that have not changed.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::job;
use super::report::Section;
use crate::places::Places;

const FILES: u32 = 100_000;
const FOLDERS: u32 = 500;
const BOUND_SECONDS: f64 = 5.0;

pub(super) fn run(places: &Places) -> Result<Section> {
    let dir = places.cache.join("bench/scan");
    let photos = dir.join("photos");
    let complete = dir.join("complete");
    if !complete.exists() {
        eprintln!("writing {FILES} small pictures");
        write_pictures(&photos)?;
        fs::write(&complete, "")?;
    }
    let library = dir.join("library");
    // The first run reads every file; only the runs after it see nothing but unchanged ones.
    let first = job::index_anew(places, &library, &photos, &[])?;
    let again = (0..3).map(|_| job::index(places, &library, &photos, &[])).collect::<Result<Vec<_>>>()?;
    let best = again.iter().map(|job| job.wall_seconds).fold(f64::INFINITY, f64::min);
    let unchanged = again.iter().map(|job| job.report.unchanged).min().unwrap_or(0);
    let body = format!(
        "| | seconds | bound |\n| --- | --- | --- |\n\
         | scan of {unchanged} unchanged files in {FOLDERS} folders, whole process | {best:.2} | {BOUND_SECONDS} |\n\n\
         The best of three runs. Before them, indexing them took {:.0} s ({} files read).",
        first.wall_seconds, first.report.indexed,
    );
    Ok(Section { title: "Scan of unchanged files", body })
}

/// Bitmaps of 8×8 pixels, no two alike.
fn write_pictures(folder: &Path) -> Result<()> {
    const SIDE: u32 = 8;
    const HEADER: u32 = 14 + 40;
    let length = HEADER + SIDE * SIDE * 3;
    let mut file = Vec::with_capacity(length as usize);
    file.extend(b"BM");
    for number in [length, 0, HEADER, 40, SIDE, SIDE] {
        file.extend(number.to_le_bytes());
    }
    file.extend([1u16, 24].map(u16::to_le_bytes).concat());
    file.resize(length as usize, 0);
    for number in 0..FILES {
        let dir = folder.join(format!("{:03}", number % FOLDERS));
        if number < FOLDERS {
            fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
        }
        file[HEADER as usize..HEADER as usize + 4].copy_from_slice(&number.to_le_bytes());
        fs::write(dir.join(format!("{number:06}.bmp")), &file)?;
    }
    Ok(())
}
