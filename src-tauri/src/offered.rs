//! Files that the user gives to the window: folders are to be added, pictures to be asked about.

use std::path::{Path, PathBuf};

use kindred_core::media;

use crate::shell::Shell;
use crate::values::{CommandError, Offered, PickedPicture};

impl Shell {
    /// Sorts what was dropped or given on the command line; what is neither folder nor picture is left out.
    pub(crate) fn offered(&self, paths: &[PathBuf], (x, y): (f64, f64)) -> Offered {
        let (folders, files): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| path.is_dir());
        let is_picture = |path: &&&PathBuf| media::has_photo_content(path).unwrap_or(false);
        Offered {
            folders: folders.into_iter().map(|path| self.name_of_folder(path)).collect(),
            pictures: files.iter().filter(is_picture).map(|path| self.picked(path)).collect(),
            error: files.iter().any(|path| is_mangled(path)).then(CommandError::not_unicode),
            x,
            y,
        }
    }

    /// What the page calls a folder that it may add: its path, or a token where that is no Unicode.
    pub(crate) fn name_of_folder(&self, folder: &Path) -> String {
        folder.to_str().map_or_else(|| self.query_pictures.remember(folder.to_path_buf()), str::to_owned)
    }

    /// The folder that the page calls so.
    pub(crate) fn folder_of_name(&self, name: &str) -> PathBuf {
        self.query_pictures.path(name).unwrap_or_else(|| name.into())
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

/// Drag and drop, and the way from a second program to the first, carry text: of a name that is no Unicode arrives what no
/// file is called.
fn is_mangled(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.contains(char::REPLACEMENT_CHARACTER)) && !path.exists()
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
    #[cfg(unix)]
    #[test]
    fn a_folder_whose_name_is_no_unicode_is_added_by_a_token_or_told_of_when_its_name_was_lost() {
        use std::os::unix::ffi::OsStrExt;

        let dir = tempfile::tempdir().unwrap();
        let shell = Shell::new(Options {
            library: dir.path().join("library"),
            models: dir.path().join("models"),
            config: dir.path().join("config"),
            device: None,
        });
        let folder = dir.path().join(std::ffi::OsStr::from_bytes(b"f\xFCr"));
        std::fs::create_dir(&folder).unwrap();
        let offered = shell.offered(std::slice::from_ref(&folder), (0.0, 0.0));
        assert_eq!((shell.folder_of_name(&offered.folders[0]), offered.error), (folder.clone(), None));
        let plain = dir.path().to_path_buf();
        assert_eq!(shell.folder_of_name(&shell.name_of_folder(&plain)), plain);

        let arrived = PathBuf::from(folder.to_string_lossy().into_owned());
        let offered = shell.offered(&[arrived], (0.0, 0.0));
        assert_eq!((offered.folders.len(), offered.error), (0, Some(CommandError::not_unicode())));
    }
}
