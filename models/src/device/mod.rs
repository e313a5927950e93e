//! Where the networks run: a GPU when there is a working one, otherwise the processor, and always with the reason.

mod choice;
mod gpu;
mod sentinel;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::tensor::Device;

use crate::error::ModelError;
pub use choice::{DeviceChoice, DeviceKind, DeviceReport, UnknownDevice};
pub(crate) use sentinel::Sentinel;
use sentinel::Verdict;
pub use sentinel::release_gpu_sentinels;

/// The device of this process. Clones share it.
#[derive(Clone)]
pub struct Compute {
    shared: Arc<Shared>,
}

struct Shared {
    choice: DeviceChoice,
    state_dir: PathBuf,
    /// Which attempt at the GPU this is since it last crashed the program, from 1.
    attempt: u32,
    current: Mutex<Current>,
}

#[derive(Clone)]
struct Current {
    device: Device,
    report: DeviceReport,
    /// The GPU's driver; empty for the CPU.
    driver: String,
}

impl Current {
    fn cpu(reason: impl Into<String>) -> Self {
        let threads = match rayon::current_num_threads() {
            1 => "1 thread".to_owned(),
            n => format!("{n} threads"),
        };
        let report = DeviceReport { kind: DeviceKind::Cpu, name: threads, reason: reason.into() };
        Self { device: Device::flex(), report, driver: String::new() }
    }

    fn gpu(gpu: &gpu::Gpu, reason: &str) -> Self {
        let report =
            DeviceReport { kind: DeviceKind::Gpu, name: gpu.name.clone(), reason: reason.to_owned() };
        Self { device: gpu.device.clone(), report, driver: gpu.driver.clone() }
    }
}

impl Compute {
    /// Opens the device. This is when graphics drivers are loaded, so it is to be called once per process and not before a network
    /// is about to be used. [`DeviceChoice::Cpu`] touches no driver.
    ///
    /// `state_dir` keeps, between runs, the record of a GPU that crashed the program and the GPU's compiled shaders.
    ///
    /// # Errors
    /// [`ModelError::NoGpu`] when a GPU was demanded and there is none that works. The other choices always find a device.
    pub fn open(choice: DeviceChoice, state_dir: &Path) -> Result<Self, ModelError> {
        gpu::configure(&state_dir.join("gpu-cache"));
        let (current, attempt) = match choice {
            DeviceChoice::Cpu => (Current::cpu("the CPU was asked for"), 1),
            DeviceChoice::Auto | DeviceChoice::Gpu => match start_gpu(choice, state_dir) {
                Ok(started) => started,
                Err(reason) if choice == DeviceChoice::Gpu => return Err(ModelError::NoGpu { reason }),
                Err(reason) => (Current::cpu(reason), 1),
            },
        };
        tracing::info!(device = %current.report, "device opened");
        Ok(Self::new(choice, state_dir, attempt, current))
    }

    fn new(choice: DeviceChoice, state_dir: &Path, attempt: u32, current: Current) -> Self {
        let state_dir = state_dir.to_path_buf();
        Self { shared: Arc::new(Shared { choice, state_dir, attempt, current: Mutex::new(current) }) }
    }

    /// What takes itself for a GPU and computes with the CPU: for tests of what happens when a GPU fails.
    #[cfg(test)]
    pub(crate) fn pretended_gpu(choice: DeviceChoice, state_dir: &Path) -> Self {
        let mut current = Current::cpu("of a test");
        current.report.kind = DeviceKind::Gpu;
        current.report.name = "pretended GPU".to_owned();
        Self::new(choice, state_dir, 1, current)
    }

    /// The device in use, and why it is this one.
    pub fn report(&self) -> DeviceReport {
        self.lock().report.clone()
    }

    /// burn's handle of the device in use.
    pub(crate) fn device(&self) -> Device {
        self.lock().device.clone()
    }

    /// Uses the CPU from now on, because the GPU failed. A network that is already on the GPU has to move by itself.
    pub(crate) fn fall_back(&self, why: String) {
        let mut current = self.lock();
        if current.report.kind == DeviceKind::Gpu {
            tracing::warn!(gpu = %current.report.name, reason = %why, "going on with the CPU");
            *current = Current::cpu(why);
        }
    }

    /// Does without the GPU because it cannot be believed: falls back to the CPU, unless a GPU was demanded.
    ///
    /// # Errors
    /// [`ModelError::NoGpu`] when it was.
    pub(crate) fn give_up_gpu(&self, why: String) -> Result<(), ModelError> {
        if self.is_gpu_demanded() {
            return Err(ModelError::NoGpu { reason: why });
        }
        self.fall_back(why);
        Ok(())
    }

    /// Whether the user asked for a GPU or an error.
    pub(crate) fn is_gpu_demanded(&self) -> bool {
        self.shared.choice == DeviceChoice::Gpu
    }

    /// The device with its driver: another one may compute other numbers.
    pub(crate) fn device_and_driver(&self) -> String {
        let current = self.lock();
        format!("{}, {}", current.report.name, current.driver)
    }

    /// Where this device keeps what it has to remember.
    pub(crate) fn state_dir(&self) -> &Path {
        &self.shared.state_dir
    }

    /// Records that the GPU is about to do something for the first time, such as computing with a network whose shaders it has
    /// not compiled yet. When that takes the whole program down, the next start knows. Hold what is returned until it is done;
    /// `None` on the CPU.
    pub(crate) fn guard_first_use(&self, what: &str) -> Option<Sentinel> {
        if self.report().kind == DeviceKind::Cpu {
            return None;
        }
        match Sentinel::set(&self.shared.state_dir, what, self.shared.attempt) {
            Ok(sentinel) => Some(sentinel),
            Err(error) => {
                let state_dir = self.shared.state_dir.display();
                tracing::warn!(%state_dir, %error, "a crash of the GPU could not be noticed at the next start");
                None
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        // Nothing panics between two changes of a guarded value, so a poisoned lock guards a whole one.
        self.shared.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Compute").field(&self.report()).finish()
    }
}

/// The GPU and the number of the attempt, or the reason to do without.
fn start_gpu(choice: DeviceChoice, state_dir: &Path) -> Result<(Current, u32), String> {
    let crashes = sentinel::left_behind(state_dir);
    let attempt = match sentinel::verdict(choice, &crashes) {
        Verdict::Start { attempt } => attempt,
        Verdict::Avoid { reason } => return Err(reason),
    };
    let sentinel = match Sentinel::set(state_dir, "starting the GPU", attempt) {
        Ok(sentinel) => Some(sentinel),
        // Without a sentinel a crashing driver would crash every start. Only who demands the GPU takes that risk.
        Err(error) if choice == DeviceChoice::Auto => {
            return Err(format!(
                "a crash of the GPU could not be recorded in {} ({error})",
                state_dir.display()
            ));
        }
        Err(_) => None,
    };
    sentinel::forget(&crashes);
    let gpu = gpu::open()?;
    drop(sentinel);
    let reason = if choice == DeviceChoice::Gpu { "the GPU was asked for" } else { "a GPU was found" };
    Ok((Current::gpu(gpu, reason), attempt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_is_used_when_it_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let compute = Compute::open(DeviceChoice::Cpu, folder.path()).unwrap();
        assert_eq!(compute.report().kind, DeviceKind::Cpu);
        assert!(compute.report().to_string().ends_with("because the CPU was asked for"));
        assert!(compute.guard_first_use("nothing").is_none());
        compute.fall_back("of a test".into());
        assert_eq!(compute.report().reason, "the CPU was asked for");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing to remember");
    }

    #[test]
    fn a_gpu_that_crashed_the_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        Sentinel::set(folder.path(), "computing with the model x", 1).unwrap().leave();
        let compute = Compute::open(DeviceChoice::Auto, folder.path()).unwrap();
        let report = compute.report();
        assert_eq!(report.kind, DeviceKind::Cpu);
        assert!(report.reason.contains("while computing with the model x"), "{}", report.reason);
        assert_eq!(sentinel::left_behind(folder.path()).len(), 1, "the next start must know, too");
    }

    #[test]
    fn a_state_folder_that_cannot_be_written_means_the_cpu() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        std::fs::write(&file, "").unwrap();
        let report = Compute::open(DeviceChoice::Auto, &file).unwrap().report();
        assert_eq!(report.kind, DeviceKind::Cpu);
        assert!(report.reason.contains("could not be recorded"), "{}", report.reason);
    }

    /// Whatever this machine has, the answer is consistent.
    #[test]
    fn the_report_tells_what_was_opened() {
        let folder = tempfile::tempdir().unwrap();
        let auto = Compute::open(DeviceChoice::Auto, folder.path()).unwrap();
        let demanded = Compute::open(DeviceChoice::Gpu, folder.path());
        println!("{}", auto.report());
        match auto.report().kind {
            DeviceKind::Gpu => {
                assert_eq!(demanded.unwrap().report().name, auto.report().name);
                auto.fall_back("it went away".into());
                assert!(auto.report().to_string().ends_with("because it went away"));
            }
            DeviceKind::Cpu => {
                let error = demanded.unwrap_err().to_string();
                assert!(error.contains(&auto.report().reason), "{error}");
            }
        }
        assert!(sentinel::left_behind(folder.path()).is_empty(), "a start that did not crash leaves nothing");
    }
}
