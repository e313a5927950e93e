//! `kindred index`: brings the library up to date. `add` and `retry` answer like it.

use std::io;

use kindred_core::{IndexReport, IndexRequest};

use crate::context::Context;
use crate::failure::Failure;
use crate::job::run_job;
use crate::output::Page;
use crate::progress::tell;
use crate::wording::{count, duration};

/// So many failed photos are named; `kindred list --failed` names them all.
const FAILURES_SHOWN: usize = 20;

pub(crate) fn run(request: IndexRequest, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let request = IndexRequest { models: context.models(), ..request };
    let report = run_job(|control, told| library.index(&request, control, told))?;
    print(&report, context)
}

/// Prints what a job did, and says how to go on.
pub(super) fn print(report: &IndexReport, context: &Context) -> Result<(), Failure> {
    context.output.answer(report, |page| words(page, report))?;
    if report.cancelled {
        tell("Interrupted. What is done is kept; `kindred index` goes on from here.");
        return Err(Failure::Interrupted);
    }
    if report.models.is_empty() && report.found > 0 {
        tell("No model is installed, so photos can be listed but not searched by what they show.");
        tell(
            "`kindred models list` shows the models, `kindred models get ID` fetches one; then run `kindred index`.",
        );
    }
    Ok(())
}

fn words(page: &mut Page<'_>, report: &IndexReport) -> io::Result<()> {
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
        page.line(format_args!("  and {}: kindred list --failed", count(more, "more photo")))?;
    }
    Ok(())
}
