//! `kindred models import ID FILE`: takes a file that was fetched by other means.

use std::path::Path;

use super::words;
use crate::context::Context;
use crate::failure::Failure;
use crate::progress::ProgressView;

pub(crate) fn run(id: &str, file: &Path, context: &Context) -> Result<(), Failure> {
    let mut view = ProgressView::new();
    let taken = context.library()?.models().import(id, file, &mut |progress| view.transfer(&progress));
    view.finish();
    let model = taken?;
    context.output.answer(&model, |page| words(page, &model))?;
    Ok(())
}
