//! The program itself, and what the user sets.

use kindred_core::DeviceChoice;
use serde::{Deserialize, Serialize};

/// What the page must know of the program to begin.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppInfo {
    /// Of Kindred.
    pub version: String,
    /// The system that it runs on.
    pub platform: Platform,
    /// The user's language and region, as BCP 47 writes them: `ko-KR`.
    pub locale: String,
    /// The library's folder.
    pub library: String,
    /// The folder of models.
    pub models: String,
}

/// A family of systems, for keys and words that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Platform {
    Linux,
    Macos,
    Windows,
}

/// What the user has set for the window. Kept in a file of the program's settings folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Settings {
    /// The words on the screen.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// What the networks may run on; holds from the next start.
    pub device: Device,
    /// Height of a row of the grid in pixels of the page, 96 to 384.
    pub thumbnail: u32,
    /// How the grid is laid out.
    pub view_mode: ViewMode,
}

/// The language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    /// The system's, or English.
    #[default]
    System,
    /// English.
    En,
    /// Korean.
    Ko,
}

/// The colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Theme {
    /// The system's.
    #[default]
    System,
    Light,
    Dark,
}

/// What the networks may run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Device {
    /// A GPU if there is one that works, otherwise the CPU.
    #[default]
    Auto,
    Gpu,
    Cpu,
}

/// How the grid is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum ViewMode {
    /// Rows of one height, photos in their own proportions.
    #[default]
    Justified,
    /// Squares.
    Uniform,
}

/// A part of the program that others wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Licence {
    /// The package.
    pub name: String,
    pub version: String,
    /// An SPDX expression.
    pub licence: String,
}

impl Platform {
    pub(crate) const HERE: Self = if cfg!(target_os = "macos") {
        Self::Macos
    } else if cfg!(windows) {
        Self::Windows
    } else {
        Self::Linux
    };
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::default(),
            theme: Theme::default(),
            device: Device::default(),
            thumbnail: 192,
            view_mode: ViewMode::default(),
        }
    }
}

impl From<Device> for DeviceChoice {
    fn from(device: Device) -> Self {
        match device {
            Device::Auto => Self::Auto,
            Device::Gpu => Self::Gpu,
            Device::Cpu => Self::Cpu,
        }
    }
}
