//! What is dragged over the window and dropped on it.

use std::sync::Arc;

use tauri::async_runtime::spawn_blocking;
use tauri::{DragDropEvent, PhysicalPosition, Runtime, WebviewWindow};

use crate::shell::Shell;
use crate::values::Event;

/// Tells the page, in its own pixels. Photos that the user has begun to drag out, and lets go over the window, are no question
/// and no folder to add: that drag was given up.
pub(crate) fn tell<R: Runtime>(shell: &Arc<Shell>, window: &WebviewWindow<R>, event: &DragDropEvent) {
    if shell.dragging.is_own(event) {
        return;
    }
    let on_page = |position: &PhysicalPosition<f64>| {
        let logical = position.to_logical::<f64>(window.scale_factor().unwrap_or(1.0));
        (logical.x, logical.y)
    };
    let over = |position| {
        let (x, y) = on_page(position);
        shell.hub.tell(Event::Drop { over: true, x, y });
    };
    match event {
        DragDropEvent::Enter { position, .. } | DragDropEvent::Over { position } => over(position),
        DragDropEvent::Drop { paths, position } => {
            let (shell, paths, place) = (Arc::clone(shell), paths.clone(), on_page(position));
            // Files are looked into, and they may lie on a slow disk.
            spawn_blocking(move || {
                shell.hub.tell(Event::Drop { over: false, x: place.0, y: place.1 });
                let offered = shell.offered(&paths, place);
                shell.hub.tell(Event::Dropped(offered));
            });
        }
        _ => shell.hub.tell(Event::Drop { over: false, x: 0.0, y: 0.0 }),
    }
}
