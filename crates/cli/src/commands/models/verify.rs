//! `kindred models verify ID`: hash, tensors and, where they are published, answers.

use kindred_core::ModelRef;

use crate::context::Context;
use crate::failure::Failure;

pub(crate) fn run(model: &ModelRef, context: &Context) -> Result<(), Failure> {
    let report = context.library()?.models().verify(model)?;
    context.output.answer(&report, |page| {
        let mut checks = report.checks.iter();
        checks.try_for_each(|check| page.line(format_args!("ok  {}: {}", check.name, check.detail)))
    })?;
    Ok(())
}
