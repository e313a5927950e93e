//! A network on the device in use, with the way back to the CPU.

use std::any::Any;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::tensor::Tensor;

use super::canary::Canary;
use crate::device::{Compute, DeviceKind};
use crate::error::ModelError;
use crate::info::ModelInfo;
use crate::place::Place;

type Forward<N> = Box<dyn Fn(&N, usize) -> Tensor<2>>;
type Read<N> = Box<dyn Fn(&Place) -> Result<N, ModelError> + Send + Sync>;

/// What a GPU compiles and tunes kernels for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    /// Computed at once.
    pub(crate) inputs: usize,
    /// Of each input: tokens, or pixels of a side.
    pub(crate) length: usize,
}

impl Shape {
    /// For a GPU, `inputs` stand alone or are filled up to a batch of `full`: every other number would cost seconds of shader
    /// compilation.
    pub(super) fn on_gpu(inputs: usize, full: usize, length: usize) -> Self {
        Self { inputs: if inputs > 1 { full } else { inputs }, length }
    }
}

/// A known input, which a GPU has to answer alone and in a full batch before it is believed.
pub(crate) struct Probe<N> {
    /// The full batch.
    pub(crate) batch: Shape,
    /// `[copies, width]`: the answers to so many copies of the input, computed at once.
    pub(crate) forward: Forward<N>,
}

/// A network that moves to the CPU when the GPU fails, and answers what the GPU could not.
pub(crate) struct Placed<N> {
    id: String,
    /// Numbers of a row of the answer.
    width: usize,
    compute: Compute,
    read: Read<N>,
    current: Mutex<Current<N>>,
}

struct Current<N> {
    network: Arc<N>,
    on_gpu: bool,
    /// What the GPU has computed with this network before.
    used: HashSet<Shape>,
}

impl<N: Send + Sync> Placed<N> {
    /// Reads the network onto the device of `compute`.
    ///
    /// A GPU has to pass `probe` first: its answers are compared with the CPU's. When they differ, or the GPU fails, `compute` falls
    /// back to the CPU for the rest of the process; with a GPU that computed wrong numbers so do later starts.
    ///
    /// # Errors
    /// [`ModelError::NoGpu`] when the GPU fails and was demanded, and what `read` returns for the CPU.
    pub(crate) fn load(
        info: &ModelInfo,
        compute: &Compute,
        canary: &Canary,
        probe: &Probe<N>,
        read: impl Fn(&Place) -> Result<N, ModelError> + Send + Sync + 'static,
    ) -> Result<Self, ModelError> {
        let trial = Trial { compute, canary, probe, read: &read };
        let started = match compute.report().kind {
            DeviceKind::Gpu => {
                // Drivers crash where they meet new shaders: the next start must know what killed this one.
                let _sentinel = compute.guard_first_use(&computing_with(&info.id));
                trial.start()?
            }
            DeviceKind::Cpu => Started::Failed { reason: None, on_cpu: None },
        };
        let current = match started {
            Started::Passed(network) => {
                let alone = Shape { inputs: 1, ..probe.batch };
                Current {
                    network: Arc::new(network),
                    on_gpu: true,
                    used: HashSet::from([alone, probe.batch]),
                }
            }
            Started::Failed { reason, on_cpu } => {
                if let Some(reason) = reason {
                    compute.give_up_gpu(failed_with(&info.id, &reason))?;
                }
                Current::on_cpu(on_cpu.map_or_else(|| read(&Place::cpu()), Ok)?)
            }
        };
        Ok(Self {
            id: info.id.clone(),
            width: canary.width(),
            compute: compute.clone(),
            read: Box::new(read),
            current: Mutex::new(current),
        })
    }

    /// Whether the next answer comes from the GPU.
    pub(super) fn is_on_gpu(&self) -> bool {
        self.lock().on_gpu && self.compute.report().kind == DeviceKind::Gpu
    }

    /// The rows that `job` computes, one after the other. `job` is told whether it runs on the GPU, where it takes these `shapes`, and
    /// runs again on the CPU when the GPU fails.
    ///
    /// # Errors
    /// [`ModelError::Inference`] when the CPU fails too, [`ModelError::NotFinite`] when its answer is no number, and what reading the
    /// network returns when it has to move.
    pub(crate) fn run(
        &self,
        shapes: impl IntoIterator<Item = Shape>,
        job: impl Fn(&N, bool) -> Vec<Tensor<2>>,
    ) -> Result<Vec<f32>, ModelError> {
        let mut current = self.lock();
        if current.on_gpu {
            // Another embedder may have found the GPU broken in the meantime.
            if self.compute.report().kind == DeviceKind::Gpu {
                match self.run_on_gpu(&mut current, shapes, &job) {
                    Ok(rows) => return Ok(rows),
                    Err(reason) => {
                        tracing::warn!(model = %self.id, %reason, "the GPU failed; going on with the CPU");
                        self.compute.fall_back(failed_with(&self.id, &reason));
                    }
                }
            }
            let moved = Current::on_cpu((self.read)(&Place::cpu())?);
            discard(std::mem::replace(&mut *current, moved).network);
        }
        // Without the lock: on the CPU several threads compute at once, and what shares out work among them must not wait in a lock.
        let network = Arc::clone(&current.network);
        drop(current);
        let rows = attempt(|| job(&network, false)).map_err(|reason| ModelError::Inference {
            id: self.id.clone(),
            device: "the CPU".into(),
            reason,
        })?;
        match rows.iter().find(|v| !v.is_finite()) {
            Some(_) => {
                Err(ModelError::NotFinite { what: format!("the model {} gave NaN or infinity", self.id) })
            }
            None => Ok(rows),
        }
    }

    /// # Errors
    /// Why the GPU's answer is of no use.
    fn run_on_gpu(
        &self,
        current: &mut Current<N>,
        shapes: impl IntoIterator<Item = Shape>,
        job: &impl Fn(&N, bool) -> Vec<Tensor<2>>,
    ) -> Result<Vec<f32>, String> {
        let new: HashSet<Shape> = shapes.into_iter().filter(|s| !current.used.contains(s)).collect();
        let _sentinel =
            if new.is_empty() { None } else { self.compute.guard_first_use(&computing_with(&self.id)) };
        let rows = attempt(|| job(&current.network, true))?;
        if rows.iter().any(|v| !v.is_finite()) {
            return Err("it answered with numbers that are not finite".to_owned());
        }
        // No network answers with zeros; a GPU that has lost its memory does.
        if rows.chunks(self.width).any(|row| row.iter().all(|v| *v == 0.0)) {
            return Err("it answered with zeros".to_owned());
        }
        current.used.extend(new);
        Ok(rows)
    }

    fn lock(&self) -> MutexGuard<'_, Current<N>> {
        // A panic inside a job is caught there; a poisoned lock still guards a whole network.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<N> Current<N> {
    fn on_cpu(network: N) -> Self {
        Self { network: Arc::new(network), on_gpu: false, used: HashSet::new() }
    }
}

fn computing_with(id: &str) -> String {
    format!("computing with the model {id}")
}

fn failed_with(id: &str, reason: &str) -> String {
    format!("the GPU failed with the model {id}: {reason}")
}

/// A network's first answers on a GPU.
struct Trial<'a, N, R> {
    compute: &'a Compute,
    canary: &'a Canary,
    probe: &'a Probe<N>,
    read: &'a R,
}

enum Started<N> {
    /// On the GPU, whose answers are right.
    Passed(N),
    /// Not on the GPU, and why not; with the CPU's network when it was asked for comparison.
    Failed { reason: Option<String>, on_cpu: Option<N> },
}

impl<N, R: Fn(&Place) -> Result<N, ModelError>> Trial<'_, N, R> {
    /// # Errors
    /// What `read` returns: a broken file is broken everywhere, and no reason to give up the GPU.
    fn start(&self) -> Result<Started<N>, ModelError> {
        let failed = |reason| Started::Failed { reason: Some(reason), on_cpu: None };
        if let Some(reason) = self.canary.refused()
            && !self.compute.is_gpu_demanded()
        {
            return Ok(failed(format!("{reason}, at an earlier start; `--device gpu` tries it again")));
        }
        let place = Place::gpu(self.compute.device());
        let network = match catch_unwind(AssertUnwindSafe(|| (self.read)(&place))) {
            Ok(network) => network?,
            Err(panic) => return Ok(failed(format!("it failed to take the weights: {}", message(&*panic)))),
        };
        let mut on_cpu = None;
        match self.compare(&network, &mut on_cpu)? {
            Ok(()) => {
                self.canary.accept();
                Ok(Started::Passed(network))
            }
            Err(reason) => {
                discard(network);
                Ok(Started::Failed { reason: Some(reason), on_cpu })
            }
        }
    }

    /// Whether the GPU gives the CPU's answers, or else why it is not to be believed.
    fn compare(&self, network: &N, on_cpu: &mut Option<N>) -> Result<Result<(), String>, ModelError> {
        let answers = |network: &N, copies: &[usize]| {
            attempt(|| copies.iter().map(|copies| (self.probe.forward)(network, *copies)).collect())
        };
        let found = match answers(network, &[1, self.probe.batch.inputs]) {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        if let Some(expected) = self.canary.stored()
            && self.canary.compare(&found, &expected).is_ok()
        {
            return Ok(Ok(()));
        }
        // Before the GPU is blamed, the CPU is asked anew: the stored answer may be the one that is wrong.
        let reference = on_cpu.insert((self.read)(&Place::cpu())?);
        let compared = answers(reference, &[1])
            .map_err(|reason| format!("the CPU could not be asked for comparison: {reason}"))
            .and_then(|expected| {
                self.canary.store(&expected);
                self.canary.compare(&found, &expected).inspect_err(|reason| self.canary.refuse(reason))
            });
        Ok(compared)
    }
}

/// Drops a network whose GPU may be broken, so that even this may panic.
fn discard<N>(network: N) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(network))) {
        tracing::debug!(reason = %message(&*panic), "the GPU did not give its memory back");
    }
}

/// Runs `job` and reads its rows back. A panic or an error of the device becomes a reason.
fn attempt(job: impl FnOnce() -> Vec<Tensor<2>>) -> Result<Vec<f32>, String> {
    let read_back = || {
        let mut rows = vec![];
        for tensor in job() {
            let data = tensor.try_into_data().map_err(|e| e.to_string())?;
            rows.extend(data.convert::<f32>().try_into_vec::<f32>().map_err(|e| format!("{e:?}"))?);
        }
        Ok(rows)
    };
    catch_unwind(AssertUnwindSafe(read_back)).unwrap_or_else(|panic| Err(message(&*panic)))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it panicked without a word").to_owned()
}

#[cfg(test)]
mod tests;
