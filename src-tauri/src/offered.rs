//! Files that the user gives to the window: folders are to be added, pictures to be asked about.

use std::path::{Path, PathBuf};

use kindred_core::media;

use crate::shell::Shell;
use crate::values::{Offered, PickedPicture};

impl Shell {
    /// Sorts what was dropped or given on the command line; what is neither folder nor picture is left out.
    pub(crate) fn offered(&self, paths: &[PathBuf], (x, y): (f64, f64)) -> Offered {
        let (folders, files): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| path.is_dir());
        let is_picture = |path: &&&PathBuf| media::has_photo_content(path).unwrap_or(false);
        Offered {
            folders: folders.into_iter().map(|path| path.display().to_string()).collect(),
            pictures: files.iter().filter(is_picture).map(|path| self.picked(path)).collect(),
            x,
            y,
        }
    }

    /// A picture file, made known to the page.
    pub(crate) fn picked(&self, path: &Path) -> PickedPicture {
        let library = self.library.now().and_then(Result::ok);
        PickedPicture {
            token: self.query_pictures.remember(path.to_path_buf()),
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            photo: library.and_then(|library| library.photo_at(path).ok().flatten()).map(|photo| photo.0),
        }
    }
}
