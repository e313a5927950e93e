//! The file of settings.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::values::{CommandError, Result, Settings};

/// Heights of a row of the grid, in pixels.
const THUMBNAIL: std::ops::RangeInclusive<u32> = 96..=384;

/// What the user has set, in memory and on disk.
pub(crate) struct SettingsFile {
    path: PathBuf,
    settings: Mutex<Settings>,
}

impl SettingsFile {
    /// The settings of a folder. Without a file, or with one that makes no sense, they are the usual ones.
    pub(crate) fn read(folder: &Path) -> Self {
        let path = folder.join("settings.json");
        let settings = match fs::read(&path).map(|bytes| serde_json::from_slice::<Settings>(&bytes)) {
            Ok(Ok(settings)) => within_bounds(settings),
            Ok(Err(error)) => {
                tracing::warn!("{}: {error}", path.display());
                Settings::default()
            }
            Err(_) => Settings::default(),
        };
        Self { path, settings: Mutex::new(settings) }
    }

    pub(crate) fn get(&self) -> Settings {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps them, within bounds.
    ///
    /// # Errors
    /// The file cannot be written; then nothing changes.
    pub(crate) fn set(&self, settings: Settings) -> Result<Settings> {
        let settings = within_bounds(settings);
        let mut kept = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        self.write(settings).map_err(|error| {
            CommandError::new("io", format!("{}: {error}", self.path.display()))
                .with("path", self.path.display())
        })?;
        *kept = settings;
        Ok(settings)
    }

    /// Beside its place first, so that a program that dies leaves the old file.
    fn write(&self, settings: Settings) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec_pretty(&settings)?)?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

fn within_bounds(settings: Settings) -> Settings {
    Settings { thumbnail: settings.thumbnail.clamp(*THUMBNAIL.start(), *THUMBNAIL.end()), ..settings }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{Language, Theme};

    #[test]
    fn settings_are_kept_and_what_cannot_be_read_is_the_usual() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::read(&folder.path().join("new"));
        assert_eq!(file.get(), Settings::default());
        let wanted =
            Settings { language: Language::Ko, theme: Theme::Dark, thumbnail: 9000, ..Settings::default() };
        let kept = file.set(wanted).unwrap();
        assert_eq!(kept.thumbnail, 384);
        assert_eq!(SettingsFile::read(&folder.path().join("new")).get(), kept);

        let path = folder.path().join("settings.json");
        // A file of an earlier version lacks what came later; one of a later version has more.
        for (text, expected) in [
            ("{\"theme\":\"dark\",\"later\":1}", Settings { theme: Theme::Dark, ..Settings::default() }),
            ("{\"theme\":\"mauve\"}", Settings::default()),
            ("nonsense", Settings::default()),
            ("", Settings::default()),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(SettingsFile::read(folder.path()).get(), expected, "{text}");
        }
    }
}
