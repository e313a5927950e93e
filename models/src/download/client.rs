//! The HTTP client, and the proxy it goes through.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Client, Proxy, redirect};

use super::DownloadOptions;
use crate::error::{DownloadFailure, ModelError};

/// Hugging Face answers with two redirects; ten are a loop.
const MOST_REDIRECTS: usize = 10;

/// Which proxy downloads go through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ProxySetting {
    /// What the system says: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, and on Windows and macOS the
    /// system's settings.
    #[default]
    System,
    /// None, whatever the system says.
    Direct,
    /// This one, for all hosts.
    Url(String),
}

impl ProxySetting {
    /// The proxy a request to `url` goes through, without its password.
    pub(super) fn address_for(&self, url: &str) -> Option<String> {
        let matcher = match self {
            Self::Direct => return None,
            Self::System => Matcher::from_system(),
            Self::Url(proxy) => Matcher::builder().all(proxy.as_str()).build(),
        };
        let intercept = matcher.intercept(&url.parse().ok()?)?;
        let uri = intercept.uri();
        Some(format!("{}://{}", uri.scheme_str().unwrap_or("http"), uri.authority()?.as_str()))
    }
}

/// A client for one download. `first_url` is what it is for, for the error.
///
/// # Errors
/// [`ModelError::Download`] when the proxy is no address or the system's certificates cannot be read.
pub(super) fn client(options: &DownloadOptions, first_url: &str) -> Result<Client, ModelError> {
    let mut builder = Client::builder()
        .user_agent(concat!("kindred/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(options.connect_timeout)
        .redirect(redirect::Policy::limited(MOST_REDIRECTS))
        .referer(false);
    match &options.proxy {
        ProxySetting::System => {}
        ProxySetting::Direct => builder = builder.no_proxy(),
        ProxySetting::Url(url) => {
            // The address is not repeated in the error: it may hold a password.
            builder = builder.proxy(Proxy::all(url).map_err(|e| ModelError::Download {
                url: first_url.to_owned(),
                failure: DownloadFailure::Proxy {
                    proxy: "that was given".to_owned(),
                    reason: super::failure::innermost(&e),
                },
            })?);
        }
    }
    builder.build().map_err(|e| ModelError::Download {
        url: first_url.to_owned(),
        failure: DownloadFailure::Tls(super::failure::innermost(&e)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_is_named_without_its_password() {
        let proxy = ProxySetting::Url("http://me:secret@proxy.example:3128".into());
        assert_eq!(proxy.address_for("https://a.example/x").as_deref(), Some("http://proxy.example:3128"));
        assert_eq!(ProxySetting::Direct.address_for("https://a.example/x"), None);
    }
}
