//! `kindred explore`: what the library is made of.

mod clusters;
mod duplicates;
mod html;
mod map;
mod outliers;
mod photos;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use kindred_core::{ExploreRequest, Library};
use serde::Serialize;

use self::photos::Paths;
use super::similar::Likeness;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Page;
use crate::progress::tell;

/// What to look for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Photos that show the same: copies, other sizes and formats, mirrored, turned, cropped, bursts
    Duplicates(Options),
    /// Photos unlike anything else
    Outliers(outliers::Arguments),
    /// Photos that belong together
    #[command(visible_alias = "themes")]
    Clusters(Options),
    /// A plane on which photos that are alike lie together
    Map(Options),
}

/// Which photos, and how to tell what was found.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What photos are compared by
    #[arg(long, value_name = "LIKENESS", default_value = "meaning")]
    space: Likeness,
    /// Only photos in this folder, or in one of these
    #[arg(long, value_name = "DIR")]
    folder: Vec<PathBuf>,
    /// Print a table with commas, or write it to a file
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", conflicts_with_all = ["html", "json"])]
    csv: Option<PathBuf>,
    /// Write one page for a browser, with small pictures in it
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    html: Option<PathBuf>,
}

pub(crate) fn run(command: Command, context: &Context) -> Result<(), Failure> {
    match command {
        Command::Duplicates(options) => duplicates::run(&options, context),
        Command::Outliers(arguments) => outliers::run(&arguments, context),
        Command::Clusters(options) => clusters::run(&options, context),
        Command::Map(options) => map::run(&options, context),
    }
}

/// Something that was found, in each of the ways it can be told.
trait Told {
    /// For scripts.
    type Json: Serialize;
    fn json(&self, paths: &Paths) -> Self::Json;
    /// For people.
    fn words(&self, page: &mut Page<'_>, paths: &Paths) -> io::Result<()>;
    /// For tables.
    fn csv(&self, library: &Library, paths: &Paths) -> Result<Vec<u8>, Failure>;
    /// For a browser.
    fn html(&self, pictures: &html::Pictures<'_>) -> String;
}

impl Options {
    fn request(&self) -> Result<ExploreRequest, Failure> {
        let filters: Result<Vec<String>, Failure> = self.folder.iter().map(|folder| filter(folder)).collect();
        Ok(ExploreRequest { by: self.space.0, filter: filters?.join(" ") })
    }

    fn tell(
        &self,
        told: &impl Told,
        library: &Library,
        paths: &Paths,
        context: &Context,
    ) -> Result<(), Failure> {
        match (&self.csv, &self.html) {
            (Some(file), _) if file.as_os_str() == "-" => {
                let table = told.csv(library, paths)?;
                let mut stdout = io::stdout().lock();
                stdout.write_all(&table)?;
                Ok(stdout.flush()?)
            }
            (Some(file), _) => write(file, &told.csv(library, paths)?),
            (_, Some(file)) => write(file, told.html(&html::Pictures { library, paths }).as_bytes()),
            _ => Ok(context.output.answer(&told.json(paths), |page| told.words(page, paths))?),
        }
    }
}

/// A folder as a filter of the query language. One that is there is meant by its place, another by its name.
fn filter(folder: &Path) -> Result<String, Failure> {
    let place = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    match place.to_str().filter(|place| !place.contains('"') && !place.is_empty()) {
        Some(place) => Ok(format!("folder:\"{place}\"")),
        None => {
            Err(Failure::Usage(format!("{}: a folder of this name cannot be asked for", folder.display())))
        }
    }
}

fn write(file: &Path, content: &[u8]) -> Result<(), Failure> {
    let failed = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
    fs::write(file, content).map_err(failed)?;
    let mut line = OsString::from("Written to ");
    line.push(file);
    tell(&line.to_string_lossy());
    Ok(())
}

/// A table from its rows, the heading first.
fn table(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Failure::Output(io::Error::other(error));
    rows.into_iter().try_for_each(|row| writer.write_record(row)).map_err(failed)?;
    writer.into_inner().map_err(|error| Failure::Output(error.into_error()))
}
