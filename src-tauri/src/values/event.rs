//! What the page is told unasked.

use kindred_core::{Phase, Progress};
use serde::Serialize;

use super::{CommandError, DeviceInUse, Exploring, PickedPicture};

/// Something happened. Samples of one thing come at most ten times a second; the last of a job is never left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Event {
    /// How far the indexing job is.
    Index(IndexProgress),
    /// Photos changed, or the state of the library: what was asked of it before may not hold any more.
    Library { revision: u64 },
    /// How far the download or import of a model is.
    Model(ModelProgress),
    /// Something is dragged over the window, or no longer. In pixels of the page.
    Drop { over: bool, x: f64, y: f64 },
    /// Files were dropped on the window.
    Dropped(Offered),
    /// Files were given to the program to open.
    Open(Offered),
    /// How far an exploration is.
    Exploring(Exploring),
}

/// How far the indexing job is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct IndexProgress {
    pub phase: IndexPhase,
    /// Photo files found so far.
    pub found: u64,
    /// Photos to do in this job.
    pub total: u64,
    /// Photos done, failed ones included.
    pub done: u64,
    /// Photos that could not be read.
    pub failed: u64,
    /// Photos a second, over the last half minute.
    pub rate: f64,
    /// Expected time to the end.
    pub seconds_left: Option<f64>,
    /// Who holds the library, or what the networks run on, in English.
    pub message: Option<String>,
    /// The user has paused the job.
    pub paused: bool,
    /// With `done`: what the job did.
    pub report: Option<IndexReport>,
    /// With `failed`: what ended the job.
    pub error: Option<CommandError>,
}

/// What the indexing job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(crate) enum IndexPhase {
    /// Waiting for another program that writes to the library.
    Waiting,
    Scanning,
    LoadingModels,
    Indexing,
    Finishing,
    Done,
    Failed,
}

/// What an indexing job did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct IndexReport {
    /// Photo files in the reachable folders.
    pub found: u64,
    /// Photos brought up to date by this job.
    pub indexed: u64,
    /// Photos that were up to date before.
    pub unchanged: u64,
    /// Photos that cannot be read; `failures` tells which.
    pub failed: u64,
    pub offline: u64,
    /// Photos known by their content at a new path.
    pub moved: u64,
    /// Photos whose file is gone.
    pub missing: u64,
    /// Photos left for the next job.
    pub remaining: u64,
    pub seconds: f64,
    /// The job was ended by the user.
    pub cancelled: bool,
    /// Ids of the models whose vectors are now there for every indexed photo.
    pub models: Vec<String>,
    pub device: Option<DeviceInUse>,
}

/// How far the download or import of a model is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ModelProgress {
    /// Which model.
    pub id: String,
    pub phase: ModelPhase,
    /// Bytes that are here.
    pub bytes: u64,
    /// Bytes that will be here at the end.
    pub total: u64,
    /// Bytes a second; 0 unless bytes come in.
    pub rate: u64,
    pub seconds_left: Option<u64>,
    /// With `failed` what ended it; with `downloading` what went wrong before the next try.
    pub error: Option<CommandError>,
}

/// What a download is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum ModelPhase {
    Downloading,
    Verifying,
    Done,
    /// Ended by the user; what is here stays.
    Paused,
    Failed,
}

/// Files that the user gave to the window.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Offered {
    /// Folders, to be added: paths, or tokens of those whose names are no Unicode.
    pub folders: Vec<String>,
    /// Pictures, to be asked about.
    pub pictures: Vec<PickedPicture>,
    /// Why something else could not be taken.
    pub error: Option<CommandError>,
    /// Where they were dropped, in pixels of the page; 0 where they were not.
    pub x: f64,
    pub y: f64,
}

impl IndexProgress {
    pub(crate) fn of(progress: &Progress, paused: bool) -> Self {
        let phase = match progress.phase {
            Phase::Waiting => IndexPhase::Waiting,
            Phase::Scanning => IndexPhase::Scanning,
            Phase::LoadingModels => IndexPhase::LoadingModels,
            Phase::Indexing => IndexPhase::Indexing,
            Phase::Finishing => IndexPhase::Finishing,
        };
        Self {
            phase,
            found: progress.found,
            total: progress.total,
            done: progress.done,
            failed: progress.failed,
            rate: progress.rate,
            seconds_left: progress.seconds_left,
            message: progress.message.clone(),
            paused,
            report: None,
            error: None,
        }
    }
}

impl From<kindred_core::IndexReport> for IndexReport {
    fn from(report: kindred_core::IndexReport) -> Self {
        Self {
            found: report.found,
            indexed: report.indexed,
            unchanged: report.unchanged,
            failed: report.failed,
            offline: report.offline,
            moved: report.moved,
            missing: report.missing,
            remaining: report.remaining,
            seconds: report.seconds,
            cancelled: report.cancelled,
            models: report.models,
            device: report.device.map(Into::into),
        }
    }
}
