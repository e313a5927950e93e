//! Fetching from another host than the publisher's.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

use crate::error::ModelError;

/// The environment variable that names a mirror.
pub const MIRROR_VARIABLE: &str = "KINDRED_MIRROR";

/// Where files are fetched instead of at the publisher. Only the address changes: length and hash stay the manifest's.
///
/// A mirror is written as a comma-separated list of rules. A rule is a base address, which replaces scheme and host
/// of every address in the manifest and keeps path and query, or `HOST=BASE`, which does so for one host only. A host
/// that no rule names is asked itself; when a base without a host is given, the publishers are never asked.
///
/// | mirror | `https://huggingface.co/a/b/resolve/c/d` becomes |
/// | --- | --- |
/// | `https://hf-mirror.com` | `https://hf-mirror.com/a/b/resolve/c/d` |
/// | `http://nas.local:8080/models/` | `http://nas.local:8080/models/a/b/resolve/c/d` |
/// | `huggingface.co=https://hf-mirror.com` | `https://hf-mirror.com/a/b/resolve/c/d`, and other hosts stay |
///
/// A base may hold a user name and a password. Neither is shown: not by [`fmt::Display`], and not in errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Mirror {
    for_host: Vec<(String, String)>,
    for_all: Option<String>,
    text: String,
}

impl Mirror {
    /// The mirror to use: that of a `flag`, or else of `KINDRED_MIRROR`, or else of the `setting`. An empty text means no mirror, so
    /// that an empty flag or variable overrides what comes after it.
    ///
    /// # Errors
    /// [`ModelError::Mirror`].
    pub fn choose(flag: Option<&str>, setting: Option<&str>) -> Result<Option<Self>, ModelError> {
        let variable = std::env::var(MIRROR_VARIABLE).ok();
        Self::first([flag, variable.as_deref(), setting])
    }

    fn first(texts: [Option<&str>; 3]) -> Result<Option<Self>, ModelError> {
        let text = texts.into_iter().flatten().next().unwrap_or_default();
        if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some) }
    }

    /// The address to fetch instead of `url`.
    pub fn apply(&self, url: &str) -> String {
        let Ok(parsed) = Url::parse(url) else { return url.to_owned() };
        let host = parsed.host_str().unwrap_or_default();
        let rule = self.for_host.iter().find(|(h, _)| h.eq_ignore_ascii_case(host)).map(|(_, base)| base);
        let Some(base) = rule.or(self.for_all.as_ref()) else { return url.to_owned() };
        let query = parsed.query().map(|q| format!("?{q}")).unwrap_or_default();
        format!("{base}{}{query}", parsed.path())
    }

    /// As it was given, passwords included: for where it is kept.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl FromStr for Mirror {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        let refuse =
            |reason: &str| ModelError::Mirror { mirror: without_password(text), reason: reason.to_owned() };
        let mut mirror = Self { for_host: Vec::new(), for_all: None, text: text.trim().to_owned() };
        for rule in text.split(',').map(str::trim).filter(|r| !r.is_empty()) {
            // A host has neither a colon nor a slash, so `=` in a base's path is not taken for a rule.
            let (host, base) = match rule.split_once('=') {
                Some((host, base)) if !host.contains([':', '/']) => (Some(host.trim()), base.trim()),
                _ => (None, rule),
            };
            let base = base_address(base).map_err(|reason| refuse(&reason))?;
            match host {
                Some(host) => mirror.for_host.push((host.to_owned(), base)),
                None if mirror.for_all.is_none() => mirror.for_all = Some(base),
                None => return Err(refuse("two bases for all hosts")),
            }
        }
        if mirror.for_host.is_empty() && mirror.for_all.is_none() {
            return Err(refuse("it is empty"));
        }
        Ok(mirror)
    }
}

impl fmt::Display for Mirror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(&self.text))
    }
}

impl fmt::Debug for Mirror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mirror").field(&without_password(&self.text)).finish()
    }
}

/// `text` with `…` in place of user names and passwords. What makes no sense as an address is searched for them all the same: too
/// much goes rather than too little.
pub(super) fn without_password(text: &str) -> String {
    let after_scheme = |part: &str| match part.rfind('@') {
        Some(at) => format!("…{}", &part[at..]),
        None => part.to_owned(),
    };
    text.split("://").map(after_scheme).collect::<Vec<_>>().join("://")
}

/// Checks a base address and takes the slash off its end. The error does not repeat the address, which may hold a password.
fn base_address(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|e| e.to_string())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err("an address starts with http:// or https:// and a host".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("an address with a query cannot be put before a file's path".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_replaces_scheme_and_host_and_keeps_path_and_query() {
        let hf = "https://huggingface.co/openai/c/resolve/refs%2Fpr%2F15/m.bin?download=true";
        let pytorch = "https://download.pytorch.org/models/r.pth";
        for (mirror, url, expected) in [
            (
                "https://hf-mirror.com",
                hf,
                "https://hf-mirror.com/openai/c/resolve/refs%2Fpr%2F15/m.bin?download=true",
            ),
            ("http://nas.local:8080/models/", pytorch, "http://nas.local:8080/models/models/r.pth"),
            ("huggingface.co=https://hf-mirror.com", pytorch, pytorch),
            (
                "HuggingFace.co=https://a.example, https://b.example",
                pytorch,
                "https://b.example/models/r.pth",
            ),
            (
                "huggingface.co=https://a.example/x=1,https://b.example",
                hf,
                "https://a.example/x=1/openai/c/resolve/refs%2Fpr%2F15/m.bin?download=true",
            ),
        ] {
            assert_eq!(mirror.parse::<Mirror>().unwrap().apply(url), expected, "{mirror}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused_with_the_reason() {
        for (mirror, reason) in [
            ("hf-mirror.com", "relative URL"),
            ("ftp://a.example", "starts with http"),
            ("https://a.example/?x=1", "with a query"),
            ("https://a.example,https://b.example", "two bases"),
            (",", "empty"),
        ] {
            let error = mirror.parse::<Mirror>().unwrap_err().to_string();
            assert!(error.contains(mirror) && error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_flag_comes_before_the_environment_and_that_before_the_setting() {
        let (flag, variable, setting) =
            (Some("https://f.example"), Some("https://v.example"), Some("https://s.example"));
        for (texts, expected) in [
            ([flag, variable, setting], flag),
            ([None, variable, setting], variable),
            ([None, None, setting], setting),
            ([None, None, None], None),
            ([Some("  "), variable, setting], None),
            ([None, Some(""), setting], None),
        ] {
            let chosen = Mirror::first(texts).unwrap().map(|mirror| mirror.to_string());
            assert_eq!(chosen.as_deref(), expected, "{texts:?}");
        }
    }

    #[test]
    fn a_password_is_used_and_not_shown() {
        let mirror: Mirror =
            "huggingface.co=https://me:secret@a.example/x,https://you:secret@b.example".parse().unwrap();
        assert_eq!(mirror.to_string(), "huggingface.co=https://…@a.example/x,https://…@b.example");
        assert!(!format!("{mirror:?}").contains("secret"));
        assert_eq!(mirror.apply("https://huggingface.co/w"), "https://me:secret@a.example/x/w");
        for bad in [
            "me:secret@a.example",
            "https://me:sec,ret@a.example",
            "https://me:secret@a.example/?x",
            "ftp://me:sec/ret@a",
        ] {
            let error = bad.parse::<Mirror>().unwrap_err().to_string();
            assert!(error.contains("…@a") && !error.contains("sec"), "{error}");
        }
    }
}
