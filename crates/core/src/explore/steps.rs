//! How far a long piece of work is, and whether it may go on.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};
use crate::indexing::JobControl;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Small pictures are read for their fingerprints.
    Reading,
    /// Every photo is compared with every other.
    Comparing,
    /// Pairs that may show the same are looked at.
    Confirming,
    /// Photos are sorted into groups.
    Grouping,
    /// Words are found for groups.
    Naming,
    /// Photos find their places on the map.
    Laying,
}

impl Stage {
    /// The word for it, as programs know it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reading => "hashing",
            Self::Comparing => "neighbours",
            Self::Confirming => "confirming",
            Self::Grouping => "clustering",
            Self::Naming => "naming",
            Self::Laying => "projecting",
        }
    }
}

/// A sample of the progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is being done.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// How much there is of it.
    pub total: u64,
}

/// The strings on a piece of work: it asks whether to go on, and tells how far it is. Shared by the threads that work.
pub struct Steps<'a> {
    control: &'a JobControl,
    told: &'a (dyn Fn(Step) + Sync),
}

impl<'a> Steps<'a> {
    /// Work that `control` ends, and that tells `told` how far it is, from any thread.
    pub fn new(control: &'a JobControl, told: &'a (dyn Fn(Step) + Sync)) -> Self {
        Self { control, told }
    }

    /// # Errors
    /// [`Error::Cancelled`] when the work has been cancelled.
    pub fn go_on(&self) -> Result<()> {
        if self.control.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// A stage of `total` parts begins.
    pub(crate) fn begin(&self, stage: Stage, total: usize) -> Counter<'_> {
        let total = total as u64;
        (self.told)(Step { stage, done: 0, total });
        Counter { steps: self, stage, total, done: AtomicU64::new(0) }
    }
}

/// Counts the parts of a stage.
pub(crate) struct Counter<'a> {
    steps: &'a Steps<'a>,
    stage: Stage,
    total: u64,
    done: AtomicU64,
}

impl Counter<'_> {
    /// So many parts are done.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the work has been cancelled.
    pub(crate) fn add(&self, parts: usize) -> Result<()> {
        let done = self.done.fetch_add(parts as u64, Ordering::AcqRel) + parts as u64;
        (self.steps.told)(Step { stage: self.stage, done, total: self.total });
        self.steps.go_on()
    }

    /// Looks whether to go on, with nothing new to tell.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the work has been cancelled.
    pub(crate) fn go_on(&self) -> Result<()> {
        self.steps.go_on()
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// Does `work` with nobody who watches or stops it.
    pub(crate) fn unwatched<T>(work: impl FnOnce(&Steps<'_>) -> T) -> T {
        work(&Steps::new(&JobControl::default(), &|_| {}))
    }
}
