//! Photos that are dragged out of the window.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tauri::{DragDropEvent, Runtime, Webview};

use crate::values::{CommandError, Result};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use other as system;

/// Whether photos of this window are being dragged. They may come back over the window, which is not to take them for
/// something new.
#[derive(Debug, Default)]
pub(crate) struct Dragging {
    is_on: AtomicBool,
    is_back: AtomicBool,
}

impl Dragging {
    /// Whether it is photos of this window that come over it, are over it, leave it or are dropped on it. Every event must be
    /// shown, in their order: GTK ends the drag before it tells of the drop, so what came as the window's own stays that.
    pub(crate) fn is_own(&self, event: &DragDropEvent) -> bool {
        match event {
            DragDropEvent::Enter { .. } => {
                let is_own = self.is_on.load(Ordering::Relaxed);
                self.is_back.store(is_own, Ordering::Relaxed);
                is_own
            }
            DragDropEvent::Over { .. } => self.is_back.load(Ordering::Relaxed),
            _ => self.is_back.swap(false, Ordering::Relaxed),
        }
    }

    fn set(&self, is_on: bool) {
        self.is_on.store(is_on, Ordering::Relaxed);
    }
}

/// What the system is given to carry.
struct Load {
    /// Full paths.
    files: Vec<PathBuf>,
    /// A small JPEG file that is shown under the pointer.
    picture: Option<PathBuf>,
}

/// Hands files to the system's drag and drop, to be copied, with a picture under the pointer. Where the mouse button is up
/// again by now there is nothing to drag any more, and nothing is done. Returns when the drag has begun.
///
/// # Errors
/// This window cannot do that.
pub(crate) fn start<R: Runtime>(
    webview: &Webview<R>,
    files: Vec<PathBuf>,
    picture: Option<PathBuf>,
    dragging: Arc<Dragging>,
) -> Result<()> {
    let (tell, told) = std::sync::mpsc::sync_channel(1);
    // The page does not wait where it was closed meanwhile.
    let tell = move |begun| drop(tell.send(begun));
    let refused = |error: String| CommandError::new("system", error);
    system::on_main_thread(webview, move |view| {
        dragging.set(true);
        let ended = Arc::clone(&dragging);
        let begun = system::begin(view, Load { files, picture }, move || ended.set(false));
        if begun.is_err() {
            dragging.set(false);
        }
        tell(begun);
    })
    .map_err(|error| refused(error.to_string()))?;
    told.recv().map_err(|_| CommandError::unavailable("dragging"))?.map_err(refused)
}

#[cfg(test)]
mod tests {
    use tauri::PhysicalPosition;

    use super::*;

    #[test]
    fn photos_that_come_back_are_the_windows_own_until_they_are_dropped_or_leave() {
        let position = PhysicalPosition::new(1.0, 2.0);
        let enter = || DragDropEvent::Enter { paths: vec!["/a.jpg".into()], position };
        let over = || DragDropEvent::Over { position };
        let dropped = || DragDropEvent::Drop { paths: vec!["/a.jpg".into()], position };
        let dragging = Dragging::default();
        let own = |events: [DragDropEvent; 3]| events.map(|event| dragging.is_own(&event));
        assert_eq!(own([enter(), over(), dropped()]), [false; 3]);

        dragging.set(true);
        assert_eq!(own([enter(), over(), DragDropEvent::Leave]), [true; 3]);
        assert!(dragging.is_own(&enter()));
        dragging.set(false);
        assert_eq!(own([over(), dropped(), over()]), [true, true, false]);
        assert_eq!(own([enter(), over(), dropped()]), [false; 3]);
    }
}
