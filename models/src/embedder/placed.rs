//! A network on the device in use, with the way back to the CPU.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::tensor::Tensor;

use super::canary::Canary;
use crate::device::{Compute, DeviceKind};
use crate::error::ModelError;
use crate::place::Place;

type Read<N> = Box<dyn Fn(&Place) -> Result<N, ModelError> + Send + Sync>;

/// A network that moves to the CPU when the GPU fails, and answers what the GPU could not.
pub(super) struct Placed<N> {
    id: String,
    compute: Compute,
    read: Read<N>,
    current: Mutex<Current<N>>,
}

struct Current<N> {
    network: N,
    on_gpu: bool,
}

impl<N: Send> Placed<N> {
    /// Reads the network onto the device of `compute`.
    ///
    /// On a GPU, `probe` computes one answer first, which is compared with the CPU's. When they differ, or the GPU fails, `compute`
    /// falls back to the CPU for the rest of the process.
    ///
    /// # Errors
    /// What `read` returns for the CPU.
    pub(super) fn load(
        id: &str,
        compute: &Compute,
        canary: Canary,
        read: impl Fn(&Place) -> Result<N, ModelError> + Send + Sync + 'static,
        probe: impl Fn(&N) -> Tensor<2>,
    ) -> Result<Self, ModelError> {
        let mut from_gpu = None;
        if compute.report().kind == DeviceKind::Gpu {
            // Drivers crash where they meet new shaders: the next start must know what killed this one.
            let _sentinel = compute.guard_first_use(&format!("computing with the model {id}"));
            match start_on_gpu(compute, &canary, &read, &probe) {
                Ok(network) => from_gpu = Some(network),
                // A broken file is broken everywhere: that is no reason to give up the GPU.
                Err(GpuFailure::File(error)) => return Err(error),
                Err(GpuFailure::Device(why)) => compute.fall_back(why),
            }
        }
        let current = match from_gpu {
            Some(network) => Current { network, on_gpu: true },
            None => Current { network: read(&Place::cpu())?, on_gpu: false },
        };
        Ok(Self {
            id: id.to_owned(),
            compute: compute.clone(),
            read: Box::new(read),
            current: Mutex::new(current),
        })
    }

    /// Whether the next answer comes from the GPU.
    pub(super) fn is_on_gpu(&self) -> bool {
        self.lock().on_gpu && self.compute.report().kind == DeviceKind::Gpu
    }

    /// The rows that `job` computes, `dim` numbers each. `job` runs again on the CPU when the GPU fails.
    ///
    /// # Errors
    /// [`ModelError::Inference`] when the CPU fails too, [`ModelError::NotFinite`] when its answer is no number, and what reading the
    /// network returns when it has to move.
    pub(super) fn run(&self, job: impl Fn(&N, bool) -> Vec<Tensor<2>>) -> Result<Vec<f32>, ModelError> {
        let mut current = self.lock();
        if current.on_gpu {
            // Another embedder may have found the GPU broken in the meantime.
            let failure = if self.compute.report().kind == DeviceKind::Gpu {
                match attempt(|| job(&current.network, true)) {
                    Ok(rows) if rows.iter().all(|v| v.is_finite()) => return Ok(rows),
                    Ok(_) => Some("it answered with numbers that are not finite".to_owned()),
                    Err(reason) => Some(reason),
                }
            } else {
                None
            };
            if let Some(reason) = failure {
                tracing::warn!(model = %self.id, %reason, "the GPU failed; going on with the CPU");
                self.compute.fall_back(format!("the GPU failed with the model {}: {reason}", self.id));
            }
            *current = Current { network: (self.read)(&Place::cpu())?, on_gpu: false };
        }
        let rows = attempt(|| job(&current.network, false)).map_err(|reason| ModelError::Inference {
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

    fn lock(&self) -> MutexGuard<'_, Current<N>> {
        // A panic inside a job is caught there; a poisoned lock still guards a whole network.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum GpuFailure {
    File(ModelError),
    Device(String),
}

fn start_on_gpu<N>(
    compute: &Compute,
    canary: &Canary,
    read: &impl Fn(&Place) -> Result<N, ModelError>,
    probe: &impl Fn(&N) -> Tensor<2>,
) -> Result<N, GpuFailure> {
    let place = Place::gpu(compute.device());
    let network = catch_unwind(AssertUnwindSafe(|| read(&place)))
        .map_err(|panic| GpuFailure::Device(format!("it failed to take the weights: {}", message(&*panic))))?
        .map_err(GpuFailure::File)?;
    let found = attempt(|| vec![probe(&network)]).map_err(GpuFailure::Device)?;
    let expected = match canary.stored() {
        Some(vector) => vector,
        None => {
            let on_cpu = read(&Place::cpu()).map_err(GpuFailure::File)?;
            let vector = attempt(|| vec![probe(&on_cpu)]).map_err(|reason| {
                GpuFailure::Device(format!("the CPU could not be asked for comparison: {reason}"))
            })?;
            canary.store(&vector);
            vector
        }
    };
    canary.compare(&found, &expected).map_err(GpuFailure::Device)?;
    Ok(network)
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
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_reason() {
        let reason = attempt(|| panic!("no memory for {} bytes", 5)).unwrap_err();
        assert_eq!(reason, "no memory for 5 bytes");
    }
}
