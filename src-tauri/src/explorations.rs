//! What is being explored, and how it is ended.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use kindred_core::JobControl;

/// Explorations by their tickets. Several of one ticket are ended together.
#[derive(Default)]
pub(crate) struct Explorations(Mutex<HashMap<u64, Weak<JobControl>>>);

impl Explorations {
    /// An exploration begins. It is over when what this gives is dropped.
    pub(crate) fn begin(&self, ticket: u64) -> Arc<JobControl> {
        let mut running = self.lock();
        running.retain(|_, control| control.strong_count() > 0);
        if let Some(control) =
            running.get(&ticket).and_then(Weak::upgrade).filter(|control| !control.is_cancelled())
        {
            return control;
        }
        let control = Arc::new(JobControl::default());
        running.insert(ticket, Arc::downgrade(&control));
        control
    }

    /// Ends the explorations of a ticket; of one that is over or never began nothing is left to do.
    pub(crate) fn cancel(&self, ticket: u64) {
        if let Some(control) = self.lock().remove(&ticket).as_ref().and_then(Weak::upgrade) {
            control.cancel();
        }
    }

    /// Ends all: a page that is loaded anew waits for none of them.
    pub(crate) fn cancel_all(&self) {
        self.lock().drain().filter_map(|(_, control)| control.upgrade()).for_each(|control| control.cancel());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Weak<JobControl>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_ends_its_own_explorations_and_no_others() {
        let explorations = Explorations::default();
        let (one, same, other) = (explorations.begin(1), explorations.begin(1), explorations.begin(2));
        explorations.cancel(1);
        explorations.cancel(7);
        assert!(one.is_cancelled() && same.is_cancelled() && !other.is_cancelled());
        assert!(!explorations.begin(1).is_cancelled(), "the next one of the ticket is a new one");
        explorations.cancel_all();
        assert!(other.is_cancelled());
    }
}
