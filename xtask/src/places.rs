//! Where the project and its caches lie.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folders that tasks work with.
#[derive(Debug)]
pub(crate) struct Places {
    /// The clone.
    pub root: PathBuf,
    /// What cargo builds into: `CARGO_TARGET_DIR`, or a folder outside the clone that several clones share.
    pub target: PathBuf,
    /// Everything else that can be made again: Python environments, drawn pictures, generated checkpoints.
    pub cache: PathBuf,
}

impl Places {
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the clone")?;
        let cache = user_cache()?.join("kindred");
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache.join("target"), PathBuf::from);
        Ok(Self { root: root.to_path_buf(), target: std::path::absolute(target)?, cache })
    }

    /// The release build of `kindred`.
    pub(crate) fn kindred(&self) -> PathBuf {
        self.target.join("release").join(format!("kindred{}", env::consts::EXE_SUFFIX))
    }

    /// The release build of the window.
    pub(crate) fn window(&self) -> PathBuf {
        self.target.join("release").join(format!("kindred-app{}", env::consts::EXE_SUFFIX))
    }

    /// The release build of an example.
    pub(crate) fn example(&self, name: &str) -> PathBuf {
        self.target.join("release/examples").join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}

fn user_cache() -> Result<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let system = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Caches"))
    } else {
        folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")))
    };
    system.context("no home folder is known: set HOME, or XDG_CACHE_HOME")
}
