//! The second stage: one thread owns the device and embeds whole batches.

use std::sync::atomic::AtomicBool;

use crossbeam_channel::{Receiver, Sender};
use kindred_models::{Embedding, ImageEmbedder, ModelError, PreparedImage};

use super::control::JobControl;
use super::decode::{DecodeOutcome, DecodedPhoto};
use super::faces::{CutFace, FaceNetworks};
use super::{Network, batch_size};
use crate::catalog::{FoundFaces, NewFace};
use crate::error::{Error, Result};

/// A photo after all networks have seen it.
#[derive(Debug)]
pub(crate) struct EmbeddedPhoto {
    pub photo: DecodedPhoto,
    /// Each of the job's vectors; absent where the photo had the vector before, or its network failed on it.
    pub vectors: Vec<Option<Vec<f32>>>,
    /// Its faces, if they were looked for and no network failed on them.
    pub faces: Option<FoundFaces>,
    /// Why a network gave no vector. Those of the others are good.
    pub failure: Option<String>,
}

/// Collects batches, embeds them and passes them on until the photos end or the job is cancelled.
///
/// A network that gives no usable numbers for a batch is asked again photo by photo, so that one photo's failure
/// stays its own. Any other error of a network is no photo's fault: it ends the job.
pub(crate) fn infer(
    networks: &[Network],
    faces: Option<&FaceNetworks>,
    photos: &Receiver<DecodedPhoto>,
    batches: &Sender<Result<Vec<EmbeddedPhoto>>>,
    control: &JobControl,
    ended: &AtomicBool,
) {
    while control.proceed_unless(ended) {
        let batch: Vec<DecodedPhoto> = photos.iter().take(batch_size(networks)).collect();
        if batch.is_empty() {
            return;
        }
        let embedded = embed(networks, faces, batch).map_err(Error::from);
        let stop = embedded.is_err();
        if batches.send(embedded).is_err() || stop {
            return;
        }
    }
}

fn embed(
    networks: &[Network],
    faces: Option<&FaceNetworks>,
    batch: Vec<DecodedPhoto>,
) -> Result<Vec<EmbeddedPhoto>, ModelError> {
    let mut photos: Vec<EmbeddedPhoto> = batch.into_iter().map(EmbeddedPhoto::of).collect();
    for (index, Network { embedder, vectors }) in networks.iter().enumerate() {
        let (looked_at, inputs): (Vec<usize>, Vec<PreparedImage>) = photos
            .iter_mut()
            .enumerate()
            .filter_map(|(at, photo)| Some((at, photo.take_input(index)?)))
            .unzip();
        for (at, result) in looked_at.into_iter().zip(embed_each(embedder, &inputs)?) {
            let EmbeddedPhoto { photo, vectors: found, failure, .. } = &mut photos[at];
            match result {
                Ok(outputs) => {
                    for wanted in vectors.iter().filter(|vector| photo.item.lacks[vector.place]) {
                        found[wanted.place] = Some(outputs[wanted.output].as_slice().to_vec());
                    }
                }
                Err(reason) => *failure = Some(reason),
            }
        }
    }
    if let Some(networks) = faces {
        embed_faces(networks, &mut photos)?;
    }
    Ok(photos)
}

/// The faces of all photos of a batch together; the network itself takes no more at once than it can.
fn embed_faces(networks: &FaceNetworks, photos: &mut [EmbeddedPhoto]) -> Result<(), ModelError> {
    let mut cut: Vec<(usize, Vec<CutFace>)> = Vec::new();
    for (at, photo) in photos.iter_mut().enumerate() {
        match photo.take_faces() {
            Some(Ok(faces)) => cut.push((at, faces)),
            Some(Err(reason)) => photo.failure = Some(reason),
            None => {}
        }
    }
    for (at, found) in embed_each_face(networks, cut)? {
        match found {
            Ok(faces) => {
                photos[at].faces = Some(FoundFaces { pipeline: networks.pipeline.clone(), faces });
            }
            Err(reason) => photos[at].failure = Some(reason),
        }
    }
    Ok(())
}

type PhotoFaces = (usize, Result<Vec<NewFace>, String>);

/// For each photo its faces with vectors, or why the network gave none.
fn embed_each_face(
    networks: &FaceNetworks,
    photos: Vec<(usize, Vec<CutFace>)>,
) -> Result<Vec<PhotoFaces>, ModelError> {
    let counts: Vec<(usize, usize)> = photos.iter().map(|(at, faces)| (*at, faces.len())).collect();
    let all: Vec<CutFace> = photos.into_iter().flat_map(|(_, faces)| faces).collect();
    let mut vectors = networks.embed(&all)?.into_iter();
    let mut cut = all.into_iter();
    let of_photo = |(at, count): (usize, usize)| {
        let faces = cut.by_ref().take(count).zip(vectors.by_ref().take(count));
        let faces: Option<Vec<NewFace>> = faces.map(|(face, vector)| Some(face.with(vector?))).collect();
        (at, faces.ok_or_else(|| "a face's vector is not finite".to_owned()))
    };
    Ok(counts.into_iter().map(of_photo).collect())
}

impl EmbeddedPhoto {
    /// A photo that no network has looked at; the vectors that are known already are in their places.
    fn of(mut photo: DecodedPhoto) -> Self {
        let vectors = match &mut photo.outcome {
            DecodeOutcome::Ready(ready) => std::mem::take(&mut ready.known),
            _ => Vec::new(),
        };
        Self { photo, vectors, faces: None, failure: None }
    }

    /// Its faces, if they were looked for.
    fn take_faces(&mut self) -> Option<Result<Vec<CutFace>, String>> {
        let DecodeOutcome::Ready(ready) = &mut self.photo.outcome else { return None };
        ready.faces.take()
    }

    /// What a network has to look at.
    fn take_input(&mut self, network: usize) -> Option<PreparedImage> {
        let DecodeOutcome::Ready(ready) = &mut self.photo.outcome else { return None };
        ready.inputs.get_mut(network)?.take()
    }
}

/// For each input a vector of each of the network's outputs, or the reason why it gave none.
fn embed_each(
    embedder: &ImageEmbedder,
    inputs: &[PreparedImage],
) -> Result<Vec<Result<Vec<Embedding>, String>>, ModelError> {
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
