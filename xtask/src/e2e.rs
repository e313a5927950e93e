//! `cargo xtask e2e`: the window, used as a person uses it.

use std::path::PathBuf;

use anyhow::Result;

use crate::places::Places;
use crate::test;

/// The test target, and the variable that names the folder for its screenshots.
const TARGET: &str = "e2e";
const OUT: &str = "KINDRED_E2E_OUT";

/// Which stories, and what is kept of them.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// A folder for a screenshot of every step
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Only tests whose names contain this
    name: Option<String>,
}

/// Builds the program and has a driver use it in a window of its own.
pub(crate) fn e2e(places: &Places, options: &Options) -> Result<()> {
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
