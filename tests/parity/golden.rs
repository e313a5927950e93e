//! `golden.json`, and how closely a vector has to match it.

use std::fs;
use std::path::{Path, PathBuf};

use image::RgbImage;
use kindred_models::{
    Compute, DeviceChoice, Embedding, ModelRef, ModelStore, Purpose, ResolvedModel, resolve,
};
use serde::Deserialize;
use tempfile::TempDir;

use crate::fixtures::{fixture, unpacked};

#[derive(Deserialize)]
pub(crate) struct Golden {
    pub(crate) preprocessing: Vec<Recipe>,
    pub(crate) networks: Vec<Network>,
}

#[derive(Deserialize)]
pub(crate) struct Recipe {
    pub(crate) recipe: String,
    pub(crate) crops: Vec<Crop>,
}

#[derive(Deserialize)]
pub(crate) struct Crop {
    pub(crate) picture: String,
    pub(crate) crop: String,
}

#[derive(Deserialize)]
pub(crate) struct Network {
    pub(crate) folder: String,
    pub(crate) purpose: Purpose,
    pub(crate) recipe: String,
    pub(crate) dim: usize,
    pub(crate) noise_cosine: f32,
    pub(crate) images: Vec<ImageAnswer>,
    pub(crate) texts: Vec<TextAnswer>,
}

#[derive(Deserialize)]
pub(crate) struct ImageAnswer {
    pub(crate) picture: String,
    /// The picture is only cropped, not resized: nothing but the network can make a difference.
    pub(crate) exact: bool,
    pub(crate) vector: Vec<f32>,
}

#[derive(Deserialize)]
pub(crate) struct TextAnswer {
    pub(crate) text: String,
    pub(crate) tokens: Vec<u32>,
    pub(crate) vector: Vec<f32>,
}

pub(crate) fn golden() -> Golden {
    serde_json::from_slice(&fs::read(fixture("golden.json")).unwrap()).unwrap()
}

impl Network {
    /// Whether it has a text tower, and these are the vectors in its space.
    pub(crate) fn reads_text(&self) -> bool {
        !self.texts.is_empty()
    }

    /// Pictures of the network's answers.
    pub(crate) fn pictures(&self) -> Vec<RgbImage> {
        self.images.iter().map(|answer| picture(&answer.picture)).collect()
    }
}

pub(crate) fn picture(relative: &str) -> RgbImage {
    image::open(fixture(relative)).unwrap().to_rgb8()
}

/// A network of the fixtures, unpacked; it lives as long as the first value.
pub(crate) fn model(name: &str) -> (TempDir, ResolvedModel) {
    let (holder, folder) = unpacked(name);
    let model = resolved(&folder);
    (holder, model)
}

pub(crate) fn resolved(folder: &Path) -> ResolvedModel {
    // The store is beside the folder, where it is deleted with it.
    resolve(&ModelStore::new(folder.with_file_name("store")), &ModelRef::Folder(folder.to_path_buf()))
        .unwrap()
}

/// The CPU, with a folder for what it remembers.
pub(crate) fn cpu() -> (TempDir, Compute) {
    let state = tempfile::tempdir().unwrap();
    let compute = Compute::open(DeviceChoice::Cpu, state.path()).unwrap();
    (state, compute)
}

/// Checks a vector against a reference: no component further away than `difference`, and no less than this cosine.
#[track_caller]
pub(crate) fn check(name: &str, found: &Embedding, expected: &[f32], lowest_cosine: f32, difference: f32) {
    let worst = found.as_slice().iter().zip(expected).map(|(f, e)| (f - e).abs()).fold(0.0, f32::max);
    let cosine = found.cosine(&Embedding::normalise(expected.to_vec()).unwrap());
    assert_eq!(found.dim(), expected.len(), "{name}");
    assert!(
        cosine >= lowest_cosine && worst <= difference,
        "{name}: cosine {cosine}, largest difference {worst}"
    );
}

/// The weight file of an unpacked network.
pub(crate) fn weights(folder: &Path) -> PathBuf {
    let is_weights = |path: &PathBuf| path.extension().is_some_and(|e| e != "json");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find(is_weights).unwrap()
}
