//! Fingerprints of contents: made at the end of a job, or when they are first asked for.

use std::collections::HashMap;

use image::RgbImage;
use rayon::prelude::*;

use crate::catalog::{Catalog, WriterLock};
use crate::error::Result;
use crate::explore::duplicates::Signature;
use crate::explore::{Stage, Steps};
use crate::ids::PhotoId;
use crate::indexing::{JobControl, Phase, Progress};
use crate::library::{Library, PROGRAM};
use crate::media::{Caps, Scale, ThumbnailSize, decode};

/// Thumbnails that are looked at before their fingerprints are written.
const PAGE: usize = 512;

impl Library {
    /// Makes the fingerprints that the catalog lacks, from the thumbnails that are there, and drops those of contents that are gone.
    /// Ends early when the job is cancelled.
    pub(in crate::library) fn add_signatures(
        &self,
        catalog: &Catalog,
        control: &JobControl,
        told: &mut dyn FnMut(&Progress),
    ) -> Result<()> {
        let mut after = None;
        while control.proceed() {
            let page = catalog.without_signature(after, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            let signature =
                |(_, hash): (PhotoId, [u8; 32])| Some((hash, Signature::of(&self.cached_thumbnail(&hash)?)));
            let signatures: Vec<_> = page.into_par_iter().filter_map(signature).collect();
            if !signatures.is_empty() {
                catalog.write_signatures(&signatures)?;
            }
            told(&Progress { phase: Phase::Finishing, ..Progress::default() });
        }
        catalog.remove_orphaned_signatures()
    }

    /// The fingerprints of contents, each with a photo that has it. What is missing is made from thumbnails, and written down when
    /// no other program writes.
    pub(super) fn signatures(
        &self,
        contents: &[(PhotoId, [u8; 32])],
        steps: &Steps<'_>,
    ) -> Result<HashMap<[u8; 32], Signature>> {
        let hashes: Vec<[u8; 32]> = contents.iter().map(|(_, hash)| *hash).collect();
        let known = self.connect()?.signatures(&hashes)?;
        let mut signatures: HashMap<[u8; 32], Signature> =
            hashes.iter().zip(&known).filter_map(|(hash, signature)| Some((*hash, (*signature)?))).collect();
        let missing: Vec<(PhotoId, [u8; 32])> =
            contents.iter().filter(|(_, hash)| !signatures.contains_key(hash)).copied().collect();
        if missing.is_empty() {
            return Ok(signatures);
        }
        let counter = steps.begin(Stage::Reading, missing.len());
        let signature = |(photo, hash): &(PhotoId, [u8; 32])| -> Result<Option<([u8; 32], Signature)>> {
            counter.add(1)?;
            Ok(self.small_picture(*photo, hash).map(|image| (*hash, Signature::of(&image))))
        };
        let made: Result<Vec<_>> = missing.par_iter().map(signature).collect();
        let made: Vec<([u8; 32], Signature)> = made?.into_iter().flatten().collect();
        if let Ok(_lock) = WriterLock::acquire(self.places.dir(), PROGRAM, &mut |_| false) {
            Catalog::open(&self.places.catalog())?.write_signatures(&made)?;
        }
        signatures.extend(made);
        Ok(signatures)
    }

    /// The smaller thumbnail of a photo, made again if need be; `None` where that cannot be.
    pub(super) fn small_picture(&self, photo: PhotoId, hash: &[u8; 32]) -> Option<RgbImage> {
        self.cached_thumbnail(hash).or_else(|| {
            let path = self.thumbnail(photo, ThumbnailSize::Small).ok()?;
            picture(&std::fs::read(path).ok()?)
        })
    }

    fn cached_thumbnail(&self, hash: &[u8; 32]) -> Option<RgbImage> {
        picture(&std::fs::read(self.thumbnails.path(hash, ThumbnailSize::Small)).ok()?)
    }
}

fn picture(jpeg: &[u8]) -> Option<RgbImage> {
    Some(decode(jpeg, Scale::Full, &Caps::of_machine()).ok()?.image)
}
