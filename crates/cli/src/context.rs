//! What every command is given: the options that hold everywhere, resolved once.

use kindred_core::{Library, LibraryOptions, ModelRef, default_library_dir, default_models_dir};

use crate::args::Globals;
use crate::failure::Failure;
use crate::output::Output;

/// The options that hold everywhere.
pub(crate) struct Context {
    /// Where answers go.
    pub output: Output,
    options: LibraryOptions,
    models: Vec<ModelRef>,
}

impl Context {
    /// # Errors
    /// [`Failure::Usage`] when no folder is named and the system tells of none.
    pub(crate) fn new(globals: Globals) -> Result<Self, Failure> {
        let named = |option: &str| Failure::Usage(format!("no home folder is known; name one with {option}"));
        Ok(Self {
            output: Output::new(globals.json),
            options: LibraryOptions {
                dir: globals.library.or_else(default_library_dir).ok_or_else(|| named("--library"))?,
                models_dir: globals.models.or_else(default_models_dir).ok_or_else(|| named("--models"))?,
                device: globals.device,
                mirror: globals.mirror,
            },
            models: globals.model,
        })
    }

    /// Opens the library.
    pub(crate) fn library(&self) -> Result<Library, Failure> {
        Ok(Library::open(self.options.clone())?)
    }

    /// The models to index with, one for a purpose.
    pub(crate) fn models(&self) -> Vec<ModelRef> {
        self.models.clone()
    }

    /// The model to answer with.
    ///
    /// # Errors
    /// [`Failure::Usage`] when several are named.
    pub(crate) fn model(&self) -> Result<Option<ModelRef>, Failure> {
        match self.models.as_slice() {
            [] => Ok(None),
            [model] => Ok(Some(model.clone())),
            _ => Err(Failure::Usage("one question is answered by one model: give --model once".to_owned())),
        }
    }
}
