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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Options;

    #[test]
    fn folders_and_pictures_are_told_apart_by_what_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let place = |name: &str| dir.path().join(name);
        std::fs::create_dir(place("folder.jpg")).unwrap();
        std::fs::write(place("picture.txt"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
        std::fs::write(place("words.png"), b"words").unwrap();
        let shell = Shell::new(Options {
            library: place("library"),
            models: place("models"),
            config: place("config"),
            device: None,
        });
        let given = ["folder.jpg", "picture.txt", "words.png", "missing.png"].map(place);
        let offered = shell.offered(&given, (3.0, 4.0));
        assert_eq!(offered.folders, [place("folder.jpg").to_str().unwrap()]);
        let names: Vec<&str> = offered.pictures.iter().map(|picture| picture.name.as_str()).collect();
        assert_eq!(names, ["picture.txt"]);
        assert_eq!((offered.x, offered.y, offered.pictures[0].photo), (3.0, 4.0, None));
        let path = shell.query_pictures.path(&offered.pictures[0].token);
        assert_eq!(path, Some(place("picture.txt")));
    }
}
