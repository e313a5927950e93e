//! Python environments for the peers that Kindred is compared with. Nothing else needs Python.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::places::Places;
use crate::{process, setup};

/// The Python of an environment that has exactly what `requirements` (a path in the clone) pins.
pub(crate) fn environment(places: &Places, requirements: &str) -> Result<PathBuf> {
    setup::install(setup::COMPARING)?;
    let wanted =
        fs::read_to_string(places.root.join(requirements)).with_context(|| requirements.to_owned())?;
    let name = requirements.trim_end_matches(".txt").replace('/', "-");
    let dir = places.cache.join("python").join(name);
    let python = if cfg!(windows) { dir.join("Scripts/python.exe") } else { dir.join("bin/python") };
    let installed = dir.join("installed.txt");
    if python.exists() && fs::read_to_string(&installed).is_ok_and(|have| have == wanted) {
        return Ok(python);
    }
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&dir))?;
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(places.root.join(requirements)),
    )?;
    fs::write(&installed, wanted).with_context(|| installed.display().to_string())?;
    Ok(python)
}

/// A script of the clone, run by that Python.
pub(crate) fn script(places: &Places, python: &Path, script: &str) -> Command {
    let mut command = Command::new(python);
    command.arg(places.root.join(script)).current_dir(&places.root);
    command
}
