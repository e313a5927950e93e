//! One request: asks for the bytes that are missing and appends them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, HeaderName, IF_RANGE, RANGE, RETRY_AFTER,
};
use reqwest::{Client, Response, StatusCode};

use super::failure::AttemptError;
use super::progress::INTERVAL;
use super::retry::retry_after;
use super::{DownloadOptions, DownloadPhase, DownloadProgress, PartFile, ProgressMeter};
use crate::error::{DownloadFailure, ModelError};

/// How soon a cancellation is noticed while nothing else happens.
const CANCEL_INTERVAL: Duration = Duration::from_millis(20);

/// What all requests of one download share.
pub(super) struct Session<'a, P: ?Sized> {
    pub(super) client: Client,
    pub(super) options: &'a DownloadOptions,
    pub(super) cancel: &'a AtomicBool,
    pub(super) meter: ProgressMeter,
    pub(super) sink: &'a mut P,
}

impl<P: FnMut(DownloadProgress) + ?Sized> Session<'_, P> {
    /// Asks `url` for what is missing of a file of `expected` bytes. `Ok` means that `part` is complete.
    pub(super) async fn attempt(
        &mut self,
        url: &str,
        expected: u64,
        part: &mut PartFile,
    ) -> Result<(), AttemptError> {
        self.meter.advance_to(part.written(), DownloadPhase::Connecting, self.sink);
        let response = self.ask(url, part).await?;
        self.accept(&response, url, expected, part).await?;
        let received = self.receive(response, expected, part).await;
        // Whatever ended it: what came is worth keeping.
        part.flush().await?;
        received
    }

    async fn ask(&mut self, url: &str, part: &PartFile) -> Result<Response, AttemptError> {
        let mut request = self.client.get(url).header(ACCEPT_ENCODING, "identity");
        if part.written() > 0 {
            request = request.header(RANGE, format!("bytes={}-", part.written()));
            if let Some(etag) = part.etag(url) {
                request = request.header(IF_RANGE, etag);
            }
        }
        let answer = self.unless_stalled(request.send()).await?;
        answer.map_err(|e| AttemptError::from_request(&e, self.options.proxy.address_for(url)))
    }

    /// Looks at the answer's head: brings `part` to where the body begins, or says why the body is of no use.
    async fn accept(
        &mut self,
        response: &Response,
        url: &str,
        expected: u64,
        part: &mut PartFile,
    ) -> Result<(), AttemptError> {
        let headers = response.headers();
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                let range = text(headers, CONTENT_RANGE).and_then(content_range);
                if let Some((_, Some(length))) = range
                    && length != expected
                {
                    return Err(other_length(length, expected));
                }
                if range.map(|(start, _)| start) != Some(part.written()) {
                    part.restart().await?;
                    let failure = DownloadFailure::Unexpected("not the range that was asked for".to_owned());
                    return Err(AttemptError::passing(failure));
                }
                part.join();
            }
            StatusCode::OK => {
                if let Some(length) = response.content_length()
                    && length != expected
                {
                    return Err(other_length(length, expected));
                }
                // The server ignores ranges, or has another content than before: from the beginning, then.
                part.restart().await?;
            }
            StatusCode::RANGE_NOT_SATISFIABLE if part.written() > 0 => {
                part.restart().await?;
                let failure =
                    DownloadFailure::Unexpected("the server has fewer bytes than are here".to_owned());
                return Err(AttemptError::passing(failure));
            }
            status => {
                let wait = text(headers, RETRY_AFTER).and_then(|h| retry_after(h, SystemTime::now()));
                let proxy = self.options.proxy.address_for(url);
                return Err(AttemptError::from_status(status.as_u16(), wait, proxy));
            }
        }
        part.remember_etag(url, text(headers, ETAG));
        Ok(())
    }

    async fn receive(
        &mut self,
        mut response: Response,
        expected: u64,
        part: &mut PartFile,
    ) -> Result<(), AttemptError> {
        loop {
            self.meter.advance_to(part.written(), DownloadPhase::Receiving, self.sink);
            if part.is_complete() {
                return Ok(());
            }
            let interrupted = |reason: String| {
                let received = part.written();
                AttemptError::passing(DownloadFailure::Interrupted { received, expected, reason })
            };
            let chunk = match self.unless_stalled(response.chunk()).await? {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return Err(interrupted("the server closed it".to_owned())),
                Err(e) => return Err(interrupted(super::failure::innermost(&e))),
            };
            if part.written() + chunk.len() as u64 > expected {
                part.restart().await?;
                let reason = format!("more than the {expected} bytes that the file has");
                return Err(AttemptError::lasting(DownloadFailure::Unexpected(reason)));
            }
            part.append(&chunk).await?;
        }
    }

    /// Waits for `work`, but not for longer than a server may be silent, and not past a cancellation.
    async fn unless_stalled<T>(&mut self, work: impl Future<Output = T>) -> Result<T, AttemptError> {
        let stall = self.options.stall_timeout;
        let mut work = std::pin::pin!(tokio::time::timeout(stall, work));
        loop {
            tokio::select! {
                biased;
                () = cancelled(self.cancel) => return Err(ModelError::Cancelled.into()),
                done = &mut work => {
                    return done.map_err(|_| AttemptError::passing(DownloadFailure::Stalled(stall.as_secs())));
                }
                // A slow server must not leave the last bytes untold.
                () = tokio::time::sleep(INTERVAL), if self.meter.is_behind() => self.meter.catch_up(self.sink),
            }
        }
    }

    /// Waits for `time`.
    ///
    /// # Errors
    /// [`ModelError::Cancelled`], at once.
    pub(super) async fn pause(&mut self, time: Duration) -> Result<(), ModelError> {
        tokio::select! {
            biased;
            () = cancelled(self.cancel) => Err(ModelError::Cancelled),
            () = tokio::time::sleep(time) => Ok(()),
        }
    }
}

/// Ends when the user stops the job.
async fn cancelled(cancel: &AtomicBool) {
    while !cancel.load(Ordering::Relaxed) {
        tokio::time::sleep(CANCEL_INTERVAL).await;
    }
}

fn other_length(length: u64, expected: u64) -> AttemptError {
    let reason = format!("a file of {length} bytes, not of {expected}");
    AttemptError::lasting(DownloadFailure::Unexpected(reason))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// First byte and, if given, whole length of `bytes 5-9/10` or `bytes 5-9/*` (RFC 9110, 14.4).
fn content_range(header: &str) -> Option<(u64, Option<u64>)> {
    let (range, length) = header.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    let length = if length.trim() == "*" { None } else { Some(length.trim().parse().ok()?) };
    Some((start.trim().parse().ok()?, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_range_gives_start_and_length() {
        for (header, expected) in [
            ("bytes 5-9/10", Some((5, Some(10)))),
            ("bytes 5-9/*", Some((5, None))),
            ("bytes */10", None),
            ("lines 5-9/10", None),
            ("", None),
        ] {
            assert_eq!(content_range(header), expected, "{header}");
        }
    }
}
