//! What exploring must remember: fingerprints of contents, and names of themes.

mod signatures;
mod theme_names;

pub(crate) use theme_names::ThemeName;
