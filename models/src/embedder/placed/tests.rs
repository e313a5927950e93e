//! What becomes of a job when its GPU fails, with a GPU that is pretended and fails on demand.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::tensor::{Device, TensorData};
use tempfile::TempDir;

use super::*;
use crate::device::{DeviceChoice, DeviceReport};
use crate::manifest::{NetworkKind, Purpose};
use crate::resolve::Output;

const BATCH: usize = 4;

/// How a pretended GPU fails, from the nth job on (0 is the first). The canary comes before the jobs.
#[derive(Clone, Copy)]
enum Fault {
    Nothing,
    Panic {
        from: usize,
    },
    Nan {
        from: usize,
    },
    Zeros {
        from: usize,
    },
    /// Another answer to the known input alone.
    CanaryAlone,
    /// Another answer to the known input in a full batch.
    CanaryInABatch,
    /// It does not even take the weights.
    Weights,
}

/// A network whose answer to x is (1, x). Dropping it panics once its GPU has failed.
struct Fake {
    fault: Fault,
    on_gpu: bool,
    jobs: AtomicUsize,
}

impl Fake {
    fn forward(&self, inputs: &[f32]) -> Tensor<2> {
        let job = self.jobs.fetch_add(1, Ordering::Relaxed);
        let (first, rest) = match self.fault {
            _ if !self.on_gpu => (1.0, 1.0),
            Fault::Panic { from } if job >= from => panic!("device lost"),
            Fault::Nan { from } if job >= from => (f32::NAN, 1.0),
            Fault::Zeros { from } if job >= from => (0.0, 0.0),
            _ => (1.0, 1.0),
        };
        rows(inputs.iter().flat_map(|x| [first, rest * x]).collect())
    }

    fn probe(&self, copies: usize) -> Tensor<2> {
        let wrong = match self.fault {
            Fault::CanaryAlone => copies == 1,
            Fault::CanaryInABatch => copies == BATCH,
            _ => false,
        };
        // Only the last answer is wrong.
        let last = if self.on_gpu && wrong { -3.0 } else { 3.0 };
        rows([1.0, 3.0].repeat(copies - 1).into_iter().chain([1.0, last]).collect())
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if self.on_gpu && !matches!(self.fault, Fault::Nothing) && !std::thread::panicking() {
            panic!("device lost");
        }
    }
}

fn rows(values: Vec<f32>) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values.clone(), [values.len() / 2, 2]), &Device::flex())
}

/// A start of the program with such a GPU.
struct Start {
    compute: Compute,
    placed: Result<Placed<Fake>, ModelError>,
    /// How often the network was read for the CPU.
    cpu_reads: usize,
}

fn info() -> ModelInfo {
    ModelInfo {
        id: "fake".into(),
        title: "fake".into(),
        network: NetworkKind::Clip,
        outputs: vec![Output { purpose: Purpose::Meaning, dim: 2 }],
        pipeline_version: 1,
    }
}

fn canary(compute: &Compute) -> Canary {
    Canary::new(compute, &info(), "image", vec![2])
}

fn start(fault: Fault, choice: DeviceChoice, state_dir: &Path) -> Start {
    let info = info();
    let compute = Compute::pretended_gpu(choice, state_dir);
    let canary = canary(&compute);
    let probe = Probe {
        batch: Shape { inputs: BATCH, length: 1 },
        forward: Box::new(|fake: &Fake, copies| fake.probe(copies)),
    };
    let cpu_reads = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&cpu_reads);
    let read = move |place: &Place| {
        if place.is_cpu() {
            count.fetch_add(1, Ordering::Relaxed);
        } else if matches!(fault, Fault::Weights) {
            panic!("out of memory");
        }
        Ok(Fake { fault, on_gpu: !place.is_cpu(), jobs: AtomicUsize::new(0) })
    };
    let placed = Placed::load(&info, &compute, &canary, &probe, read);
    Start { compute, placed, cpu_reads: cpu_reads.load(Ordering::Relaxed) }
}

impl Start {
    /// Embeds `inputs` one after the other, and checks every row.
    fn all_answers_are_right(&self, inputs: &[f32]) {
        let placed = self.placed.as_ref().unwrap();
        for x in inputs {
            let shape = Shape { inputs: 1, length: 1 };
            assert_eq!(placed.run([shape], |fake, _| vec![fake.forward(&[*x])]).unwrap(), [1.0, *x]);
        }
    }

    fn report(&self) -> DeviceReport {
        self.compute.report()
    }
}

fn state() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_job_whose_gpu_fails_is_finished_by_the_cpu_without_losing_a_row() {
    for (fault, reason) in [
        (Fault::Panic { from: 0 }, "device lost"),
        (Fault::Panic { from: 2 }, "device lost"),
        (Fault::Nan { from: 1 }, "not finite"),
        (Fault::Zeros { from: 1 }, "zeros"),
    ] {
        for choice in [DeviceChoice::Auto, DeviceChoice::Gpu] {
            let state = state();
            let start = start(fault, choice, state.path());
            assert!(start.placed.as_ref().unwrap().is_on_gpu());
            start.all_answers_are_right(&[0.0, 1.0, 2.0, 3.0, 4.0]);
            assert!(!start.placed.as_ref().unwrap().is_on_gpu());
            let report = start.report();
            assert_eq!(report.kind, DeviceKind::Cpu);
            assert!(report.reason.starts_with("the GPU failed with the model fake"), "{}", report.reason);
            assert!(report.reason.contains(reason), "{}", report.reason);
        }
    }
}

#[test]
fn a_gpu_that_fails_its_first_task_is_not_used() {
    for (fault, reason) in [
        (Fault::CanaryAlone, "wrong numbers"),
        (Fault::CanaryInABatch, "wrong numbers"),
        (Fault::Weights, "out of memory"),
    ] {
        let state = state();
        let auto = start(fault, DeviceChoice::Auto, state.path());
        auto.all_answers_are_right(&[1.0, 2.0]);
        assert_eq!(auto.report().kind, DeviceKind::Cpu);
        assert!(auto.report().reason.contains(reason), "{}", auto.report().reason);
        assert_eq!(auto.cpu_reads, 1, "the network that was asked for comparison is the one that goes on");

        match start(fault, DeviceChoice::Gpu, state.path()).placed.map(drop) {
            Err(ModelError::NoGpu { reason: found }) => assert!(found.contains(reason), "{found}"),
            other => panic!("who demands a GPU gets one or an error, not {other:?}"),
        }
    }
}

#[test]
fn a_gpu_that_computed_wrong_numbers_is_tried_again_only_on_demand() {
    let state = state();
    start(Fault::CanaryAlone, DeviceChoice::Auto, state.path());
    let again = start(Fault::Nothing, DeviceChoice::Auto, state.path());
    assert_eq!(again.report().kind, DeviceKind::Cpu);
    assert!(again.report().reason.contains("`--device gpu` tries it again"), "{}", again.report().reason);

    let demanded = start(Fault::Nothing, DeviceChoice::Gpu, state.path());
    assert_eq!(demanded.report().kind, DeviceKind::Gpu);
    let later = start(Fault::Nothing, DeviceChoice::Auto, state.path());
    assert_eq!(later.report().kind, DeviceKind::Gpu, "it has proved itself");
    assert_eq!(later.cpu_reads, 0, "the CPU's answer was kept");
}

#[test]
fn a_gpu_that_failed_to_start_is_tried_again_at_the_next_start() {
    let state = state();
    assert_eq!(start(Fault::Weights, DeviceChoice::Auto, state.path()).report().kind, DeviceKind::Cpu);
    assert_eq!(start(Fault::Nothing, DeviceChoice::Auto, state.path()).report().kind, DeviceKind::Gpu);
}

#[test]
fn a_damaged_canary_is_not_blamed_on_the_gpu() {
    let state = state();
    for damaged in [vec![3.0, -1.0], vec![1.0], vec![f32::NAN, 0.0]] {
        canary(&Compute::pretended_gpu(DeviceChoice::Auto, state.path())).store(&damaged);
        let start = start(Fault::Nothing, DeviceChoice::Auto, state.path());
        assert_eq!(start.report().kind, DeviceKind::Gpu, "{damaged:?}: {}", start.report());
    }
}

#[test]
fn a_crash_is_noticed_in_every_shape_that_is_new_to_the_gpu() {
    let state = state();
    let start = start(Fault::Nothing, DeviceChoice::Auto, state.path());
    let placed = start.placed.unwrap();
    let sentinels = || std::fs::read_dir(state.path().join("gpu-start")).unwrap().count();
    let while_running = |shape| {
        let seen = std::cell::Cell::new(0);
        let job = |fake: &Fake, _| {
            seen.set(sentinels());
            vec![fake.forward(&[1.0])]
        };
        placed.run([shape], job).unwrap();
        seen.get()
    };
    assert_eq!(while_running(Shape { inputs: 1, length: 1 }), 0, "known from the canary");
    assert_eq!(while_running(Shape { inputs: BATCH, length: 1 }), 0, "known from the canary");
    for new in [Shape { inputs: 1, length: 2 }, Shape { inputs: BATCH, length: 2 }] {
        assert_eq!(while_running(new), 1, "{new:?} for the first time");
        assert_eq!(while_running(new), 0, "{new:?} again");
    }
    assert_eq!(sentinels(), 0);
}

#[test]
fn a_panic_becomes_a_reason() {
    let reason = attempt(|| panic!("no memory for {} bytes", 5)).unwrap_err();
    assert_eq!(reason, "no memory for 5 bytes");
}
