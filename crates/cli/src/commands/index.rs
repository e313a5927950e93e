//! `kindred index`: brings the library up to date. `add` and `retry` answer like it.

use std::io;

use clap::Args;
use kindred_core::{IndexReport, IndexRequest, ModelRef, STARTER_ID};

use super::models;
use crate::context::Context;
use crate::failure::Failure;
use crate::job::run_job;
use crate::output::Page;
use crate::progress::tell;
use crate::wording::{count, duration};

/// So many failed photos are named; `kindred list --failed` names them all.
const FAILURES_SHOWN: usize = 20;

/// Arguments of `index` and `retry`; `add` has them too.
#[derive(Debug, Args)]
pub(crate) struct ModelArguments {
    /// A model to index with from now on, an id or a folder with its files; one for meaning and one for look
    #[arg(long, value_name = "ID|DIR")]
    pub model: Vec<ModelRef>,
}

pub(crate) fn run(request: IndexRequest, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    finish(run_job(|control, told| library.index(&request, control, told)), context)
}

/// Prints what a job did, or how to go on after an interrupt.
pub(super) fn finish(done: Result<IndexReport, Failure>, context: &Context) -> Result<(), Failure> {
    let going_on =
        || format!("Interrupted. What is done is kept; `{}` goes on from here.", context.command("index"));
    let report = done.map_err(|failure| failure.going_on(going_on))?;
    context.output.answer(&report, |page| words(page, &report, context))?;
    if report.cancelled {
        tell(&going_on());
        return Err(Failure::Interrupted);
    }
    if report.found > 0 && report.models.iter().any(|model| model == STARTER_ID) {
        models::tell_of_more(&context.library()?, context)?;
    }
    Ok(())
}

fn words(page: &mut Page<'_>, report: &IndexReport, context: &Context) -> io::Result<()> {
    page.line(format_args!("{} found in {}", count(report.found, "photo"), duration(report.seconds)))?;
    for (number, what) in [
        (report.indexed, "brought up to date"),
        (report.unchanged, "unchanged"),
        (report.moved, "moved or renamed"),
        (report.missing, "gone"),
        (report.remaining, "left to do"),
        (report.offline, "out of reach, nothing forgotten"),
        (report.failed, "could not be read"),
    ] {
        if number > 0 {
            page.line(format_args!("{number:>8}  {what}"))?;
        }
    }
    if let Some(device) = &report.device {
        page.line(device)?;
    }
    for failure in report.failures.iter().take(FAILURES_SHOWN) {
        page.path(format_args!("  {}: ", failure.reason), &failure.path)?;
    }
    if report.failures.len() > FAILURES_SHOWN {
        let more = (report.failures.len() - FAILURES_SHOWN) as u64;
        let all = context.command("list --failed");
        page.line(format_args!("  and {}: {all}", count(more, "more photo")))?;
    }
    Ok(())
}
