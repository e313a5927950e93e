//! What the user set once for all downloads: `settings.toml` beside the models.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::ModelStore;
use crate::download::Mirror;
use crate::error::ModelError;

const FILE_NAME: &str = "settings.toml";

const MIRROR: &str = "mirror";

impl ModelStore {
    /// The mirror that downloads use when neither a flag nor the environment names one, as [`Mirror`] reads it.
    ///
    /// # Errors
    /// [`ModelError::Io`], and [`ModelError::Config`] for settings that make no sense.
    pub fn mirror_setting(&self) -> Result<Option<String>, ModelError> {
        let path = self.settings_path();
        match read(&path)?.remove(MIRROR) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => {
                let reason = format!("{MIRROR} is a {}, not a string", other.type_str());
                Err(ModelError::Config { path, reason })
            }
        }
    }

    /// Sets the mirror, or takes the setting back. Other settings in the file stay.
    ///
    /// # Errors
    /// As [`ModelStore::mirror_setting`].
    pub fn set_mirror(&self, mirror: Option<&Mirror>) -> Result<(), ModelError> {
        let path = self.settings_path();
        let mut settings = read(&path)?;
        match mirror {
            Some(mirror) => settings.insert(MIRROR.to_owned(), mirror.text().into()),
            None => settings.remove(MIRROR),
        };
        self.write_whole(&path, settings.to_string().as_bytes()).map_err(|e| ModelError::io(&path, e))
    }

    fn settings_path(&self) -> PathBuf {
        self.dir().join(FILE_NAME)
    }

    fn write_whole(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(self.dir())?;
        let mut file = tempfile::NamedTempFile::new_in(self.dir())?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }
}

/// The settings at `path`; none when there is no such file.
fn read(path: &Path) -> Result<Table, ModelError> {
    let text = match fs::read_to_string(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Table::new()),
        text => text.map_err(|e| ModelError::io(path, e))?,
    };
    // Only what is wrong and not the line it is on, which may hold a password.
    let broken =
        |e: toml::de::Error| ModelError::Config { path: path.to_path_buf(), reason: e.message().to_owned() };
    text.parse().map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_is_kept_beside_other_settings_and_can_be_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::new(folder.path().join("models"));
        assert_eq!(store.mirror_setting().unwrap(), None);
        let text = "https://me:a\"b@a.example/x, huggingface.co=https://b.example";
        store.set_mirror(Some(&text.parse().unwrap())).unwrap();
        assert_eq!(store.mirror_setting().unwrap().as_deref(), Some(text), "with its password");

        let path = folder.path().join("models").join(FILE_NAME);
        let kept = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("other = 3\n{kept}")).unwrap();
        store.set_mirror(None).unwrap();
        assert_eq!(store.mirror_setting().unwrap(), None);
        assert_eq!(fs::read_to_string(&path).unwrap().trim(), "other = 3");
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "nothing is left of the writing"
        );
    }

    #[test]
    fn broken_settings_are_named_and_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::new(folder.path());
        let path = folder.path().join(FILE_NAME);
        for (text, reason) in
            [("mirror = \"https://me:secret@a", "settings.toml"), ("mirror = 3", "not a string")]
        {
            fs::write(&path, text).unwrap();
            let error = store.mirror_setting().unwrap_err().to_string();
            assert!(error.contains(reason) && !error.contains("secret"), "{error}");
        }
        fs::write(&path, "mirror = ").unwrap();
        assert!(store.set_mirror(None).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "mirror = ");
    }
}
