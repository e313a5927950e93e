//! The strings a shell holds on a running job.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How often a held job looks whether it has ended; cancelling and resuming wake it at once.
const LOOK_UP: Duration = Duration::from_millis(50);

/// Cancels, pauses and resumes a job. Clones hold the same strings.
#[derive(Debug, Clone, Default)]
pub struct JobControl {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    cancelled: AtomicBool,
    paused: Mutex<bool>,
    changed: Condvar,
}

impl JobControl {
    /// Ends the job after the batch at hand.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::Release);
        self.shared.changed.notify_all();
    }

    /// The job has been cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.shared.cancelled.load(Ordering::Acquire)
    }

    /// The flag behind [`Self::is_cancelled`], for code that takes a plain flag.
    pub fn flag(&self) -> &AtomicBool {
        &self.shared.cancelled
    }

    /// Holds the job after the batch at hand.
    pub fn pause(&self) {
        self.set_paused(true);
    }

    /// Lets a held job go on.
    pub fn resume(&self) {
        self.set_paused(false);
    }

    /// The job is held.
    pub fn is_paused(&self) -> bool {
        *self.shared.paused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while the job is held; true when it may go on, false when it has been cancelled.
    pub fn proceed(&self) -> bool {
        self.proceed_unless(&AtomicBool::new(false))
    }

    /// [`Self::proceed`] for one stage of a job; false also when `ended` says that another stage has given up.
    pub(crate) fn proceed_unless(&self, ended: &AtomicBool) -> bool {
        let stopped = || self.is_cancelled() || ended.load(Ordering::Acquire);
        let mut paused = self.shared.paused.lock().unwrap_or_else(PoisonError::into_inner);
        while *paused && !stopped() {
            paused =
                self.shared.changed.wait_timeout(paused, LOOK_UP).unwrap_or_else(PoisonError::into_inner).0;
        }
        !stopped()
    }

    fn set_paused(&self, paused: bool) {
        *self.shared.paused.lock().unwrap_or_else(PoisonError::into_inner) = paused;
        self.shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{RecvTimeoutError, channel};

    use super::*;

    #[test]
    fn a_paused_job_waits_until_it_is_resumed() {
        let control = JobControl::default();
        control.pause();
        let (proceeds, proceeded) = channel();
        let held = control.clone();
        std::thread::spawn(move || proceeds.send(held.proceed()));
        assert_eq!(proceeded.recv_timeout(3 * LOOK_UP), Err(RecvTimeoutError::Timeout));
        control.resume();
        assert_eq!(proceeded.recv(), Ok(true));
    }

    #[test]
    fn a_stage_that_is_held_ends_with_the_others() {
        let control = JobControl::default();
        control.pause();
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let stage = scope.spawn(|| control.proceed_unless(&ended));
            ended.store(true, Ordering::Release);
            assert!(!stage.join().unwrap());
        });
    }

    #[test]
    fn cancelling_frees_a_paused_job() {
        let control = JobControl::default();
        control.pause();
        control.cancel();
        assert!(!control.proceed());
    }
}
