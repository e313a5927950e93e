//! Of the questions that a page asks while its user types, only the latest counts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::values::{By, CommandError, Result};

/// The latest question of each kind.
#[derive(Default)]
pub(crate) struct Questions {
    search: Latest,
    meaning: Latest,
    look: Latest,
    face: Latest,
}

/// The latest ticket, and the flag that its questions look at.
#[derive(Default)]
struct Latest(Mutex<(u64, Arc<AtomicBool>)>);

impl Questions {
    /// A search begins. The flag is set when a newer one takes its place.
    ///
    /// # Errors
    /// A newer one has been asked already.
    pub(crate) fn search(&self, ticket: u64) -> Result<Arc<AtomicBool>> {
        self.search.take(ticket)
    }

    /// A question about likeness begins, as [`Self::search`]. The kinds of likeness do not touch each other.
    pub(crate) fn similar(&self, by: By, ticket: u64) -> Result<Arc<AtomicBool>> {
        match by {
            By::Meaning => self.meaning.take(ticket),
            By::Look => self.look.take(ticket),
            By::Face => self.face.take(ticket),
        }
    }

    /// A new page counts its tickets from the start.
    pub(crate) fn begin_again(&self) {
        for latest in [&self.search, &self.meaning, &self.look, &self.face] {
            latest.reset();
        }
    }
}

impl Latest {
    /// Pages of one answer have one ticket and leave each other alone.
    fn take(&self, ticket: u64) -> Result<Arc<AtomicBool>> {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ticket < latest.0 {
            return Err(CommandError::superseded());
        }
        if ticket > latest.0 {
            latest.1.store(true, Ordering::Release);
            *latest = (ticket, Arc::default());
        }
        Ok(Arc::clone(&latest.1))
    }

    fn reset(&self) {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest.1.store(true, Ordering::Release);
        *latest = Default::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_question_ends_an_older_one_of_its_kind() {
        let questions = Questions::default();
        let first = questions.search(1).unwrap();
        let other = questions.similar(By::Look, 1).unwrap();
        let page = questions.search(1).unwrap();
        assert!(!first.load(Ordering::Acquire) && !page.load(Ordering::Acquire));
        let second = questions.search(2).unwrap();
        assert!(first.load(Ordering::Acquire) && page.load(Ordering::Acquire));
        assert!(!second.load(Ordering::Acquire) && !other.load(Ordering::Acquire));
        assert_eq!(questions.search(1).unwrap_err().code, "superseded");
        questions.begin_again();
        assert!(second.load(Ordering::Acquire) && other.load(Ordering::Acquire));
        assert!(!questions.search(1).unwrap().load(Ordering::Acquire));
    }
}
