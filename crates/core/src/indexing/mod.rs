//! The indexing job: decode on all cores, infer on one thread, write one transaction a batch.
//!
//! ```text
//! work list ─► decoders (a thread a core) ─► bounded ─► inference (one thread, owns the device) ─► bounded ─► writer
//! ```
//!
//! The writer is the caller's own thread, so the catalog has one writer and needs no lock. Both channels hold a
//! few batches at most: a slow stage holds the ones before it back, and memory stays flat.

mod control;
mod decode;
mod faces;
mod infer;
mod progress;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded, unbounded};
use kindred_models::ImageEmbedder;

pub use control::JobControl;
pub(crate) use decode::{DecodeOutcome, KnownBy};
pub(crate) use faces::{CutFace, FaceNetworks, LONGEST as FACES_LONGEST_SIDE};
pub(crate) use infer::EmbeddedPhoto;
pub(crate) use progress::RateMeter;
pub use progress::{Phase, Progress};

use crate::catalog::PendingPhoto;
use crate::error::Result;
use crate::media::{Caps, MemoryBudget, Thumbnails};
use decode::Decoder;

/// How often a waiting writer looks up, and so how often progress is told: ten times a second at most.
const TICK: Duration = Duration::from_millis(100);

/// A network of a job, and which of the job's vectors it makes. It looks at a photo once for all of them.
pub(crate) struct Network {
    pub embedder: Arc<ImageEmbedder>,
    pub vectors: Vec<Wanted>,
}

/// One of the vectors that a job gives to every photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Which output of its network it is.
    pub output: usize,
    /// Its place among the vectors of the job.
    pub place: usize,
}

/// What the stages work with.
pub(crate) struct Pipeline<'a> {
    pub networks: &'a [Network],
    /// Those that find faces, if faces are looked for.
    pub faces: Option<&'a FaceNetworks>,
    pub thumbnails: &'a Thumbnails,
    pub known: KnownBy<'a>,
    pub memory: &'a MemoryBudget,
    pub control: &'a JobControl,
}

/// What one written batch came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub indexed: u64,
    pub failed: u64,
    pub out_of_reach: u64,
}

impl Tally {
    pub(crate) fn done(&self) -> u64 {
        self.indexed + self.failed + self.out_of_reach
    }

    fn add(&mut self, other: Self) {
        self.indexed += other.indexed;
        self.failed += other.failed;
        self.out_of_reach += other.out_of_reach;
    }
}

impl Pipeline<'_> {
    /// Does `work` until its end or until the job is cancelled; `write` stores a batch, `told` hears the tally so
    /// far at most ten times a second.
    ///
    /// # Errors
    /// A network that cannot go on, a thumbnail that cannot be written, and the errors of `write`. Each ends all stages
    /// at once, a held job's too. What was written before stays.
    pub(crate) fn run(
        &self,
        work: Vec<PendingPhoto>,
        mut write: impl FnMut(Vec<EmbeddedPhoto>) -> Result<Tally>,
        mut told: impl FnMut(Tally),
    ) -> Result<Tally> {
        let workers = thread::available_parallelism().map_or(2, usize::from);
        let batch = batch_size(self.networks);
        let (work_in, work_out) = unbounded();
        for item in work {
            // The receiving end is alive in this very function.
            let _ = work_in.send(item);
        }
        drop(work_in);
        let (decoded_in, decoded_out) = bounded(batch + workers);
        let (embedded_in, embedded_out) = bounded(2);
        let ended = AtomicBool::new(false);

        thread::scope(|scope| {
            for _ in 0..workers {
                let (work_out, decoded_in) = (work_out.clone(), decoded_in.clone());
                // An error needs no network: it goes straight to the writer.
                let embedded_in = embedded_in.clone();
                let decoder = Decoder {
                    networks: self.networks,
                    faces: self.faces,
                    thumbnails: self.thumbnails,
                    known: self.known,
                    memory: self.memory,
                    caps: Caps::of_machine(),
                };
                let ended = &ended;
                scope.spawn(move || {
                    for item in work_out {
                        if !self.control.proceed_unless(ended) {
                            return;
                        }
                        let passed = match decoder.decode(item) {
                            Ok(photo) => decoded_in.send(photo).is_ok(),
                            Err(error) => {
                                let _ = embedded_in.send(Err(error));
                                false
                            }
                        };
                        if !passed {
                            return;
                        }
                    }
                });
            }
            drop(decoded_in);
            let ended = &ended;
            scope.spawn(move || {
                infer::infer(self.networks, self.faces, &decoded_out, &embedded_in, self.control, ended);
            });

            let done = drain(embedded_out, &mut write, &mut told);
            ended.store(true, Ordering::Release);
            done
        })
    }
}

/// Photos that are handed to the networks at once.
fn batch_size(networks: &[Network]) -> usize {
    networks.iter().map(|network| network.embedder.batch_size()).max().unwrap_or(16)
}

/// Writes batches until there are no more. Takes the channel's end, so that an error here closes it and lets the
/// stages before it stop.
fn drain(
    batches: Receiver<Result<Vec<EmbeddedPhoto>>>,
    write: &mut dyn FnMut(Vec<EmbeddedPhoto>) -> Result<Tally>,
    told: &mut dyn FnMut(Tally),
) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut told_at = Instant::now();
    loop {
        match batches.recv_timeout(TICK) {
            Ok(photos) => tally.add(write(photos?)?),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(tally),
        }
        if told_at.elapsed() >= TICK {
            told(tally);
            told_at = Instant::now();
        }
    }
}
