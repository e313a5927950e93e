//! Fetching model files: the only thing Kindred does on the network, and only when the user asks for it.
//!
//! A download goes on where an earlier one stopped, is hashed while it comes in, and is put in its place by a rename
//! only when every bit is right. See [`Mirror`] for other hosts, [`ProxySetting`] for proxies.

mod attempt;
mod client;
mod failure;
mod mirror;
mod part;
mod progress;
mod retry;
mod transfer;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub use client::ProxySetting;
pub use mirror::{MIRROR_VARIABLE, Mirror};
pub(crate) use part::PartFile;
pub(crate) use progress::ProgressMeter;
pub use progress::{DownloadPhase, DownloadProgress};

use crate::error::ModelError;
use crate::store::{InstallState, ModelLock, ModelStore, check_space};
use attempt::Session;
use transfer::Wanted;

/// How often a waiting download looks whether the other program is done.
const LOCK_INTERVAL: Duration = Duration::from_millis(200);

/// How a download behaves. The default is right for people; tests are less patient.
#[derive(Debug, Clone)]
pub struct DownloadOptions {
    /// Where to fetch from instead of at the publisher.
    pub mirror: Option<Mirror>,
    /// The proxy to go through.
    pub proxy: ProxySetting,
    /// Tries in a row, after the first, that may bring nothing new.
    pub retries: u32,
    /// Wait before the first retry; each further wait is twice as long. Up to half of a wait is left to chance.
    pub first_wait: Duration,
    /// The longest wait between retries.
    pub longest_wait: Duration,
    /// The longest wait a server may ask for (Retry-After); if it asks for more, the download fails and says so.
    pub patience: Duration,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long a server may be silent.
    pub stall_timeout: Duration,
    /// Bytes that must stay free on the disk.
    pub reserve_bytes: u64,
}

impl Default for DownloadOptions {
    fn default() -> Self {
        Self {
            mirror: None,
            proxy: ProxySetting::System,
            retries: 4,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            patience: Duration::from_secs(300),
            connect_timeout: Duration::from_secs(20),
            stall_timeout: Duration::from_secs(30),
            reserve_bytes: 64 << 20,
        }
    }
}

impl ModelStore {
    /// Fetches the required files of a model that are not here yet, and returns the path of its weights.
    ///
    /// Blocks the calling thread, which must not belong to an async runtime: there, use
    /// [`ModelStore::download_async`]. Setting `cancel` ends it within a moment; what was received is kept, and the
    /// next download goes on from there, also after a restart of the program. Another download of the same model,
    /// here or in another program, is waited for.
    ///
    /// # Errors
    /// [`ModelError::Download`] with the address and the reason; [`ModelError::WrongHash`] with the path where the
    /// bad file was kept; [`ModelError::DiskFull`]; [`ModelError::Cancelled`]; [`ModelError::UnknownModel`];
    /// [`ModelError::Io`].
    pub fn download(
        &self,
        id: &str,
        options: &DownloadOptions,
        cancel: &AtomicBool,
        progress: &mut dyn FnMut(DownloadProgress),
    ) -> Result<PathBuf, ModelError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| ModelError::io(self.dir(), e))?;
        runtime.block_on(self.download_async(id, options, cancel, progress))
    }

    /// [`ModelStore::download`] for callers with a tokio runtime. The future is `Send` if `progress` is.
    ///
    /// # Errors
    /// As [`ModelStore::download`].
    pub async fn download_async<P: FnMut(DownloadProgress) + ?Sized>(
        &self,
        id: &str,
        options: &DownloadOptions,
        cancel: &AtomicBool,
        progress: &mut P,
    ) -> Result<PathBuf, ModelError> {
        if let InstallState::Installed { path } = self.state(id)? {
            return Ok(path);
        }
        let first_url = self.entry(id)?.files.iter().find_map(|f| f.downloadable()?.urls.first());
        let client = client::client(options, first_url.map_or(id, String::as_str))?;
        let mut session = Session { client, options, cancel, meter: ProgressMeter::new(0), sink: progress };
        let _lock = session.wait_for_lock(self, id).await?;
        // Asked again under the lock: another program may just have fetched some of them.
        let wanted: Vec<_> = self.missing(id)?.into_iter().filter_map(Wanted::new).collect();
        let folder = self.model_dir(id)?;
        std::fs::create_dir_all(&folder).map_err(|e| ModelError::io(&folder, e))?;

        let total: u64 = wanted.iter().map(Wanted::bytes).sum();
        let present: u64 =
            wanted.iter().map(|w| PartFile::bytes_of(&folder.join(&w.variant().name)).min(w.bytes())).sum();
        check_space(&folder, &folder, (total - present).saturating_add(options.reserve_bytes))?;

        session.meter = ProgressMeter::new(total);
        let mut before = 0;
        for file in &wanted {
            let variant = file.variant();
            session.meter.begin_file(&variant.name, before);
            let temp = session.fetch(file, &folder.join(&variant.name)).await?;
            self.install(id, &temp, variant, file.sha256())?;
            before += file.bytes();
        }
        match self.state(id)? {
            InstallState::Installed { path } => Ok(path),
            other => Err(ModelError::NotInstalled { id: id.to_owned(), reason: format!("{other:?}") }),
        }
    }
}

impl<P: FnMut(DownloadProgress) + ?Sized> Session<'_, P> {
    async fn wait_for_lock(&mut self, store: &ModelStore, id: &str) -> Result<ModelLock, ModelError> {
        loop {
            if let Some(lock) = ModelLock::try_take(store.dir(), id)? {
                return Ok(lock);
            }
            self.meter.enter(DownloadPhase::Waiting, self.sink);
            self.pause(LOCK_INTERVAL).await?;
        }
    }
}
