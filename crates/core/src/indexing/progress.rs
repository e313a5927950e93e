//! How far a job is.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::Serialize;

/// What the job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Waiting for another program that writes to the library.
    #[default]
    Waiting,
    /// Looking through the folders.
    Scanning,
    /// Reading the networks' weights, and starting the device.
    LoadingModels,
    /// Decoding and embedding photos.
    Indexing,
    /// Writing what is left.
    Finishing,
}

/// A sample of a job's counters.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Progress {
    /// What the job is doing.
    pub phase: Phase,
    /// Photo files found so far.
    pub found: u64,
    /// Photos to do in this job.
    pub total: u64,
    /// Photos done, failed ones included.
    pub done: u64,
    /// Photos that could not be read.
    pub failed: u64,
    /// Photos a second, over the last half minute.
    pub rate: f64,
    /// Expected time to the end, in seconds.
    pub seconds_left: Option<f64>,
    /// Something worth telling now: who holds the library, or what the networks run on.
    pub message: Option<String>,
}

/// Photos a second over a sliding window, so that a slow start does not spoil the estimate.
#[derive(Debug)]
pub(crate) struct RateMeter {
    window: Duration,
    samples: VecDeque<(Instant, u64)>,
}

impl RateMeter {
    pub(crate) fn new(start: Instant) -> Self {
        Self { window: Duration::from_secs(30), samples: VecDeque::from([(start, 0)]) }
    }

    /// Takes a count at a time; gives the rate since the window's start.
    pub(crate) fn rate(&mut self, now: Instant, done: u64) -> f64 {
        self.samples.push_back((now, done));
        while self.samples.len() > 2 && now.duration_since(self.samples[1].0) > self.window {
            self.samples.pop_front();
        }
        let (since, before) = self.samples[0];
        let seconds = now.duration_since(since).as_secs_f64();
        if seconds > 0.0 { (done - before) as f64 / seconds } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_forgets_a_slow_start() {
        let start = Instant::now();
        let mut meter = RateMeter::new(start);
        let at = |s: u64| start + Duration::from_secs(s);
        assert_eq!(meter.rate(at(10), 10), 1.0);
        for s in 11..=100 {
            meter.rate(at(s), 10 + (s - 10) * 5);
        }
        assert!((meter.rate(at(101), 10 + 91 * 5) - 5.0).abs() < 0.2);
    }
}
