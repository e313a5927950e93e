//! The page that the window shows: built with Node.js, and part of the program, so built before it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::places::Places;
use crate::{process, setup};

/// The oldest Node.js that the page is built with.
const LEAST: (u32, u32) = (20, 19);
/// Folders of the page that are made, not written.
const MADE: [&str; 2] = ["node_modules", "dist"];

/// Installs what the page is built with, and builds it; does nothing where everything is up to date.
pub(crate) fn build(places: &Places) -> Result<()> {
    let ui = places.root.join("ui");
    let installed = changed(&ui.join("node_modules/.package-lock.json"));
    let is_installed = installed.is_some() && installed >= changed(&ui.join("package-lock.json"));
    let built = changed(&ui.join("dist/index.html"));
    let is_built = built.is_some() && built >= Some(newest_below(&ui)?);
    if is_installed && is_built {
        return Ok(());
    }
    check_node()?;
    if !is_installed {
        process::run(npm(&ui).args(["ci", "--no-audit", "--no-fund"]))?;
    }
    process::run(npm(&ui).args(["run", "build"]))
}

/// Checks the page's types, style and format, and runs its tests.
pub(crate) fn test(places: &Places) -> Result<()> {
    let ui = places.root.join("ui");
    process::run(npm(&ui).args(["run", "--silent", "check"]))?;
    process::run(npm(&ui).args(["run", "--silent", "test"]))
}

fn npm(ui: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(ui);
    command
}

/// Node.js is there and not too old.
fn check_node() -> Result<()> {
    if !setup::in_search_path("node") || !setup::in_search_path(if cfg!(windows) { "npm.cmd" } else { "npm" })
    {
        setup::try_to_install(&["nodejs", "npm"])?;
    }
    let (major, minor) = LEAST;
    let wanted =
        format!("the window's page is built with Node.js {major}.{minor} or later, from https://nodejs.org");
    let Ok(found) = process::output(Command::new("node").arg("--version")) else {
        bail!("{wanted}; it is not installed");
    };
    match version(&found) {
        Some(version) if version >= LEAST => Ok(()),
        _ => bail!("{wanted}; {} is installed", found.trim()),
    }
}

/// Major and minor number of `v20.19.1`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// When a file of the page was last changed.
fn newest_below(folder: &Path) -> Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        if MADE.iter().any(|made| entry.file_name() == *made) {
            continue;
        }
        let metadata = entry.metadata()?;
        let at = if metadata.is_dir() { newest_below(&entry.path())? } else { metadata.modified()? };
        newest = newest.max(at);
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_read() {
        for (text, expected) in [
            ("v20.19.1\n", Some((20, 19))),
            ("v9.0.0", Some((9, 0))),
            ("v22.12.0-nightly", Some((22, 12))),
            ("20.19.1", None),
            ("", None),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
    }
}
