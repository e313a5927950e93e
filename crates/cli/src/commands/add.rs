//! `kindred add FOLDER…`: remembers folders and indexes them.

use std::path::PathBuf;

use kindred_core::IndexRequest;

use super::index;
use crate::context::Context;
use crate::failure::Failure;
use crate::job::run_job;

/// Arguments of `add`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folders of photos; what lies in folders inside them belongs to them
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    #[command(flatten)]
    with: index::ModelArguments,
}

pub(crate) fn run(arguments: Arguments, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let (folders, models) = (arguments.folders, arguments.with.model);
    let done = run_job(|control, told| {
        library.add_folders(&folders, control, told)?;
        let request = IndexRequest { folders: Some(folders), models, ..IndexRequest::default() };
        library.index(&request, control, told)
    });
    index::finish(done, context)
}
