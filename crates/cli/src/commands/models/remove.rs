//! `kindred models remove ID`: deletes a model's files. Vectors made with it stay.

use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::wording;

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    /// Bytes that became free.
    bytes: u64,
}

pub(crate) fn run(id: &str, context: &Context) -> Result<(), Failure> {
    let bytes = context.library()?.models().remove(id)?;
    let freed = wording::bytes(bytes);
    context.output.answer(&Answer { id, bytes }, |page| page.line(format_args!("{id}: {freed} freed")))?;
    Ok(())
}
