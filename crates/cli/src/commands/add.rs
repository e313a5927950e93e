//! `kindred add FOLDER…`: remembers folders and indexes them.

use std::path::PathBuf;

use kindred_core::IndexRequest;

use super::index;
use crate::context::Context;
use crate::failure::Failure;

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
    context.library()?.add_folders(&arguments.folders)?;
    let (folders, models) = (Some(arguments.folders), arguments.with.model);
    index::run(IndexRequest { folders, models, ..IndexRequest::default() }, context)
}
