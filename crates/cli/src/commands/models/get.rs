//! `kindred models get ID`: downloads a model.

use kindred_core::JobControl;

use super::words;
use crate::context::Context;
use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::progress::{ProgressView, tell};

pub(crate) fn run(id: &str, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let models = library.models();
    // Before the download: it may be a reason not to want it.
    models.status(id)?.notice.iter().for_each(|notice| tell(&format!("{id}: {notice}")));
    let control = JobControl::default();
    on_interrupt({
        let control = control.clone();
        move || control.cancel()
    });
    let mut view = ProgressView::new();
    let got = models.get(id, control.flag(), &mut |progress| view.transfer(&progress));
    view.finish();
    let model = got.map_err(|error| {
        Failure::from(error).going_on(|| {
            let again = context.command(&format!("models get {id}"));
            format!("Interrupted. What was received is kept; `{again}` goes on from here.")
        })
    })?;
    context.output.answer(&model, |page| words(page, &model))?;
    Ok(())
}
