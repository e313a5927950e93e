//! What an answer, or the lack of one, means: in words, and whether trying again can help.

use std::error::Error;
use std::io;
use std::time::Duration;

use crate::error::{DownloadFailure, ModelError};

/// Why one try ended without the file.
pub(super) enum AttemptError {
    /// Nothing another try or another address could change: cancelled, disk full.
    Fatal(ModelError),
    /// This address did not deliver.
    Failed {
        /// Why.
        failure: DownloadFailure,
        /// Whether trying again can help.
        again: Again,
    },
}

/// Whether trying the same address again can help.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Again {
    /// No: it will say the same.
    No,
    /// Yes, after a while.
    Yes,
    /// Yes, and the server said when.
    After(Duration),
}

impl From<ModelError> for AttemptError {
    fn from(error: ModelError) -> Self {
        Self::Fatal(error)
    }
}

impl AttemptError {
    /// A failure that another try would repeat.
    pub(super) fn lasting(failure: DownloadFailure) -> Self {
        Self::Failed { failure, again: Again::No }
    }

    /// A failure that may pass.
    pub(super) fn passing(failure: DownloadFailure) -> Self {
        Self::Failed { failure, again: Again::Yes }
    }

    /// The meaning of an HTTP status that is neither 200 nor 206. `proxy` is the proxy the request went through.
    pub(super) fn from_status(status: u16, retry_after: Option<Duration>, proxy: Option<String>) -> Self {
        match status {
            401 | 403 | 451 => Self::lasting(DownloadFailure::Refused(status)),
            404 | 410 => Self::lasting(DownloadFailure::NotFound(status)),
            407 => Self::lasting(DownloadFailure::Proxy {
                proxy: proxy.unwrap_or_else(|| "between here and the server".to_owned()),
                reason: "it wants a user name and a password (status 407)".to_owned(),
            }),
            408 | 425 | 429 | 500..=599 => Self::Failed {
                failure: DownloadFailure::Server { status, wait: retry_after.map(|w| w.as_secs()) },
                again: retry_after.map_or(Again::Yes, Again::After),
            },
            _ => Self::lasting(DownloadFailure::Unexpected(format!("status {status}"))),
        }
    }

    /// The meaning of a request that got no answer.
    pub(super) fn from_request(error: &reqwest::Error, proxy: Option<String>) -> Self {
        let reason = innermost(error);
        if error.is_redirect() {
            return Self::lasting(DownloadFailure::Unexpected("too many redirects".to_owned()));
        }
        if error.is_builder() {
            return Self::lasting(DownloadFailure::Unexpected(reason));
        }
        let words = all_words(error);
        if let Some(proxy) = proxy.filter(|_| error.is_connect()) {
            let failure = DownloadFailure::Proxy { proxy, reason };
            return if words.contains("tunnel error") {
                Self::lasting(failure)
            } else {
                Self::passing(failure)
            };
        }
        if words.contains("dns error") {
            return Self::passing(DownloadFailure::Dns(reason));
        }
        if has_tls_error(error) {
            return Self::lasting(DownloadFailure::Tls(reason));
        }
        let reason = if error.is_timeout() { "the host does not answer".to_owned() } else { reason };
        Self::passing(DownloadFailure::Connect(reason))
    }
}

/// The last error of the chain: the one that says what happened rather than what was being done.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map_or_else(String::new, ToString::to_string)
}

fn all_words(error: &(dyn Error + 'static)) -> String {
    chain(error).map(|e| e.to_string().to_lowercase()).collect::<Vec<_>>().join(": ")
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |e| (*e).source())
}

/// rustls hands its errors up inside an `io::Error` of the kind `InvalidData`, which may lie in another `io::Error`.
/// `source` skips what an `io::Error` wraps, so that is looked at too.
fn has_tls_error(error: &(dyn Error + 'static)) -> bool {
    fn is_tls(error: &io::Error) -> bool {
        let wrapped = error.get_ref().and_then(|inner| inner.downcast_ref());
        error.kind() == io::ErrorKind::InvalidData || wrapped.is_some_and(is_tls)
    }
    chain(error).filter_map(|e| e.downcast_ref()).any(is_tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_what_to_do() {
        let meaning = |status, wait| match AttemptError::from_status(status, wait, None) {
            AttemptError::Failed { failure, again } => (failure, again),
            AttemptError::Fatal(error) => panic!("{error}"),
        };
        let minute = Duration::from_secs(60);
        assert_eq!(meaning(403, None), (DownloadFailure::Refused(403), Again::No));
        assert_eq!(meaning(410, None), (DownloadFailure::NotFound(410), Again::No));
        assert_eq!(meaning(500, None), (DownloadFailure::Server { status: 500, wait: None }, Again::Yes));
        assert_eq!(
            meaning(429, Some(minute)),
            (DownloadFailure::Server { status: 429, wait: Some(60) }, Again::After(minute))
        );
        assert_eq!(meaning(418, None), (DownloadFailure::Unexpected("status 418".into()), Again::No));
    }
}
