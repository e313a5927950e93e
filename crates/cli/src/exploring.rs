//! How far exploring is: a bar on a terminal, now and then a line elsewhere. Both on the standard error.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use kindred_core::{JobControl, Result, Stage, Step};

use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::progress::tell;
use crate::wording::grouped;

/// Between two lines where nobody watches a bar; what is done sooner needs none.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Does `work` while its progress is shown and an interrupt asks it to stop. At most once in a run of the program.
pub(crate) fn explore<T>(
    work: impl FnOnce(&JobControl, &(dyn Fn(Step) + Sync)) -> Result<T>,
) -> std::result::Result<T, Failure> {
    let control = JobControl::default();
    on_interrupt({
        let control = control.clone();
        move || control.cancel()
    });
    let bar = io::stderr().is_terminal().then(|| {
        let style = ProgressStyle::with_template("{msg} {bar:32} {pos}/{len}");
        ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    });
    let written = Mutex::new(Instant::now());
    let done = work(&control, &|step| match &bar {
        Some(bar) => {
            bar.set_message(words(step.stage));
            bar.set_length(step.total);
            bar.set_position(step.done);
        }
        None => {
            let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
            if written.elapsed() >= LINE_EVERY {
                *written = Instant::now();
                tell(&format!("{}: {} of {}", words(step.stage), grouped(step.done), grouped(step.total)));
            }
        }
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    Ok(done?)
}

const fn words(stage: Stage) -> &'static str {
    match stage {
        Stage::Reading => "reading small pictures",
        Stage::Comparing => "comparing photos",
        Stage::Confirming => "looking at pairs",
        Stage::Grouping => "grouping photos",
        Stage::Naming => "finding words",
        Stage::Laying => "laying out the map",
    }
}
