//! `cargo xtask e2e`: the window, used as a person uses it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::places::Places;
use crate::{screenshots, test};

/// The test target, and the variable that names the folder for its screenshots.
const TARGET: &str = "e2e";
const OUT: &str = "KINDRED_E2E_OUT";
/// The story that makes the screenshots of the guide.
const GUIDE: &str = "stories::guide";

/// Which stories, and what is kept of them.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// A folder for a screenshot of every step
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Only make the screenshots of the guide, into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["out", "name"])]
    screenshots: Option<PathBuf>,
    /// Only tests whose names contain this
    name: Option<String>,
}

/// Builds the program and has a driver use it in a window of its own.
pub(crate) fn e2e(places: &Places, options: &Options) -> Result<()> {
    if let Some(folder) = &options.screenshots {
        return guide(places, folder);
    }
    let mut arguments = vec!["--test".to_owned(), TARGET.to_owned()];
    if let Some(name) = &options.name {
        arguments.extend(["--".to_owned(), name.clone()]);
    }
    let out = options.out.as_ref().map(std::path::absolute).transpose()?;
    let environment: Vec<_> = out.iter().map(|folder| (OUT, folder.as_os_str())).collect();
    test::test(places, &arguments, &environment)?;
    if let Some(folder) = out {
        println!("Screenshots: {}", folder.display());
    }
    Ok(())
}

/// Has the story of the guide told, and makes its screenshots small.
fn guide(places: &Places, folder: &Path) -> Result<()> {
    let taken = places.cache.join("guide");
    if taken.exists() {
        fs::remove_dir_all(&taken).with_context(|| taken.display().to_string())?;
    }
    let arguments = ["--test", TARGET, "--", "--ignored", GUIDE].map(str::to_owned);
    test::test(places, &arguments, &[(OUT, taken.as_os_str())])?;
    screenshots::reduce(&taken, folder)
}
