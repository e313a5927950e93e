//! The GPU's way through the networks, on a renderer that draws with the CPU (Mesa's lavapipe), against the CPU's way.
//!
//! A driver can take its process down, so the GPU is used in a child process: this test program again, with the one test that does
//! nothing unless it is told where to write.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, fs};

use kindred_models::{Compute, DeviceChoice, DeviceKind, Embedding, ImageEmbedder, TextEmbedder};

use crate::golden::{check, cpu, golden, model};

/// Where the child writes its vectors; set, it makes a process the child.
const OUT: &str = "KINDRED_TEST_GPU_OUT";

/// Networks that the child computes, in this order: CLIP with either activation, ResNet50 and a starter network. The other files differ in how they are
/// read, which the GPU has no part in, and a renderer takes a minute for each.
const NETWORKS: [&str; 4] = ["clip-f32", "starter-f16", "open-clip-f32", "resnet50-torchvision"];

/// Vectors by network and input.
type Vectors = BTreeMap<String, Vec<f32>>;

/// Where the renderer is announced to programs on Linux, by a file that is named after it and the processor.
const DRIVERS: &str = "/usr/share/vulkan/icd.d";
const RENDERER: &str = "lvp_icd";

/// A renderer on a busy processor may take minutes for a kernel. What it has answered until then is compared.
const PATIENCE: Duration = Duration::from_secs(240);

/// The first network is waited for longer: without it nothing would be compared.
const MOST_PATIENCE: Duration = Duration::from_secs(480);

#[test]
fn the_gpu_gives_the_vectors_of_the_cpu() {
    let folder = tempfile::tempdir().unwrap();
    let (out, log) = (folder.path().join("vectors.json"), folder.path().join("log"));
    let writer = fs::File::create(&log).unwrap();
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "software_gpu::child", "--nocapture", "--include-ignored"])
        .env(OUT, &out)
        .env("KINDRED_ALLOW_SOFTWARE_GPU", "1")
        .stdout(writer.try_clone().unwrap())
        .stderr(writer)
        .spawn()
        .unwrap();
    let started = Instant::now();
    let (_state, compute) = cpu();
    let mut from_cpu = Vectors::new();
    answers(&compute, |name, vector| {
        from_cpu.insert(name, vector);
    });
    let answered = || -> Vectors {
        fs::read(&out).map(|json| serde_json::from_slice(&json).unwrap()).unwrap_or_default()
    };
    let first: Vec<&String> = from_cpu.keys().filter(|name| name.starts_with(NETWORKS[0])).collect();
    let has_first = || first.iter().all(|name| answered().contains_key(*name));
    let ended = loop {
        let elapsed = started.elapsed();
        match child.try_wait().unwrap() {
            None if elapsed < PATIENCE || (elapsed < MOST_PATIENCE && !has_first()) => {
                sleep(Duration::from_millis(200));
            }
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            ended => break ended,
        }
    };
    let said = String::from_utf8_lossy(&fs::read(&log).unwrap()).into_owned();
    if let Some(line) = said.lines().find(|line| line.starts_with("skipped: ")) {
        assert!(!has_renderer(), "the renderer is there and could not be used:\n{said}");
        println!("{line}");
        return;
    }
    if let Some(status) = ended {
        assert!(status.success(), "the process with the GPU ended with {status}:\n{said}");
    }
    let from_gpu = answered();
    if ended.is_none() {
        let seconds = started.elapsed().as_secs();
        assert!(has_first(), "not even the network {} was computed in {seconds} s:\n{said}", NETWORKS[0]);
        println!(
            "skipped: the renderer gave {} of {} vectors in {seconds} s",
            from_gpu.len(),
            from_cpu.len()
        );
    } else {
        assert!(from_gpu.keys().eq(from_cpu.keys()));
    }
    for (name, vector) in from_gpu {
        let expected = Embedding::normalise(from_cpu[&name].clone()).unwrap();
        check(&name, &Embedding::normalise(vector).unwrap(), expected.as_slice(), 0.999, 0.05);
    }
}

fn has_renderer() -> bool {
    let Ok(drivers) = fs::read_dir(DRIVERS) else { return false };
    drivers.flatten().any(|driver| driver.file_name().to_string_lossy().starts_with(RENDERER))
}

#[test]
#[ignore = "the other half of the_gpu_gives_the_vectors_of_the_cpu"]
fn child() {
    let Some(out) = env::var_os(OUT).map(PathBuf::from) else { return };
    let state = tempfile::tempdir().unwrap();
    let compute = match Compute::open(DeviceChoice::Gpu, state.path()) {
        Ok(compute) => compute,
        Err(error) => {
            println!("skipped: {error}");
            return;
        }
    };
    println!("{}", compute.report());
    let mut vectors = Vectors::new();
    answers(&compute, |name, vector| {
        // An embedder that went over to the CPU would compare the CPU with itself.
        assert_eq!(compute.report().kind, DeviceKind::Gpu, "{}", compute.report());
        vectors.insert(name, vector);
        let unfinished = out.with_extension("unfinished");
        fs::write(&unfinished, serde_json::to_vec(&vectors).unwrap()).unwrap();
        fs::rename(unfinished, &out).unwrap();
    });
}

fn answers(compute: &Compute, mut keep_as: impl FnMut(String, Vec<f32>)) {
    let mut networks = golden().networks;
    networks.retain(|network| NETWORKS.contains(&network.folder.as_str()));
    networks.sort_by_key(|network| NETWORKS.iter().position(|name| *name == network.folder));
    for network in networks {
        let (_holder, model) = model(&network.folder);
        let mut keep = |input: &str, vector: &Embedding| {
            keep_as(format!("{} {:?} {input}", network.folder, network.purpose), vector.as_slice().to_vec());
        };
        let embedder = ImageEmbedder::load(&model, compute).unwrap();
        // One picture alone, and one call of a whole batch: the two sizes that a GPU is given.
        let picture = crate::golden::picture(&network.images[0].picture);
        keep("alone", &embedder.embed_images(&[picture], network.purpose).unwrap()[0]);
        let vectors = embedder.embed_images(&network.pictures(), network.purpose).unwrap();
        for (answer, vector) in network.images.iter().zip(vectors) {
            keep(&answer.picture, &vector);
        }
        if !network.texts.is_empty() {
            let embedder = TextEmbedder::load(&model, compute).unwrap();
            for answer in &network.texts[..3] {
                keep(&answer.text, &embedder.embed_texts(&[&answer.text]).unwrap()[0]);
            }
        }
    }
}
