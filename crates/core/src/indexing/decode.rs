//! The first stage: one photo file becomes a hash, metadata, a thumbnail, and the networks' inputs.

use std::panic::{AssertUnwindSafe, catch_unwind};

use kindred_models::{ModelError, PreparedImage};

use super::Network;
use super::faces::{self, CutFace, FaceNetworks};
use crate::catalog::{KnownContent, PendingPhoto};
use crate::error::{Error, Result};
use crate::media::{
    self, Caps, MeanColour, MediaError, MemoryBudget, Metadata, Scale, ThumbnailError, ThumbnailSize,
    Thumbnails,
};

/// A photo after decoding.
#[derive(Debug)]
pub(crate) struct DecodedPhoto {
    pub item: PendingPhoto,
    pub outcome: DecodeOutcome,
}

/// How decoding went.
#[derive(Debug)]
pub(crate) enum DecodeOutcome {
    /// It went well.
    Ready(Box<ReadyPhoto>),
    /// The photo is broken or too large: recorded, listed, and not tried again unasked.
    Failed { hash: Option<[u8; 32]>, code: &'static str, reason: String },
    /// The file is not where the scan met it, or its whole folder is out of reach: nothing is recorded, the next scan
    /// tells which, and the next run tries again.
    OutOfReach,
}

/// Everything that later stages need; the pixels themselves are gone.
#[derive(Debug)]
pub(crate) struct ReadyPhoto {
    pub hash: [u8; 32],
    pub metadata: Metadata,
    /// Of its thumbnail; nothing where there is none.
    pub colour: Option<MeanColour>,
    /// What each network of the job has to look at; nothing where the photo lacks none of its vectors.
    pub inputs: Vec<Option<PreparedImage>>,
    /// Each of the job's vectors that the photo lacks and another one with the same content has.
    pub known: Vec<Option<Vec<f32>>>,
    /// Its faces, if they were looked for; why there are none, if the network failed on it.
    pub faces: Option<Result<Vec<CutFace>, String>>,
}

/// Tells what is known of content with a hash.
pub(crate) type KnownBy<'a> = &'a (dyn Fn(&[u8; 32]) -> Option<KnownContent> + Sync);

/// Decodes photos; one per worker thread.
pub(crate) struct Decoder<'a> {
    pub networks: &'a [Network],
    pub faces: Option<&'a FaceNetworks>,
    pub thumbnails: &'a Thumbnails,
    pub known: KnownBy<'a>,
    pub memory: &'a MemoryBudget,
    pub caps: Caps,
}

/// Why a photo did not become ready.
enum Trouble {
    /// It is the photo's own.
    Photo(MediaError),
    /// It would befall every photo: the job ends.
    Job(Error),
}

impl From<MediaError> for Trouble {
    fn from(error: MediaError) -> Self {
        Self::Photo(error)
    }
}

impl Decoder<'_> {
    /// Reads, decodes and prepares one photo.
    ///
    /// # Errors
    /// A thumbnail that cannot be written, a network that cannot go on.
    pub(crate) fn decode(&self, item: PendingPhoto) -> Result<DecodedPhoto> {
        let mut hash = None;
        let ready = catch_unwind(AssertUnwindSafe(|| self.ready(&item, &mut hash)));
        let outcome = match ready {
            Ok(Ok(ready)) => DecodeOutcome::Ready(Box::new(ready)),
            Ok(Err(Trouble::Job(error))) => return Err(error),
            Ok(Err(Trouble::Photo(error))) if out_of_reach(&error, &item) => DecodeOutcome::OutOfReach,
            Ok(Err(Trouble::Photo(error))) => {
                DecodeOutcome::Failed { hash, code: error.code(), reason: error.to_string() }
            }
            Err(_) => {
                DecodeOutcome::Failed { hash, code: "panic", reason: "the program failed on it".to_owned() }
            }
        };
        Ok(DecodedPhoto { item, outcome })
    }

    fn ready(&self, item: &PendingPhoto, found: &mut Option<[u8; 32]>) -> Result<ReadyPhoto, Trouble> {
        let bytes = media::read(&item.path, &self.caps).inspect_err(|error| {
            // Refused unread, but content all the same: what was known of the file before is not true of it.
            let is_content = !matches!(error, MediaError::Io(_));
            *found = is_content.then(|| media::hash_file(&item.path).ok()).flatten();
        })?;
        let hash = media::content_hash(&bytes);
        *found = Some(hash);
        if let Some(ready) = self.copied(item, hash) {
            return Ok(ready);
        }
        let _share = self.memory.reserve(&bytes);
        let faces = self.faces.filter(|_| item.lacks_faces);
        let decoded = media::decode(&bytes, self.scale(faces.is_some()), &self.caps)?;
        drop(bytes);
        let longest = decoded.width.max(decoded.height);
        match self.thumbnails.ensure(&hash, &decoded.image, longest, decoded.icc.as_deref()) {
            Ok(()) => {}
            Err(ThumbnailError::Io { path, source }) => return Err(Trouble::Job(Error::io(path, source))),
            // It can be looked for and found; the grid asks for the thumbnail again.
            Err(error) => tracing::warn!(path = %item.path.display(), %error, "a photo without a thumbnail"),
        }
        let inputs = self.networks.iter().map(|network| {
            let is_needed = network.vectors.iter().any(|vector| item.lacks[vector.place]);
            is_needed.then(|| network.embedder.preprocess().prepare(&decoded.image))
        });
        let inputs = inputs.collect();
        let faces = faces.map(|faces| match faces.find(&decoded.image) {
            Ok(found) => Ok(Ok(found)),
            Err(ModelError::NotFinite { what }) => Ok(Err(what)),
            Err(error) => Err(Trouble::Job(error.into())),
        });
        let known = vec![None; item.lacks.len()];
        let colour = self.thumbnails.mean_colour(&hash);
        Ok(ReadyPhoto { hash, metadata: decoded.metadata, colour, inputs, known, faces: faces.transpose()? })
    }

    /// A copy of a photo that is done needs no decoding and no network.
    fn copied(&self, item: &PendingPhoto, hash: [u8; 32]) -> Option<ReadyPhoto> {
        if !self.thumbnails.exists(&hash) {
            return None;
        }
        let KnownContent { metadata, mut vectors, has_faces } = (self.known)(&hash)?;
        if item.lacks_faces && !has_faces {
            return None;
        }
        for (lacks, vector) in item.lacks.iter().zip(&mut vectors) {
            match lacks {
                true if vector.is_none() => return None,
                true => {}
                false => *vector = None,
            }
        }
        let colour = self.thumbnails.mean_colour(&hash);
        Some(ReadyPhoto { hash, metadata, colour, inputs: Vec::new(), known: vectors, faces: None })
    }

    /// What the larger thumbnail and the most demanding network need; more where faces are looked for. The networks' share has room for their own resize,
    /// which still averages over pixels as it would over the full picture's.
    pub(super) fn scale(&self, with_faces: bool) -> Scale {
        let sides = self.networks.iter().map(|network| network.embedder.preprocess().shortest_side());
        let shortest = sides.max().unwrap_or(0);
        let longest = ThumbnailSize::Large.source_side().max(if with_faces { faces::LONGEST } else { 0 });
        Scale::AtLeast { longest, shortest }
    }
}

/// A drive that is pulled leaves an empty folder or none, and a file may be moved while the job runs: both say nothing of
/// the photo.
fn out_of_reach(error: &MediaError, photo: &PendingPhoto) -> bool {
    let unread = matches!(error, MediaError::Io(_));
    error.is_absence() || unread && std::fs::read_dir(&photo.root).is_err()
}
