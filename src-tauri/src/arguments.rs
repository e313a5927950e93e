//! What the program was started with.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;
use kindred_core::{DeviceChoice, LibraryOptions, default_library_dir, default_models_dir};

/// The environment variables that name folders, as `kindred` knows them.
const LIBRARY: &str = "KINDRED_LIBRARY";
const MODELS: &str = "KINDRED_MODELS";

/// Kindred in a window
#[derive(Debug, Parser)]
#[command(name = "kindred-app", version)]
struct Arguments {
    /// The library's folder [default: among your application data]
    #[arg(long, value_name = "DIR")]
    library: Option<PathBuf>,
    /// The folder of models [default: among your application data]
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// A folder to add at once; may be given several times
    #[arg(long, value_name = "FOLDER")]
    add: Vec<PathBuf>,
    /// Folders to offer to add, or pictures to ask about
    paths: Vec<PathBuf>,
}

/// Where the window keeps and finds things.
#[derive(Debug, Clone)]
pub struct Options {
    /// The library's own folder.
    pub library: PathBuf,
    /// The folder of models.
    pub models: PathBuf,
    /// The folder of settings.
    pub config: PathBuf,
    /// What the networks may run on; what the user has set when absent.
    pub device: Option<DeviceChoice>,
}

/// The command line, understood.
#[derive(Debug)]
pub(crate) struct Started {
    pub library: PathBuf,
    pub models: PathBuf,
    /// The library was named: several windows may then be open, one for each library.
    pub is_named: bool,
    /// Folders to add without asking, absolute.
    pub add: Vec<PathBuf>,
    /// Folders and pictures to open, absolute.
    pub paths: Vec<PathBuf>,
}

impl Started {
    /// Reads the command line and the environment.
    ///
    /// # Errors
    /// The command line makes no sense, help was asked for, or no home folder is known.
    pub(crate) fn read(
        arguments: impl IntoIterator<Item = OsString>,
        in_folder: &Path,
    ) -> Result<Self, clap::Error> {
        let Arguments { library, models, add, paths } = Arguments::try_parse_from(arguments)?;
        let no_home = |option: &str| {
            clap::Error::raw(
                clap::error::ErrorKind::MissingRequiredArgument,
                format!("no home folder is known; name one with {option}\n"),
            )
        };
        let named = library.or_else(|| variable(LIBRARY));
        Ok(Self {
            is_named: named.is_some(),
            library: named.or_else(default_library_dir).ok_or_else(|| no_home("--library"))?,
            models: models
                .or_else(|| variable(MODELS))
                .or_else(default_models_dir)
                .ok_or_else(|| no_home("--models"))?,
            add: add.into_iter().map(|path| in_folder.join(path)).collect(),
            paths: paths.into_iter().map(|path| in_folder.join(path)).collect(),
        })
    }
}

impl Options {
    /// For the library. Its mirror is the environment's or the one that was set.
    pub(crate) fn for_library(&self, device: DeviceChoice) -> LibraryOptions {
        LibraryOptions {
            dir: self.library.clone(),
            models_dir: self.models.clone(),
            device: self.device.unwrap_or(device),
            mirror: None,
        }
    }
}

/// An empty value is none.
fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Result<Started, clap::Error> {
        Started::read(
            std::iter::once("kindred-app").chain(line.iter().copied()).map(Into::into),
            Path::new("/here"),
        )
    }

    #[test]
    fn paths_are_taken_from_the_folder_of_the_caller() {
        let started = read(&["--library", "l", "a b", "/c.jpg", "--models", "m", "--add", "d"]).unwrap();
        assert_eq!(started.paths, [Path::new("/here/a b"), Path::new("/c.jpg")]);
        assert_eq!(started.add, [Path::new("/here/d")]);
        assert!(started.is_named);
        assert_eq!((started.library, started.models), ("l".into(), "m".into()));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(read(&["--nonsense"]).is_err());
    }
}
