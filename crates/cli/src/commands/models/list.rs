//! `kindred models list`: every model that Kindred knows, and which are there.

use std::io;

use kindred_core::ModelStatus;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::Page;
use crate::wording::bytes;

#[derive(Serialize)]
struct Answer {
    models: Vec<ModelStatus>,
}

pub(crate) fn run(context: &Context) -> Result<(), Failure> {
    let answer = Answer { models: context.library()?.models().list()? };
    context.output.answer(&answer, |page| answer.models.iter().try_for_each(|model| words(page, model)))?;
    Ok(())
}

fn words(page: &mut Page<'_>, model: &ModelStatus) -> io::Result<()> {
    let default = if model.default { "*" } else { " " };
    page.line(format_args!(
        "{default} {:<24} {:<10} {:>9}  {}, {}",
        model.id,
        model.state.replace('-', " "),
        bytes(model.bytes),
        model.title,
        model.licence
    ))?;
    let remarks = [&model.reason, &model.notice];
    remarks.into_iter().flatten().try_for_each(|remark| page.line(format_args!("    {remark}")))
}
