//! Bringing the library up to date.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::answer::{Failure, IndexReport};
use super::choice::ModelToIndex;
use super::people::Regrouping;
use super::request::{By, IndexRequest};
use super::{Library, choice, key_of};
use crate::catalog::{Catalog, IndexOutcome, IndexedPhoto, PendingPhoto};
use crate::error::{Error, Result};
use crate::ids::{FolderId, ModelKey};
use crate::indexing::{
    DecodeOutcome, EmbeddedPhoto, JobControl, Network, Phase, Pipeline, Progress, RateMeter, Tally, Wanted,
};
use crate::scan::{FileAccess, ScanReport, ScanRequest, scan};

/// Photos read from the catalog at once when the work is listed.
const PAGE: usize = 4096;

type Told<'a> = &'a mut dyn FnMut(&Progress);

/// What a job works with and on.
struct Job<'a> {
    catalog: &'a Catalog,
    models: &'a [ModelToIndex],
    /// Of the vectors that a photo is to have: those of the first model, then those of the next.
    keys: &'a [ModelKey],
    /// The networks that faces are looked for with, and their versions.
    faces: Option<&'a str>,
    /// Photos that the scan has met.
    found: u64,
    control: &'a JobControl,
}

impl Library {
    /// Finds what is new, changed, moved or gone, and reads and embeds what is not up to date.
    ///
    /// Photos are in the catalog as soon as the scan has met them; those that are embedded are found by searches at
    /// once. A cancelled job ends after the batch at hand and the next one goes on from there.
    ///
    /// # Errors
    /// There is no library yet; a folder is not in it; a model cannot be loaded; the disk is full. A photo that cannot
    /// be read is no error: it is in the report.
    pub fn index(&self, request: &IndexRequest, control: &JobControl, told: Told<'_>) -> Result<IndexReport> {
        let started = Instant::now();
        drop(self.reader()?);
        let _lock = self.lock(control, told)?;
        let catalog = Catalog::open(&self.places.catalog())?;
        choice::remember(&self.engine, &catalog, &request.models)?;
        if catalog.remove_cut_vectors()? > 0 {
            tracing::warn!("{}: vectors that were damaged are made anew", self.dir().display());
        }
        let folders = folder_ids(&catalog, request.folders.as_deref())?;
        let folders = folders.as_deref();
        if request.retry_failed {
            catalog.retry_failures(folders)?;
        } else {
            catalog.retry_unreadable(folders)?;
        }
        let (mut report, cancelled) = match self.scan(&catalog, folders, control, told) {
            Ok(scanned) => (report_of(&scanned), false),
            Err(Error::Cancelled) => (IndexReport::default(), true),
            Err(error) => return Err(error),
        };
        // Photos are in the library by now, also when a model is not to be had.
        let models = choice::models_to_index(&self.engine, &catalog)?;
        let keys: Vec<ModelKey> = models.iter().flat_map(keys_of).collect();
        let faces = self.face_pipeline(&catalog)?;
        let faces = faces.as_deref();
        let work = pending(&catalog, &keys, faces, folders)?;
        let total = work.len() as u64;
        let mut replaced = Vec::new();
        let found = report.found;
        let job = Job { catalog: &catalog, models: &models, keys: &keys, faces, found, control };
        let embedded = match cancelled || work.is_empty() {
            true => Ok(Tally::default()),
            false => self.embed_all(&job, work, &mut replaced, told),
        };
        // Only now: a later photo of the job may have had the content again.
        self.remove_thumbnails(&catalog.without_photo(replaced)?);
        let tally = embedded?;
        told(&Progress { phase: Phase::Finishing, found: report.found, ..Progress::default() });
        self.add_colours(&catalog, control, told)?;
        self.add_signatures(&catalog, control, told)?;
        self.finish_indexes(&catalog, &keys, control, told)?;
        self.finish_people(&catalog, control, told)?;
        complete(&mut report, &catalog, folders)?;
        report.indexed = tally.indexed;
        report.remaining = total - tally.indexed - tally.failed;
        report.unchanged = report.found.saturating_sub(report.indexed + report.failed + report.remaining);
        report.cancelled = control.is_cancelled();
        report.models = models.into_iter().map(|model| model.model.info.id).collect();
        report.device = self.engine.device_in_use();
        report.seconds = started.elapsed().as_secs_f64();
        Ok(report)
    }

    /// The networks of a job, loaded. Their vectors have the places of [`keys_of`] the models, one after the other.
    fn networks(&self, models: &[ModelToIndex]) -> Result<Vec<Network>> {
        let mut places = 0..;
        let mut networks = Vec::with_capacity(models.len());
        for ModelToIndex { model, kinds } in models {
            let output =
                |by: &By| model.info.outputs.iter().position(|output| output.purpose == by.purpose());
            let vectors = kinds.iter().filter_map(output).zip(&mut places);
            networks.push(Network {
                vectors: vectors.map(|(output, place)| Wanted { output, place }).collect(),
                embedder: self.engine.image(model)?,
            });
        }
        Ok(networks)
    }

    fn scan(
        &self,
        catalog: &Catalog,
        folders: Option<&[FolderId]>,
        control: &JobControl,
        told: Told<'_>,
    ) -> Result<ScanReport> {
        let request = ScanRequest { folders, ..ScanRequest::default() };
        let report = scan(catalog, &request, &FileAccess::default(), &mut |progress| {
            told(&Progress { phase: Phase::Scanning, found: progress.found, ..Progress::default() });
            control.proceed()
        })?;
        self.remove_thumbnails(&report.orphaned);
        Ok(report)
    }

    /// Reads and embeds `work`; adds contents that no photo has any more to `replaced`.
    fn embed_all(
        &self,
        job: &Job<'_>,
        work: Vec<PendingPhoto>,
        replaced: &mut Vec<[u8; 32]>,
        told: Told<'_>,
    ) -> Result<Tally> {
        let Job { catalog, models, keys, faces, found, control } = *job;
        let total = work.len() as u64;
        if !models.is_empty() {
            told(&Progress { phase: Phase::LoadingModels, found, total, ..Progress::default() });
        }
        let networks = self.networks(models)?;
        let face_networks = match work.iter().any(|photo| photo.lacks_faces) {
            true => Some(self.face_networks()?),
            false => None,
        };
        let message = self.engine.device_in_use().map(|device| device.to_string());
        told(&Progress { phase: Phase::Indexing, found, total, message, ..Progress::default() });

        let reader = Mutex::new(Catalog::open_read_only(&self.places.catalog())?);
        let known = |hash: &[u8; 32]| {
            let reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
            // Without an answer the photo is decoded as any other.
            reader.known_content(hash, keys, faces).ok().flatten()
        };
        let pipeline = Pipeline {
            networks: &networks,
            faces: face_networks.as_ref(),
            thumbnails: &self.thumbnails,
            known: &known,
            memory: &self.memory,
            control,
        };
        let mut meter = RateMeter::new(Instant::now());
        let mut regrouping = faces.map(|faces| Regrouping::new(faces.to_owned()));
        pipeline.run(
            work,
            |photos| {
                let faces = photos.iter().filter_map(|photo| photo.faces.as_ref());
                let new = faces.map(|found| found.faces.len() as u64).sum();
                let tally = write(catalog, keys, photos, replaced)?;
                if let Some(regrouping) = &mut regrouping {
                    regrouping.saw(new, catalog, control)?;
                }
                Ok(tally)
            },
            |tally| {
                let done = tally.done();
                let rate = meter.rate(Instant::now(), done);
                let seconds_left = (rate > 0.0).then(|| total.saturating_sub(done) as f64 / rate);
                let (phase, failed, message) = (Phase::Indexing, tally.failed, None);
                told(&Progress { phase, found, total, done, failed, rate, seconds_left, message });
            },
        )
    }
}

/// The keys of the vectors that a model makes in a job.
fn keys_of(model: &ModelToIndex) -> impl Iterator<Item = ModelKey> {
    model.kinds.iter().filter_map(|by| key_of(&model.model.info, *by))
}

/// Writes one batch in one transaction; adds contents that no photo has any more to `replaced`.
fn write(
    catalog: &Catalog,
    keys: &[ModelKey],
    photos: Vec<EmbeddedPhoto>,
    replaced: &mut Vec<[u8; 32]>,
) -> Result<Tally> {
    let mut out_of_reach = 0;
    let mut batch = Vec::with_capacity(photos.len());
    for EmbeddedPhoto { photo, vectors, faces, failure } in photos {
        let outcome = match photo.outcome {
            DecodeOutcome::Ready(ready) => {
                let (hash, metadata, colour) = (ready.hash, ready.metadata, ready.colour);
                match failure {
                    None => IndexOutcome::Ready { hash, metadata, colour, vectors },
                    Some(reason) => {
                        let code = "network".to_owned();
                        IndexOutcome::Partial { hash, metadata, colour, vectors, code, reason }
                    }
                }
            }
            DecodeOutcome::Failed { hash, code, reason } => {
                IndexOutcome::Failed { hash, code: code.to_owned(), reason }
            }
            DecodeOutcome::OutOfReach => {
                out_of_reach += 1;
                continue;
            }
        };
        batch.push(IndexedPhoto { photo: photo.item.id, stamp: photo.item.stamp, outcome, faces });
    }
    let written = catalog.write_indexed(keys, &batch)?;
    replaced.extend(written.orphaned);
    Ok(Tally { indexed: written.ready, failed: written.failed, out_of_reach: out_of_reach + written.stale })
}

fn pending(
    catalog: &Catalog,
    keys: &[ModelKey],
    faces: Option<&str>,
    folders: Option<&[FolderId]>,
) -> Result<Vec<PendingPhoto>> {
    let mut work: Vec<PendingPhoto> = Vec::new();
    loop {
        let after = work.last().map(|photo| photo.id);
        let page = catalog.pending(keys, faces, folders, after, PAGE)?;
        let last = page.len() < PAGE;
        work.extend(page);
        if last {
            return Ok(work);
        }
    }
}

fn folder_ids(catalog: &Catalog, folders: Option<&[PathBuf]>) -> Result<Option<Vec<FolderId>>> {
    let Some(folders) = folders else { return Ok(None) };
    let ids = folders.iter().map(|path| Ok(catalog.folder_at(path)?.id));
    ids.collect::<Result<_>>().map(Some)
}

fn report_of(scanned: &ScanReport) -> IndexReport {
    IndexReport {
        found: scanned.found,
        offline: scanned.offline,
        moved: scanned.moved,
        missing: scanned.missing,
        ..IndexReport::default()
    }
}

/// Counts what is there now, and lists what cannot be read of it.
fn complete(report: &mut IndexReport, catalog: &Catalog, folders: Option<&[FolderId]>) -> Result<()> {
    let is_concerned = |folder| folders.is_none_or(|folders| folders.contains(&folder));
    let mut no_photos = 0;
    for failure in catalog.failures()? {
        if !failure.offline && is_concerned(failure.folder) {
            no_photos += u64::from(failure.photo.is_none());
            report.failures.push(Failure { path: failure.path, reason: failure.reason });
        }
    }
    let counts = catalog.counts(folders)?;
    report.found = counts.total - counts.offline + no_photos;
    report.offline = counts.offline;
    report.failed = report.failures.len() as u64;
    Ok(())
}
