//! How far a job is: a bar on a terminal, now and then a line elsewhere. Both on the standard error.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use kindred_core::{DownloadPhase, DownloadProgress, Phase, Progress};

use crate::output::{Page, printable};
use crate::wording::{bytes, duration, grouped};

/// Between two lines where nobody watches a bar.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shows the progress of one job.
pub(crate) enum ProgressView {
    Bar { bar: ProgressBar, phase: Option<Phase> },
    Lines { phase: Option<Phase>, written: Option<Instant> },
}

impl ProgressView {
    pub(crate) fn new() -> Self {
        if io::stderr().is_terminal() {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(120));
            Self::Bar { bar, phase: None }
        } else {
            Self::Lines { phase: None, written: None }
        }
    }

    /// Takes a sample of an indexing job.
    pub(crate) fn indexing(&mut self, progress: &Progress) {
        match self {
            Self::Bar { bar, phase } => {
                if *phase != Some(progress.phase) {
                    *phase = Some(progress.phase);
                    bar.set_style(style(progress.phase == Phase::Indexing));
                }
                if let Some(message) = &progress.message {
                    bar.println(printable(message));
                }
                bar.set_length(progress.total);
                bar.set_position(progress.done);
                bar.set_message(if progress.phase == Phase::Indexing {
                    pace(progress)
                } else {
                    line(progress)
                });
            }
            Self::Lines { phase, written } => {
                if let Some(message) = &progress.message {
                    tell(message);
                }
                let news = *phase != Some(progress.phase);
                if news || written.is_none_or(|at| at.elapsed() >= LINE_EVERY) {
                    (*phase, *written) = (Some(progress.phase), Some(Instant::now()));
                    tell(&line(progress));
                }
            }
        }
    }

    /// Takes a sample of a download or an import.
    pub(crate) fn transfer(&mut self, progress: &DownloadProgress) {
        let line = transfer_line(progress);
        match self {
            Self::Bar { bar, .. } => bar.set_message(printable(&line)),
            Self::Lines { written, .. } => {
                let trouble = matches!(progress.phase, DownloadPhase::Retrying { .. });
                if trouble || written.is_none_or(|at| at.elapsed() >= LINE_EVERY) {
                    *written = Some(Instant::now());
                    tell(&line);
                }
            }
        }
    }

    /// Clears the bar, so that the answer stands alone.
    pub(crate) fn finish(self) {
        if let Self::Bar { bar, .. } = self {
            bar.finish_and_clear();
        }
    }
}

/// A line on the standard error. Nobody reading it is no reason to stop.
pub(crate) fn tell(line: &str) {
    let mut stderr = io::stderr().lock();
    let terminal = stderr.is_terminal();
    let _ = Page::new(&mut stderr, terminal).line(line);
}

fn style(with_bar: bool) -> ProgressStyle {
    let template = if with_bar { "{bar:32} {pos}/{len}  {msg}" } else { "{spinner} {msg}" };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn line(progress: &Progress) -> String {
    match progress.phase {
        Phase::Waiting => "waiting for another program that works on this library".to_owned(),
        Phase::Scanning => format!("looking through the folders: {} found", grouped(progress.found)),
        Phase::LoadingModels => "loading the networks".to_owned(),
        Phase::Indexing => {
            format!("indexing: {} of {}  {}", grouped(progress.done), grouped(progress.total), pace(progress))
        }
        Phase::Finishing => "finishing".to_owned(),
    }
}

fn pace(progress: &Progress) -> String {
    let mut words = vec![format!("{:.1}/s", progress.rate)];
    words.extend(progress.seconds_left.map(|seconds| format!("{} left", duration(seconds))));
    if progress.failed > 0 {
        words.push(format!("{} failed", grouped(progress.failed)));
    }
    words.join(", ")
}

fn transfer_line(progress: &DownloadProgress) -> String {
    let file = &progress.file;
    let so_far = format!("{file}: {} of {}", bytes(progress.bytes_done), bytes(progress.bytes_total));
    match &progress.phase {
        DownloadPhase::Waiting => "waiting for another program that works on this model".to_owned(),
        DownloadPhase::Checking => format!("{so_far} checked"),
        DownloadPhase::Connecting => format!("{file}: connecting"),
        DownloadPhase::Receiving => {
            let speed = format!("{so_far}, {}/s", bytes(progress.bytes_per_second));
            let left = progress.seconds_left.map(|seconds| format!(", {} left", duration(seconds as f64)));
            speed + &left.unwrap_or_default()
        }
        DownloadPhase::Retrying { failure, wait } => {
            format!("{file}: {failure}; trying again in {}", duration(wait.as_secs_f64()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_done_rate_time_left_and_failures() {
        let progress = Progress {
            phase: Phase::Indexing,
            total: 2000,
            done: 1200,
            failed: 3,
            rate: 8.25,
            seconds_left: Some(97.0),
            ..Progress::default()
        };
        assert_eq!(line(&progress), "indexing: 1,200 of 2,000  8.2/s, 1 min 37 s left, 3 failed");
    }
}
