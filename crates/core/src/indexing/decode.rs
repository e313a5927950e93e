//! The first stage: one photo file becomes a hash, metadata, a thumbnail, and the networks' inputs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use kindred_models::{PreparedImage, Preprocess};

use crate::catalog::{KnownContent, PendingPhoto};
use crate::media::{self, Caps, MediaError, Metadata, Scale, Thumbnails};

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
    /// The photo's folder went out of reach: nothing is recorded and the next run tries again.
    OutOfReach,
}

/// Everything that later stages need; the pixels themselves are gone.
#[derive(Debug)]
pub(crate) struct ReadyPhoto {
    pub hash: [u8; 32],
    pub metadata: Metadata,
    /// What each model of the job is to do.
    pub inputs: Vec<Input>,
}

/// What one network is to do with a photo.
#[derive(Debug)]
pub(crate) enum Input {
    /// Nothing: the photo has its vector.
    Stored,
    /// Nothing: another photo with the same content has it.
    Known(Vec<f32>),
    /// Look at it.
    Look(PreparedImage),
}

/// Tells what is known of content with a hash.
pub(crate) type KnownBy<'a> = &'a (dyn Fn(&[u8; 32]) -> Option<KnownContent> + Sync);

/// Decodes photos; one per worker thread.
pub(crate) struct Decoder<'a> {
    pub preprocess: &'a [Preprocess],
    pub thumbnails: &'a Thumbnails,
    pub known: KnownBy<'a>,
    pub caps: Caps,
}

impl Decoder<'_> {
    pub(crate) fn decode(&self, item: PendingPhoto) -> DecodedPhoto {
        let mut hash = None;
        let ready = catch_unwind(AssertUnwindSafe(|| self.ready(&item, &mut hash)));
        let outcome = match ready {
            Err(_) => {
                DecodeOutcome::Failed { hash, code: "panic", reason: "the program failed on it".to_owned() }
            }
            Ok(Ok(ready)) => DecodeOutcome::Ready(Box::new(ready)),
            Ok(Err(_)) if out_of_reach(&item.path, &item.root) => DecodeOutcome::OutOfReach,
            Ok(Err(error)) => DecodeOutcome::Failed { hash, code: error.code(), reason: error.to_string() },
        };
        DecodedPhoto { item, outcome }
    }

    fn ready(&self, item: &PendingPhoto, found: &mut Option<[u8; 32]>) -> Result<ReadyPhoto, MediaError> {
        let bytes = media::read(&item.path, &self.caps)?;
        let hash = media::content_hash(&bytes);
        *found = Some(hash);
        if let Some(ready) = self.copied(item, hash) {
            return Ok(ready);
        }
        let decoded = media::decode(&bytes, self.scale(), &self.caps)?;
        let mut metadata = media::metadata(&bytes);
        (metadata.width, metadata.height) = (Some(decoded.width), Some(decoded.height));
        drop(bytes);
        self.thumbnails.ensure(&hash, &decoded.image)?;
        let inputs = self.preprocess.iter().zip(&item.lacks).map(|(preprocess, lacks)| match lacks {
            true => Input::Look(preprocess.prepare(&decoded.image)),
            false => Input::Stored,
        });
        Ok(ReadyPhoto { hash, metadata, inputs: inputs.collect() })
    }

    /// A copy of a photo that is done needs no decoding and no network.
    fn copied(&self, item: &PendingPhoto, hash: [u8; 32]) -> Option<ReadyPhoto> {
        if !self.thumbnails.exists(&hash) {
            return None;
        }
        let known = (self.known)(&hash)?;
        let inputs = item.lacks.iter().zip(known.vectors).map(|(lacks, vector)| match lacks {
            true => vector.map(Input::Known),
            false => Some(Input::Stored),
        });
        Some(ReadyPhoto { hash, metadata: known.metadata, inputs: inputs.collect::<Option<_>>()? })
    }

    /// Twice what the networks need: the final resize then still averages over pixels, as it would over the
    /// full picture's.
    fn scale(&self) -> Scale {
        let network = self.preprocess.iter().map(Preprocess::shortest_side).max().unwrap_or(0);
        Scale::AtLeast { longest: media::ThumbnailSize::Large.longest_side(), shortest: network * 2 }
    }
}

/// True when the file cannot be opened because its whole folder is gone.
fn out_of_reach(path: &Path, root: &Path) -> bool {
    std::fs::File::open(path).is_err() && std::fs::read_dir(root).is_err()
}
