//! Ctrl-C: the first one asks a job to stop at a good place, the second one ends the program.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit_code::ExitCode;
use crate::progress::tell;

/// From now on an interrupt calls `cancel`, once. The termination and hang-up signals count as interrupts.
///
/// A program that cannot be told of signals still works: then an interrupt ends it at once, and the next run goes
/// on from the last batch that was written.
pub(crate) fn on_interrupt(cancel: impl Fn() + Send + 'static) {
    let interrupted = AtomicBool::new(false);
    let handler = move || {
        if interrupted.swap(true, Ordering::AcqRel) {
            std::process::exit(ExitCode::Interrupted.number().into());
        }
        cancel();
        tell("\nFinishing what is at hand. Interrupt once more to end at once.");
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        tracing::warn!("interrupts end this program at once: {error}");
    }
}
