//! The strings a shell holds on a running job.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

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
        let mut paused = self.shared.paused.lock().unwrap_or_else(PoisonError::into_inner);
        while *paused && !self.is_cancelled() {
            paused = self
                .shared
                .changed
                .wait_timeout(paused, std::time::Duration::from_millis(200))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        !self.is_cancelled()
    }

    fn set_paused(&self, paused: bool) {
        *self.shared.paused.lock().unwrap_or_else(PoisonError::into_inner) = paused;
        self.shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paused_job_waits_until_it_is_resumed() {
        let control = JobControl::default();
        control.pause();
        let worker = std::thread::spawn({
            let control = control.clone();
            move || control.proceed()
        });
        assert!(control.is_paused() && !worker.is_finished());
        control.resume();
        assert!(worker.join().unwrap());
    }

    #[test]
    fn cancelling_frees_a_paused_job() {
        let control = JobControl::default();
        control.pause();
        control.cancel();
        assert!(!control.proceed());
    }
}
