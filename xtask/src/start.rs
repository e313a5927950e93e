//! `cargo xtask start`: from a fresh clone to Kindred at work, with one command.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::places::Places;
use crate::{pictures, process, setup};

/// Builds `kindred`, indexes a folder with it and shows what it found.
pub(crate) fn start(places: &Places, folder: Option<&Path>) -> Result<()> {
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        bail!("{} is not a folder", folder.display());
    }
    setup::install(&[])?;
    process::run(process::cargo(places).args(["build", "--release", "--workspace"]))?;

    // A folder of the user's goes into the user's library; drawn pictures get a library of their own.
    let trial = places.cache.join("start");
    let mut show = Show { places, library: None };
    let folder = match folder {
        Some(folder) => folder.to_path_buf(),
        None => {
            let drawn = trial.join("pictures");
            pictures::draw(&drawn)?;
            show.library = Some(trial.join("library"));
            drawn
        }
    };
    show.run(&["add".as_ref(), folder.as_ref()])?;
    // A user's own folder may hold more photos than anybody wants to read the names of.
    if show.library.is_some() {
        show.run(&["list".as_ref()])?;
    }
    show.run(&["status".as_ref()])?;
    if show.can_search()? {
        for query in ["the sun over the sea", "something round", "stripes -colourful"] {
            show.run(&["search".as_ref(), "--limit".as_ref(), "3".as_ref(), query.as_ref()])?;
        }
    } else {
        println!("\nNext: fetch a model, so that photos can be searched by what they show (605 MB):");
        println!("  {} models get clip-vit-b-32", places.kindred().display());
        println!("and run this command once more.");
    }
    println!("\nKindred is built: {}", places.kindred().display());
    println!("It has no window yet; `kindred --help` and docs/guide.md tell what it can do.");
    Ok(())
}

/// Runs `kindred` in the open, on one library.
struct Show<'a> {
    places: &'a Places,
    /// Absent: the user's own.
    library: Option<std::path::PathBuf>,
}

impl Show<'_> {
    fn run(&self, arguments: &[&std::ffi::OsStr]) -> Result<()> {
        println!();
        process::run(self.kindred().args(arguments))
    }

    /// True when a model for searching by text has seen the photos.
    fn can_search(&self) -> Result<bool> {
        let status = process::output(self.kindred().args(["status", "--json"]))?;
        let status: serde_json::Value = serde_json::from_str(&status).context("kindred status --json")?;
        Ok(status["meaning"].is_string())
    }

    fn kindred(&self) -> Command {
        let mut command = Command::new(self.places.kindred());
        if let Some(library) = &self.library {
            command.arg("--library").arg(library);
        }
        command
    }
}
