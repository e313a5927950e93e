//! One file: from address to address and from try to try until it is here and its hash is right.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use reqwest::Url;

use super::attempt::Session;
use super::failure::{Again, AttemptError};
use super::mirror::without_password;
use super::retry::Retries;
use super::{DownloadPhase, DownloadProgress, PartFile};
use crate::error::{DownloadFailure, ModelError};
use crate::manifest::FileVariant;
use crate::store::{Sha256Digest, set_aside};

/// A file as the manifest describes it, all unknowns excluded.
pub(super) struct Wanted<'a> {
    variant: &'a FileVariant,
    bytes: u64,
    sha256: Sha256Digest,
}

impl<'a> Wanted<'a> {
    /// `None` for a file whose content could not be checked.
    pub(super) fn new(variant: &'a FileVariant) -> Option<Self> {
        Some(Self { variant, bytes: variant.bytes?, sha256: variant.sha256? })
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn variant(&self) -> &'a FileVariant {
        self.variant
    }

    pub(super) fn sha256(&self) -> Sha256Digest {
        self.sha256
    }
}

impl<P: FnMut(DownloadProgress) + ?Sized> Session<'_, P> {
    /// Fetches `wanted` and returns the path of a complete, durable, checked file beside `target`.
    ///
    /// The addresses are asked in turn. When none delivers, the error is that of the first, except that a wrong hash
    /// is reported in any case, since it names the file that was kept.
    pub(super) async fn fetch(&mut self, wanted: &Wanted<'_>, target: &Path) -> Result<PathBuf, ModelError> {
        let mut first_error = None;
        let mut unreachable = Vec::new();
        for url in &wanted.variant.urls {
            let url = self.options.mirror.as_ref().map_or_else(|| url.clone(), |m| m.apply(url));
            let host = Url::parse(&url).ok().and_then(|u| u.host_str().map(str::to_owned));
            if unreachable.contains(&host) {
                continue;
            }
            let error = match self.fetch_from(&url, wanted, target).await {
                Ok(temp) => return Ok(temp),
                Err(error) => error,
            };
            tracing::warn!("{error}");
            match &error {
                ModelError::WrongHash { .. } => first_error = Some(error),
                ModelError::Download { failure, .. } => {
                    if matches!(
                        failure,
                        DownloadFailure::Dns(_) | DownloadFailure::Connect(_) | DownloadFailure::Proxy { .. }
                    ) {
                        unreachable.push(host);
                    }
                    first_error.get_or_insert(error);
                }
                _ => return Err(error),
            }
        }
        Err(first_error.unwrap_or_else(|| ModelError::Manifest {
            what: format!("the file {} has no address", wanted.variant.name),
        }))
    }

    /// Fetches `wanted` from one address, with retries.
    async fn fetch_from(
        &mut self,
        url: &str,
        wanted: &Wanted<'_>,
        target: &Path,
    ) -> Result<PathBuf, ModelError> {
        let mut started_over = false;
        loop {
            let part = self.receive_all(url, wanted, target).await?;
            let joined = part.is_joined();
            let (temp, found) = part.finish().await?;
            if found == wanted.sha256 {
                return Ok(temp);
            }
            if joined && !started_over {
                // The bytes of an earlier run may be the bad ones (a power cut leaves zeros), or the content at the server may have
                // changed between two answers. The server is not to blame before it has been asked for the whole.
                tracing::warn!("{}: its pieces do not fit together; starting again", temp.display());
                std::fs::remove_file(&temp).map_err(|e| ModelError::io(&temp, e))?;
                started_over = true;
                continue;
            }
            let kept = set_aside(&temp, target, found)?;
            return Err(ModelError::WrongHash {
                path: target.to_path_buf(),
                expected: wanted.sha256.to_string(),
                found: found.to_string(),
                kept: Some(kept),
            });
        }
    }

    /// Asks one address until all bytes are here.
    async fn receive_all(
        &mut self,
        url: &str,
        wanted: &Wanted<'_>,
        target: &Path,
    ) -> Result<PartFile, ModelError> {
        let (meter, sink, cancel) = (&mut self.meter, &mut *self.sink, self.cancel);
        let mut part = PartFile::open(target, wanted.bytes, |hashed| {
            meter.advance_to(hashed, DownloadPhase::Checking, sink);
            if cancel.load(Ordering::Relaxed) { Err(ModelError::Cancelled) } else { Ok(()) }
        })
        .await?;
        let mut retries = Retries::new(self.options, part.written());
        while !part.is_complete() {
            let (failure, again) = match self.attempt(url, wanted.bytes, &mut part).await {
                Ok(()) => break,
                Err(AttemptError::Fatal(error)) => return Err(error),
                Err(AttemptError::Failed { failure, again }) => (failure, again),
            };
            let wait = match again {
                Again::No => None,
                Again::Yes => retries.next_wait(part.written(), None),
                Again::After(asked) => retries.next_wait(part.written(), Some(asked)),
            };
            let Some(wait) = wait else {
                return Err(ModelError::Download { url: without_password(url), failure });
            };
            tracing::debug!("{}: {failure}; trying again in {wait:?}", without_password(url));
            let phase = DownloadPhase::Retrying { failure, wait };
            self.meter.advance_to(part.written(), phase, self.sink);
            self.pause(wait).await?;
        }
        Ok(part)
    }
}
