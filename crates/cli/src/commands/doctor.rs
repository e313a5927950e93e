//! `kindred doctor`: looks for what is wrong with device, models, database and disk.

use kindred_core::Library;
use serde_json::json;

use crate::context::Context;
use crate::failure::Failure;
use crate::job::run_job;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Rename a damaged database instead, so that `add` can make a new one; nothing is deleted
    #[arg(long)]
    set_aside: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    if arguments.set_aside {
        return set_aside(&library, context);
    }
    let report = library.doctor()?;
    context.output.answer(&report, |page| {
        for check in &report.checks {
            let mark = if check.ok { "ok" } else { "WRONG" };
            page.line(format_args!("{mark:<5}  {}: {}", check.name, check.detail))?;
        }
        Ok(())
    })?;
    if report.healthy { Ok(()) } else { Err(Failure::Unhealthy) }
}

fn set_aside(library: &Library, context: &Context) -> Result<(), Failure> {
    let aside = run_job(|control, told| library.set_damaged_database_aside(control, told))?;
    let answer = json!({ "set_aside": aside.as_ref().map(|path| path.to_string_lossy()) });
    context.output.answer(&answer, |page| match &aside {
        None => page.line("The database is in order; nothing was done."),
        Some(path) => {
            page.path("The damaged database is now ", path)?;
            let add = context.command("add FOLDER");
            page.line(format_args!("`{add}` makes a new one. No photo was touched."))
        }
    })?;
    Ok(())
}
