//! Names as they are compared: a folder is the same whichever way it is written.

use icu_normalizer::ComposingNormalizerBorrowed;

/// A text in lower case, with `/` between names, and composed: macOS decomposes names.
pub(crate) fn comparable(text: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfc();
    composed.normalize(&text.to_lowercase()).replace('\\', "/")
}
