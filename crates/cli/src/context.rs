//! What every command is given: the options that hold everywhere, resolved once.

use std::path::PathBuf;

use kindred_core::{DeviceReport, Library, LibraryOptions, default_library_dir, default_models_dir};

use crate::args::Globals;
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::tell;
use crate::wording::quoted;

/// The environment variables that name folders. `KINDRED_MIRROR` is read by the library itself.
const LIBRARY: &str = "KINDRED_LIBRARY";
const MODELS: &str = "KINDRED_MODELS";

/// The options that hold everywhere.
pub(crate) struct Context {
    /// Where answers go.
    pub output: Output,
    options: LibraryOptions,
    verbose: bool,
    /// Options of the command line without which another command would look elsewhere, with a space before each.
    places: String,
}

impl Context {
    /// # Errors
    /// [`Failure::Usage`] when no folder is named and the system tells of none.
    pub(crate) fn new(globals: Globals) -> Result<Self, Failure> {
        let named = |option: &str| Failure::Usage(format!("no home folder is known; name one with {option}"));
        let places = [("--library", &globals.library), ("--models", &globals.models)];
        let places = places.into_iter().filter_map(|(option, folder)| {
            folder.as_ref().map(|folder| format!(" {option} {}", quoted(&folder.to_string_lossy())))
        });
        Ok(Self {
            output: Output::new(globals.json),
            places: places.collect(),
            verbose: globals.verbose > 0,
            options: LibraryOptions {
                dir: folder(globals.library, LIBRARY, default_library_dir)
                    .ok_or_else(|| named("--library"))?,
                models_dir: folder(globals.models, MODELS, default_models_dir)
                    .ok_or_else(|| named("--models"))?,
                device: globals.device,
                mirror: globals.mirror,
            },
        })
    }

    /// Opens the library.
    pub(crate) fn library(&self) -> Result<Library, Failure> {
        Ok(Library::open(self.options.clone())?)
    }

    /// A command that the user may give next, for the same library: `kindred index --library elsewhere`.
    pub(crate) fn command(&self, words: &str) -> String {
        format!("kindred {words}{}", self.places)
    }

    /// Tells what a network ran on, when more is to be told than the answer.
    pub(crate) fn tell_device(&self, device: Option<&DeviceReport>) {
        if let Some(device) = device.filter(|_| self.verbose) {
            tell(&device.to_string());
        }
    }
}

/// The folder given on the command line, or else in the environment, where an empty value is none, or else the usual.
fn folder(given: Option<PathBuf>, variable: &str, usual: fn() -> Option<PathBuf>) -> Option<PathBuf> {
    let named = || std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    given.or_else(named).or_else(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(line: &[&str]) -> Context {
        let words = std::iter::once("kindred").chain(line.iter().copied());
        Context::new(crate::args::parse(words.map(Into::into)).unwrap().globals).unwrap()
    }

    /// The library takes an empty mirror for none, and an absent one for the environment's.
    #[test]
    fn an_empty_mirror_is_passed_on_so_that_it_overrules_the_environment() {
        for (line, mirror) in [
            (&["--mirror", "", "index"][..], Some("")),
            (&["index", "--mirror="], Some("")),
            (&["index", "--mirror", "http://nas"], Some("http://nas")),
            (&["index"], None),
        ] {
            assert_eq!(context(line).options.mirror.as_deref(), mirror, "{line:?}");
        }
    }

    #[test]
    fn a_hint_repeats_the_folders_of_the_command_line() {
        for (line, command) in [
            (&["status"][..], "kindred index"),
            (&["status", "--library", "a b"], "kindred index --library 'a b'"),
            (&["--models", "m", "--library", "/l", "status"], "kindred index --library /l --models m"),
        ] {
            assert_eq!(context(line).command("index"), command);
        }
    }
}
