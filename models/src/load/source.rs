//! Where the tensors of a network are.

use std::path::{Path, PathBuf};

/// A file, or what was compiled into the program.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A file on disk.
    File(PathBuf),
    /// The bytes of a `.safetensors` file.
    BuiltIn {
        /// What errors call it.
        name: &'static str,
        bytes: &'static [u8],
    },
}

impl Source {
    /// The file, or what errors name in its place.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::BuiltIn { name, .. } => Path::new(name),
        }
    }
}
