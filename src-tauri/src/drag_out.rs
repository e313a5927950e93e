//! Photos that are dragged out of the window.

use std::path::PathBuf;

use tauri::{Manager, Runtime, Webview};

use crate::values::{CommandError, Result};

/// Hands files to the system's drag and drop, with a picture under the pointer. The mouse button must be down.
///
/// # Errors
/// This window cannot do that.
pub(crate) fn start<R: Runtime>(
    webview: &Webview<R>,
    files: Vec<PathBuf>,
    picture: Option<PathBuf>,
) -> Result<()> {
    let window = webview.window();
    let (tell, told) = std::sync::mpsc::sync_channel(1);
    let on_main = move || {
        let item = drag::DragItem::Files(carried(files));
        let image = picture.map_or_else(|| drag::Image::Raw(Vec::new()), drag::Image::File);
        #[cfg(target_os = "linux")]
        let handle = window.gtk_window();
        #[cfg(not(target_os = "linux"))]
        let handle = tauri::Result::Ok(window);
        let started = handle.map_err(|error| error.to_string()).and_then(|handle| {
            drag::start_drag(&handle, item, image, |_, _| {}, drag::Options::default())
                .map_err(|error| error.to_string())
        });
        // The page does not wait where it was closed meanwhile.
        let _ = tell.send(started);
    };
    let refused = |error: String| CommandError::new("system", error);
    webview.app_handle().run_on_main_thread(on_main).map_err(|error| refused(error.to_string()))?;
    told.recv().map_err(|_| CommandError::unavailable("dragging"))?.map_err(refused)
}

/// Files as they are given to the drag: under Linux it puts `file://` before them and calls that an address, in which a blank
/// or a `%` of a name has to be written in another way.
fn carried(files: Vec<PathBuf>) -> Vec<PathBuf> {
    if !cfg!(target_os = "linux") {
        return files;
    }
    let escaped = |file: PathBuf| match tauri::Url::from_file_path(&file) {
        Ok(address) => address.path().into(),
        Err(()) => file,
    };
    files.into_iter().map(escaped).collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn names_are_carried_as_parts_of_addresses() {
        let files = vec!["/a/b c/50%25 #1.jpg".into(), "/\u{c0ac}.jpg".into()];
        let expected: Vec<PathBuf> = vec!["/a/b%20c/50%2525%20%231.jpg".into(), "/%EC%82%AC.jpg".into()];
        assert_eq!(carried(files), expected);
    }
}
