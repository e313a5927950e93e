//! How far a download or an import is, and how fast it goes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::error::DownloadFailure;

/// Reports come no more often than this, unless the phase changes.
pub(super) const INTERVAL: Duration = Duration::from_millis(100);

/// The speed is the mean over this long: short enough to follow a change, long enough not to flicker.
const WINDOW: Duration = Duration::from_secs(5);

/// A report of a running download or import. Bytes count over all files of the model that are being fetched.
#[derive(Debug, Clone, PartialEq)]
pub struct DownloadProgress {
    /// What is going on.
    pub phase: DownloadPhase,
    /// The file at hand.
    pub file: String,
    /// Bytes that are here, those of earlier tries included.
    pub bytes_done: u64,
    /// Bytes that will be here at the end.
    pub bytes_total: u64,
    /// Bytes per second over the last seconds; 0 unless receiving.
    pub bytes_per_second: u64,
    /// Seconds to go at that speed; `None` while there is no speed.
    pub seconds_left: Option<u64>,
}

/// What a download is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum DownloadPhase {
    /// Another program is changing the same model's files; waiting for it to be done.
    Waiting,
    /// Reading again what an earlier try left behind.
    Checking,
    /// Asking the server.
    Connecting,
    /// Bytes are coming in.
    Receiving,
    /// Something went wrong; waiting before the next try.
    Retrying {
        /// What went wrong.
        failure: DownloadFailure,
        /// How long the wait is.
        wait: Duration,
    },
}

/// Counts bytes, measures the speed and keeps the reports from coming too often.
pub(crate) struct ProgressMeter {
    total: u64,
    /// Bytes of the files before this one.
    before: u64,
    file: String,
    in_file: u64,
    phase: Option<DownloadPhase>,
    reported: Option<Instant>,
    /// Something was noted since that was not reported.
    is_behind: bool,
    samples: VecDeque<(Instant, u64)>,
}

impl ProgressMeter {
    /// A meter for `total` bytes.
    pub(crate) fn new(total: u64) -> Self {
        Self {
            total,
            before: 0,
            file: String::new(),
            in_file: 0,
            phase: None,
            reported: None,
            is_behind: false,
            samples: VecDeque::new(),
        }
    }

    /// Turns to the file called `name`, which comes after `before` bytes of other files.
    pub(crate) fn begin_file(&mut self, name: &str, before: u64) {
        name.clone_into(&mut self.file);
        self.before = before;
        self.in_file = 0;
        self.samples.clear();
    }

    /// Notes that the file at hand has `in_file` bytes, and reports if it is time to.
    pub(crate) fn advance_to<P: FnMut(DownloadProgress) + ?Sized>(
        &mut self,
        in_file: u64,
        phase: DownloadPhase,
        sink: &mut P,
    ) {
        let now = Instant::now();
        let new_phase = self.phase.as_ref() != Some(&phase);
        // Bytes that were here before, and bytes that are fetched again, are no speed.
        if new_phase || in_file < self.in_file {
            self.samples.clear();
        }
        self.in_file = in_file;
        self.samples.push_back((now, in_file));
        while self.samples.len() > 2 && now - self.samples[0].0 > WINDOW {
            self.samples.pop_front();
        }
        let finished = self.before + in_file >= self.total;
        self.is_behind = !(new_phase || finished || self.reported.is_none_or(|at| now - at >= INTERVAL));
        if !self.is_behind {
            self.reported = Some(now);
            self.phase = Some(phase.clone());
            sink(self.snapshot(phase));
        }
    }

    /// Something was noted that came too soon after a report. Who waits for more catches up after [`INTERVAL`].
    pub(super) fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// Reports what was noted since the last report.
    pub(super) fn catch_up<P: FnMut(DownloadProgress) + ?Sized>(&mut self, sink: &mut P) {
        if let Some(phase) = self.phase.clone().filter(|_| self.is_behind) {
            self.is_behind = false;
            self.reported = Some(Instant::now());
            sink(self.snapshot(phase));
        }
    }

    /// Reports another phase without progress.
    pub(crate) fn enter<P: FnMut(DownloadProgress) + ?Sized>(&mut self, phase: DownloadPhase, sink: &mut P) {
        self.advance_to(self.in_file, phase, sink);
    }

    fn snapshot(&self, phase: DownloadPhase) -> DownloadProgress {
        let bytes_done = self.before + self.in_file;
        let bytes_per_second = if phase == DownloadPhase::Receiving { self.speed() } else { 0 };
        DownloadProgress {
            phase,
            file: self.file.clone(),
            bytes_done,
            bytes_total: self.total,
            bytes_per_second,
            seconds_left: self.total.saturating_sub(bytes_done).checked_div(bytes_per_second),
        }
    }

    fn speed(&self) -> u64 {
        let (Some(first), Some(last)) = (self.samples.front(), self.samples.back()) else { return 0 };
        let millis = (last.0 - first.0).as_millis().try_into().unwrap_or(u64::MAX);
        ((last.1 - first.1) * 1000).checked_div(millis).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_come_at_phase_changes_and_at_the_end_but_not_for_every_chunk() {
        let mut meter = ProgressMeter::new(1000);
        meter.begin_file("w", 0);
        let mut reports = Vec::new();
        let mut sink = |p: DownloadProgress| reports.push((p.phase, p.bytes_done));
        meter.enter(DownloadPhase::Connecting, &mut sink);
        for n in 1..=1000 {
            meter.advance_to(n, DownloadPhase::Receiving, &mut sink);
        }
        assert!(reports.len() < 20, "{}", reports.len());
        assert_eq!(reports[0], (DownloadPhase::Connecting, 0));
        assert_eq!(reports[1], (DownloadPhase::Receiving, 1));
        assert_eq!(*reports.last().unwrap(), (DownloadPhase::Receiving, 1000));
    }

    #[test]
    fn what_came_too_soon_after_a_report_is_caught_up_with_once() {
        let mut meter = ProgressMeter::new(1000);
        let mut reports = Vec::new();
        let mut sink = |p: DownloadProgress| reports.push(p.bytes_done);
        meter.advance_to(0, DownloadPhase::Receiving, &mut sink);
        assert!(!meter.is_behind());
        meter.advance_to(10, DownloadPhase::Receiving, &mut sink);
        assert!(meter.is_behind());
        meter.catch_up(&mut sink);
        meter.catch_up(&mut sink);
        assert_eq!((reports, meter.is_behind()), (vec![0, 10], false));
    }

    #[test]
    fn speed_counts_only_bytes_received_now() {
        let mut meter = ProgressMeter::new(3_000_000);
        meter.begin_file("w", 0);
        let mut last = None;
        let mut sink = |p| last = Some(p);
        meter.advance_to(1_000_000, DownloadPhase::Checking, &mut sink);
        meter.advance_to(1_000_000, DownloadPhase::Receiving, &mut sink);
        std::thread::sleep(Duration::from_millis(120));
        meter.advance_to(1_012_000, DownloadPhase::Receiving, &mut sink);
        let report = last.unwrap();
        assert!((1..=100_000).contains(&report.bytes_per_second), "{report:?}");
        assert!(report.seconds_left.is_some());
    }
}
