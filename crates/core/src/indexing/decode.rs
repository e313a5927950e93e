//! The first stage: one photo file becomes a hash, metadata, a thumbnail, and the networks' inputs.

use std::panic::{AssertUnwindSafe, catch_unwind};

use kindred_models::{PreparedImage, Preprocess};

use crate::catalog::{KnownContent, PendingPhoto};
use crate::error::{Error, Result};
use crate::media::{
    self, Caps, MediaError, MemoryBudget, Metadata, Scale, ThumbnailError, ThumbnailSize, Thumbnails,
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
    /// A thumbnail that cannot be written.
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
        let decoded = media::decode(&bytes, self.scale(), &self.caps)?;
        drop(bytes);
        let longest = decoded.width.max(decoded.height);
        match self.thumbnails.ensure(&hash, &decoded.image, longest, decoded.icc.as_deref()) {
            Ok(()) => {}
            Err(ThumbnailError::Io { path, source }) => return Err(Trouble::Job(Error::io(path, source))),
            // It can be looked for and found; the grid asks for the thumbnail again.
            Err(error) => tracing::warn!(path = %item.path.display(), %error, "a photo without a thumbnail"),
        }
        let inputs = self.preprocess.iter().zip(&item.lacks).map(|(preprocess, lacks)| match lacks {
            true => Input::Look(preprocess.prepare(&decoded.image)),
            false => Input::Stored,
        });
        Ok(ReadyPhoto { hash, metadata: decoded.metadata, inputs: inputs.collect() })
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

    /// What the larger thumbnail and the most demanding network need. The networks' share has room for their own resize,
    /// which still averages over pixels as it would over the full picture's.
    pub(super) fn scale(&self) -> Scale {
        let shortest = self.preprocess.iter().map(Preprocess::shortest_side).max().unwrap_or(0);
        Scale::AtLeast { longest: ThumbnailSize::Large.source_side(), shortest }
    }
}

/// A drive that is pulled leaves an empty folder or none, and a file may be moved while the job runs: both say nothing of
/// the photo.
fn out_of_reach(error: &MediaError, photo: &PendingPhoto) -> bool {
    let unread = matches!(error, MediaError::Io(_));
    error.is_absence() || unread && std::fs::read_dir(&photo.root).is_err()
}
