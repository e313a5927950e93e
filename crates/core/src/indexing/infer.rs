//! The second stage: one thread owns the device and embeds whole batches.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crossbeam_channel::{Receiver, Sender};
use kindred_models::{Embedding, ImageEmbedder, ModelError, PreparedImage};

use super::control::JobControl;
use super::decode::{DecodeOutcome, DecodedPhoto, Input};
use crate::error::{Error, Result};

/// A photo after all networks have seen it.
#[derive(Debug)]
pub(crate) struct EmbeddedPhoto {
    pub photo: DecodedPhoto,
    /// One for each model of the job; absent where the photo had the vector before, or its network failed on it.
    pub vectors: Vec<Option<Vec<f32>>>,
    /// Why a network gave no vector. Those of the others are good.
    pub failure: Option<String>,
}

/// Collects batches, embeds them and passes them on until the photos end or the job is cancelled.
///
/// A network that gives no usable numbers for a batch is asked again photo by photo, so that one photo's failure
/// stays its own. Any other error of a network is no photo's fault: it ends the job.
pub(crate) fn infer(
    embedders: &[Arc<ImageEmbedder>],
    photos: &Receiver<DecodedPhoto>,
    batches: &Sender<Result<Vec<EmbeddedPhoto>>>,
    control: &JobControl,
    ended: &AtomicBool,
) {
    let size = embedders.iter().map(|e| e.batch_size()).max().unwrap_or(16);
    while control.proceed_unless(ended) {
        let batch: Vec<DecodedPhoto> = photos.iter().take(size).collect();
        if batch.is_empty() {
            return;
        }
        let embedded = embed(embedders, batch).map_err(Error::from);
        let stop = embedded.is_err();
        if batches.send(embedded).is_err() || stop {
            return;
        }
    }
}

fn embed(
    embedders: &[Arc<ImageEmbedder>],
    batch: Vec<DecodedPhoto>,
) -> Result<Vec<EmbeddedPhoto>, ModelError> {
    let mut photos: Vec<EmbeddedPhoto> = batch
        .into_iter()
        .map(|photo| EmbeddedPhoto { photo, vectors: vec![None; embedders.len()], failure: None })
        .collect();
    for (model, embedder) in embedders.iter().enumerate() {
        let (places, inputs): (Vec<usize>, Vec<PreparedImage>) = photos
            .iter_mut()
            .enumerate()
            .filter_map(|(place, photo)| Some((place, take_input(photo, model)?)))
            .unzip();
        for (place, result) in places.into_iter().zip(embed_each(embedder, &inputs)?) {
            match result {
                Ok(vector) => photos[place].vectors[model] = Some(vector.into_vec()),
                Err(reason) => photos[place].failure = Some(reason),
            }
        }
    }
    Ok(photos)
}

/// What the network has to look at; a vector that is known already goes to its place.
fn take_input(photo: &mut EmbeddedPhoto, model: usize) -> Option<PreparedImage> {
    let DecodeOutcome::Ready(ready) = &mut photo.photo.outcome else { return None };
    match std::mem::replace(&mut ready.inputs[model], Input::Stored) {
        Input::Stored => None,
        Input::Known(vector) => {
            photo.vectors[model] = Some(vector);
            None
        }
        Input::Look(input) => Some(input),
    }
}

/// For each input its vector, or the reason why the network gave none.
fn embed_each(
    embedder: &ImageEmbedder,
    inputs: &[PreparedImage],
) -> Result<Vec<Result<Embedding, String>>, ModelError> {
    if inputs.is_empty() {
        return Ok(Vec::new());
    }
    match embedder.embed_prepared(inputs) {
        Ok(vectors) => Ok(vectors.into_iter().map(Ok).collect()),
        Err(ModelError::NotFinite { what }) if inputs.len() == 1 => Ok(vec![Err(what)]),
        Err(ModelError::NotFinite { .. }) => {
            let singles = inputs.iter().map(|input| embed_each(embedder, std::slice::from_ref(input)));
            Ok(singles.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        }
        Err(error) => Err(error),
    }
}
