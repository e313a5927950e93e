//! Runs of the release build of `kindred`, timed and weighed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;
use serde::Deserialize;

use super::machine;
use crate::places::Places;

/// What `kindred index --json` says.
#[derive(Debug, Deserialize)]
pub(super) struct Report {
    pub found: u64,
    pub indexed: u64,
    pub unchanged: u64,
    pub failed: u64,
    pub seconds: f64,
}

/// One run of an indexing job.
#[derive(Debug)]
pub(super) struct Job {
    pub report: Report,
    /// From the start of the process to its end.
    pub wall_seconds: f64,
    /// The most memory the process ever held (resident set); known on Linux only.
    pub peak_bytes: Option<u64>,
}

/// A network of a few thousand weights, for both kinds of likeness: without a named model the starter model would take part, and what is
/// measured then would not be the program around the networks.
fn idle_network(places: &Places) -> Result<PathBuf> {
    let fixture = places.root.join("tests/parity/fixtures/starter-f16");
    let folder = places.cache.join("bench/idle-network");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let copy = |from: &str, to: &str| -> Result<()> {
        let from = fixture.join(from);
        let file = File::open(&from).with_context(|| from.display().to_string())?;
        let mut content: Box<dyn Read> = match from.extension() {
            Some(extension) if extension == "gz" => Box::new(GzDecoder::new(file)),
            _ => Box::new(file),
        };
        io::copy(&mut content, &mut File::create(folder.join(to))?)?;
        Ok(())
    };
    copy("config.json", "config.json")?;
    copy("starter.safetensors.gz", "starter.safetensors")?;
    Ok(folder)
}

/// Indexes `folder` into a library that is new. Without models the networks cost nothing.
pub(super) fn index_anew(places: &Places, library: &Path, folder: &Path, models: &[&Path]) -> Result<Job> {
    if library.exists() {
        fs::remove_dir_all(library).with_context(|| library.display().to_string())?;
    }
    index(places, library, folder, models)
}

/// Brings a library up to date with `folder` in it. Without models the networks cost nothing.
pub(super) fn index(places: &Places, library: &Path, folder: &Path, models: &[&Path]) -> Result<Job> {
    let mut command = Command::new(places.kindred());
    command.arg("--library").arg(library).args(["--json", "--device", "cpu"]);
    // Only what is named here is measured, not what happens to be installed.
    command.arg("--models").arg(places.cache.join("bench/no-models"));
    command.arg("add").arg(folder).stdout(Stdio::piped());
    if models.is_empty() {
        command.arg("--model").arg(idle_network(places)?);
    }
    for model in models {
        command.arg("--model").arg(model);
    }
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| places.kindred().display().to_string())?;
    let peak_bytes = watch(&mut child)?;
    let output = child.wait_with_output()?;
    let wall_seconds = start.elapsed().as_secs_f64();
    if !output.status.success() {
        bail!("kindred ended with {}", output.status);
    }
    let report: Report =
        serde_json::from_slice(&output.stdout).context("the report of kindred add --json")?;
    if report.failed > 0 || report.indexed + report.unchanged != report.found {
        bail!("not every photo was indexed: {report:?}");
    }
    Ok(Job { report, wall_seconds, peak_bytes })
}

/// Waits for the process, looking at the high-water mark of its memory until it is gone.
fn watch(child: &mut Child) -> Result<Option<u64>> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        let now = fs::read_to_string(&status).ok().and_then(|text| high_water_mark(&text));
        peak = peak.max(now);
        if child.try_wait()?.is_some() {
            return Ok(peak);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn high_water_mark(status: &str) -> Option<u64> {
    let kilobytes: u64 = machine::value_of(status, "VmHWM")?.trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_read_from_the_kernels_page() {
        assert_eq!(high_water_mark("Name:\tkindred\nVmHWM:\t  1234 kB\nVmRSS:\t 12 kB\n"), Some(1234 * 1024));
        assert_eq!(high_water_mark("Name:\tzombie\n"), None);
    }
}
