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
}

pub(crate) fn run(arguments: Arguments, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let report = run_job(|control, told| {
        library.add_folders(&arguments.folders, control, told)?;
        let folders = Some(arguments.folders);
        let request = IndexRequest { folders, models: context.models(), ..IndexRequest::default() };
        library.index(&request, control, told)
    })?;
    index::print(&report, context)
}
