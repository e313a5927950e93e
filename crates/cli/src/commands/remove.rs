//! `kindred remove FOLDER`: forgets a folder. Its files stay where they are.

use std::path::PathBuf;

use crate::context::Context;
use crate::failure::Failure;
use crate::job::run_job;
use crate::wording::count;

/// Arguments of `remove`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A folder that was added
    folder: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let removed = run_job(|control, told| library.remove_folder(&arguments.folder, control, told))?;
    context.output.answer(&removed, |page| {
        page.path(format_args!("forgot {} of ", count(removed.photos, "photo")), &removed.path)?;
        page.line("The files themselves are untouched.")
    })?;
    Ok(())
}
