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
        let item = drag::DragItem::Files(files);
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
