//! Windows and macOS: the crate `drag` speaks with the system.

use tauri::{Manager, Runtime, Webview, Window};

use super::Load;

/// Has something done with the window on the thread that may touch it.
pub(super) fn on_main_thread<R: Runtime>(
    webview: &Webview<R>,
    task: impl FnOnce(&Window<R>) + Send + 'static,
) -> tauri::Result<()> {
    let window = webview.window();
    webview.app_handle().run_on_main_thread(move || task(&window))
}

/// Begins a drag; `ended` is called when it is over.
pub(super) fn begin<R: Runtime>(
    window: &Window<R>,
    load: Load,
    ended: impl Fn() + Send + 'static,
) -> Result<(), String> {
    let item = drag::DragItem::Files(load.files);
    let image = load.picture.map_or_else(|| drag::Image::Raw(Vec::new()), drag::Image::File);
    drag::start_drag(window, item, image, move |_, _| ended(), drag::Options::default())
        .map_err(|error| error.to_string())
}
