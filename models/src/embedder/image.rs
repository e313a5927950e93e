//! Pictures to vectors.

use burn::tensor::Tensor;
use image::RgbImage;
use rayon::prelude::*;

use super::canary::{self, Canary};
use super::mean_direction;
use super::placed::{Placed, Probe, Shape};
use crate::clip::{self, ImageTower};
use crate::device::Compute;
use crate::embedding::Embedding;
use crate::error::ModelError;
use crate::info::ModelInfo;
use crate::load::Checkpoint;
use crate::manifest::Purpose;
use crate::preprocess::{Normalisation, PreparedImage, Preprocess};
use crate::resnet::{Plan, ResNet};
use crate::resolve::{Recipe, ResolvedModel};
use crate::starter;

/// Pictures that one core computes at once: large enough for efficient products, small enough for the cache.
const PER_CORE: usize = 4;
/// Pictures that the CPU computes at once, at least and at most: the activations of ResNet50 take about 15 MB a picture.
const CPU_BATCH: (usize, usize) = (8, 32);
/// Pictures that a GPU computes at once. A single one is computed alone; anything between is filled up, because every new number of
/// pictures costs seconds of shader compilation.
const GPU_BATCH: usize = 32;

/// A network that makes vectors of pictures.
pub struct ImageEmbedder {
    info: ModelInfo,
    preprocess: Preprocess,
    network: Placed<Network>,
}

struct Network {
    kind: Kind,
    side: usize,
    colours: Box<[[f32; 256]; 3]>,
}

// One value for each loaded network: its size on the stack is of no matter.
#[allow(clippy::large_enum_variant)]
enum Kind {
    Clip(ImageTower),
    ResNet50(ResNet),
    Starter(starter::ImageTower),
}

impl ImageEmbedder {
    /// Loads the network onto the device of `compute`, which falls back to the CPU when the GPU fails or computes wrong numbers.
    ///
    /// # Errors
    /// [`ModelError::NoGpu`] when it does and was demanded; [`ModelError::Checkpoint`] or [`ModelError::Tensor`] for a file that is
    /// not what it should be.
    pub fn load(model: &ResolvedModel, compute: &Compute) -> Result<Self, ModelError> {
        let info = model.info.clone();
        let preprocess = match &model.recipe {
            Recipe::Clip(config) => Preprocess::clip(config.image.side as u32),
            Recipe::ResNet50(preprocess) => *preprocess,
            Recipe::Starter(config) => config.preprocess(),
        };
        let parts = info.outputs.iter().map(|output| output.dim).collect();
        let canary = Canary::new(compute, &info, "image", parts);
        let files = model.clone();
        let read = move |place: &_| {
            let kind = match &files.recipe {
                Recipe::Clip(config) => {
                    let (checkpoint, layout) = clip::open(&files.weights, config)?;
                    Kind::Clip(ImageTower::read(&checkpoint, layout, config, place)?)
                }
                Recipe::ResNet50(_) => {
                    let checkpoint = Checkpoint::open(&files.weights)?;
                    let plan = Plan::of_resnet50(&checkpoint)?;
                    Kind::ResNet50(ResNet::read(&checkpoint, &plan, place)?)
                }
                Recipe::Starter(config) => {
                    let checkpoint = starter::open(&files.weights, config)?;
                    Kind::Starter(starter::ImageTower::read(&checkpoint, config, place)?)
                }
            };
            let colours = Box::new(colours(preprocess.normalisation()));
            Ok(Network { kind, side: preprocess.side() as usize, colours })
        };
        let known_input = canary::picture(preprocess.side());
        let probe = Probe {
            batch: shape(GPU_BATCH, preprocess.side()),
            forward: Box::new(move |network: &Network, copies| {
                network.forward(&vec![known_input.as_raw().as_slice(); copies])
            }),
        };
        let network = Placed::load(&info, compute, &canary, &probe, read)?;
        Ok(Self { info, preprocess, network })
    }

    /// What the model is.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// How pictures are made ready, for the threads that decode them.
    pub fn preprocess(&self) -> Preprocess {
        self.preprocess
    }

    /// Pictures per call of [`embed_prepared`](Self::embed_prepared) that use the device well. Changes when a GPU fails.
    pub fn batch_size(&self) -> usize {
        if self.network.is_on_gpu() { GPU_BATCH } else { cpu_batch() }
    }

    /// For each picture a vector of each of the model's outputs, in their order; the network runs once for all of them. A picture of
    /// several crops gets the mean direction of theirs.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] for pictures prepared for another network, [`ModelError::Inference`] and [`ModelError::NotFinite`]
    /// when the CPU cannot compute them either.
    pub fn embed_prepared(&self, images: &[PreparedImage]) -> Result<Vec<Vec<Embedding>>, ModelError> {
        if let Some(image) = images.iter().find(|image| image.side() != self.preprocess.side()) {
            let reason = format!("wants crops of {} pixels, not {}", self.preprocess.side(), image.side());
            return Err(ModelError::Unsuitable { id: self.info.id.clone(), reason });
        }
        let crops: Vec<&[u8]> = images.iter().flat_map(PreparedImage::crops).collect();
        let shapes = crops.chunks(GPU_BATCH).map(|chunk| shape(chunk.len(), self.preprocess.side()));
        let rows = self.network.run(shapes, |network, on_gpu| {
            if on_gpu {
                return crops.chunks(GPU_BATCH).map(|chunk| network.forward_filled(chunk)).collect();
            }
            crops.chunks(cpu_batch()).flat_map(|chunk| network.forward_on_all_cores(chunk)).collect()
        })?;
        let mut rows = rows.chunks_exact(self.info.outputs.iter().map(|output| output.dim).sum());
        images
            .iter()
            .map(|image| self.vectors(&rows.by_ref().take(image.crop_count()).collect::<Vec<_>>()))
            .collect()
    }

    /// Prepares and embeds pictures, upright RGB of any size: one vector per picture, for one of the model's purposes.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] for another purpose; otherwise as [`embed_prepared`](Self::embed_prepared).
    pub fn embed_images(&self, images: &[RgbImage], purpose: Purpose) -> Result<Vec<Embedding>, ModelError> {
        let Some(output) = self.info.outputs.iter().position(|output| output.purpose == purpose) else {
            let reason = format!("makes no vectors for {}", purpose.word());
            return Err(ModelError::Unsuitable { id: self.info.id.clone(), reason });
        };
        let all = self.embed_prepared(&self.preprocess.prepare_all(images))?;
        Ok(all.into_iter().map(|mut vectors| vectors.swap_remove(output)).collect())
    }

    /// One vector of each output from the rows of one picture's crops, in which the outputs stand side by side.
    fn vectors(&self, rows: &[&[f32]]) -> Result<Vec<Embedding>, ModelError> {
        let mut start = 0;
        let outputs = self.info.outputs.iter().map(|output| {
            let columns = start..start + output.dim;
            start = columns.end;
            mean_direction(&rows.iter().map(|row| &row[columns.clone()]).collect::<Vec<_>>())
        });
        outputs.collect()
    }
}

impl Network {
    fn forward(&self, pictures: &[&[u8]]) -> Tensor<2> {
        match &self.kind {
            Kind::Clip(tower) => tower.forward(pictures, &self.colours),
            Kind::ResNet50(network) => network.forward(pictures, self.side, &self.colours),
            Kind::Starter(tower) => tower.forward(pictures, self.side, &self.colours),
        }
    }

    /// [`forward`](Self::forward) with a share of the pictures for every core, each from the first layer to the last.
    ///
    /// Sharing out every operation instead would let all cores wait for the slowest one after each of them, and what burn does on one
    /// core between the products would not be shared out at all.
    fn forward_on_all_cores(&self, pictures: &[&[u8]]) -> Vec<Tensor<2>> {
        let share = pictures.len().div_ceil(rayon::current_num_threads()).max(1);
        pictures.par_chunks(share).map(|share| self.forward(share)).collect()
    }

    /// [`forward`](Self::forward) in a size that the GPU knows: the last picture fills the batch up.
    fn forward_filled(&self, pictures: &[&[u8]]) -> Tensor<2> {
        let mut filled = pictures.to_vec();
        if let Some(last) = pictures.last() {
            filled.resize(shape(pictures.len(), self.side as u32).inputs, last);
        }
        self.forward(&filled).narrow(0, 0, pictures.len())
    }
}

/// How a GPU computes so many pictures.
fn shape(pictures: usize, side: u32) -> Shape {
    Shape::on_gpu(pictures, GPU_BATCH, side as usize)
}

fn cpu_batch() -> usize {
    (PER_CORE * rayon::current_num_threads()).clamp(CPU_BATCH.0, CPU_BATCH.1)
}

/// What each level of each channel is after normalisation.
pub(crate) fn colours(normalisation: &Normalisation) -> [[f32; 256]; 3] {
    std::array::from_fn(|channel| {
        std::array::from_fn(|level| {
            (level as f32 / 255.0 - normalisation.mean[channel]) / normalisation.std[channel]
        })
    })
}
