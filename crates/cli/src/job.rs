//! Work that may take long, or wait long for another program.

use kindred_core::{JobControl, Progress, Result};

use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::progress::ProgressView;

/// Does `work` while its progress is shown and an interrupt asks it to stop. At most once in a run of the program.
pub(crate) fn run_job<T>(
    work: impl FnOnce(&JobControl, &mut dyn FnMut(&Progress)) -> Result<T>,
) -> Result<T, Failure> {
    let control = JobControl::default();
    on_interrupt({
        let control = control.clone();
        move || control.cancel()
    });
    let mut view = ProgressView::new();
    let done = work(&control, &mut |progress| view.indexing(progress));
    view.finish();
    Ok(done?)
}
