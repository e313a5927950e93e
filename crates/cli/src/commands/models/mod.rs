//! `kindred models …`: the networks' files.

mod get;
mod import;
mod list;
mod mirror;
mod remove;
mod verify;

use std::io;
use std::path::PathBuf;

use clap::Subcommand;
use kindred_core::{Library, ModelRef, ModelStatus, Purpose};

use crate::context::Context;
use crate::failure::Failure;
use crate::output::Page;
use crate::progress::tell;
use crate::wording::bytes;

/// What to do with a model.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List every model that Kindred knows, and which are there
    List,
    /// Download a model
    Get {
        /// Its id
        id: String,
    },
    /// Take a file that was fetched by other means
    Import {
        /// The model's id
        id: String,
        /// The file
        file: PathBuf,
    },
    /// Check a model: its hash, its tensors and, where they are published, its answers
    Verify {
        /// Its id, or a folder with its files
        #[arg(value_name = "ID|DIR")]
        model: ModelRef,
    },
    /// Show or set the mirror that downloads use unless --mirror or KINDRED_MIRROR names another
    Mirror(mirror::Arguments),
    /// Delete a model's files
    Remove {
        /// Its id
        id: String,
    },
}

pub(crate) fn run(command: Command, context: &Context) -> Result<(), Failure> {
    match command {
        Command::List => list::run(context),
        Command::Get { id } => get::run(&id, context),
        Command::Import { id, file } => import::run(&id, &file, context),
        Command::Verify { model } => verify::run(&model, context),
        Command::Mirror(arguments) => mirror::run(&arguments, context),
        Command::Remove { id } => remove::run(&id, context),
    }
}

/// Says that the starter model is not all there is, where nothing better for searching by words is installed.
pub(super) fn tell_of_more(library: &Library, context: &Context) -> Result<(), Failure> {
    let models = library.models().list()?;
    let mut for_meaning = models.iter().filter(|model| model.purposes == [Purpose::Meaning]);
    if for_meaning.clone().any(|model| model.state == "installed") {
        return Ok(());
    }
    if let Some(usual) = for_meaning.find(|model| model.default) {
        let get = context.command(&format!("models get {}", usual.id));
        let size = bytes(usual.bytes);
        tell("The starter model answers: it knows everyday things, CLIP knows far more.");
        tell(&format!("`{get}` fetches CLIP ({size}); then run `{}`.", context.command("index")));
    }
    Ok(())
}

/// A model that is there now.
fn words(page: &mut Page<'_>, model: &ModelStatus) -> io::Result<()> {
    page.line(format_args!("{}: {}", model.id, model.state))?;
    model.path.iter().try_for_each(|path| page.path("  ", path))
}
