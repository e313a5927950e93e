//! The window.

use std::sync::Arc;

use tauri::webview::NewWindowResponse;
use tauri::{App, Manager, Runtime, Url, WebviewWindowBuilder, WindowEvent};

use crate::shell::Shell;
use crate::{closing, dropping};

/// The name of the one window.
pub(crate) const MAIN: &str = "main";

/// Opens the window that `tauri.conf.json` describes.
///
/// # Errors
/// The system has no display, or no web view.
pub(crate) fn open<R: Runtime>(app: &App<R>, shell: &Arc<Shell>) -> tauri::Result<()> {
    let config = app.config();
    let Some(main) = config.app.windows.iter().find(|window| window.label == MAIN) else { return Ok(()) };
    let served = config.build.dev_url.clone().filter(|_| tauri::is_dev());
    let window = WebviewWindowBuilder::from_config(app, main)?
        .on_navigation(move |url| is_own(url, served.as_ref()))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    let (shell, target) = (Arc::clone(shell), window.clone());
    window.on_window_event(move |event| match event {
        WindowEvent::DragDrop(event) => dropping::tell(&shell, &target, event),
        WindowEvent::CloseRequested { api, .. } => closing::window(&shell, &target, api),
        _ => {}
    });
    Ok(())
}

/// Brings the window to the front.
pub(crate) fn show<R: Runtime>(app: &impl Manager<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let done = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = done {
            tracing::warn!("the window cannot be shown: {error}");
        }
    }
}

/// An address of the page itself. Everything else stays outside, whatever a link says.
fn is_own(url: &Url, served: Option<&Url>) -> bool {
    let own = [("tauri", "localhost"), ("http", "tauri.localhost"), ("https", "tauri.localhost")];
    let is_of_program =
        own.contains(&(url.scheme(), url.host_str().unwrap_or_default())) && url.port().is_none();
    is_of_program || served.is_some_and(|served| url.origin() == served.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_shows_its_own_page_and_nothing_else() {
        let served: Url = "http://localhost:5173".parse().unwrap();
        for (address, expected) in [
            ("tauri://localhost/", true),
            ("tauri://localhost/index.html#/settings", true),
            ("http://tauri.localhost/", true),
            ("https://tauri.localhost/", true),
            ("http://tauri.localhost:8080/", false),
            ("http://tauri.localhost.example.org/", false),
            ("https://example.org/", false),
            ("http://localhost:5173/", false),
            ("thumb://localhost/photo/1/full", false),
            ("file:///etc/passwd", false),
            ("data:text/html,<p>", false),
            ("about:blank", false),
        ] {
            assert_eq!(is_own(&address.parse().unwrap(), None), expected, "{address}");
        }
        assert!(is_own(&"http://localhost:5173/src".parse().unwrap(), Some(&served)));
        assert!(!is_own(&"http://localhost:5174/".parse().unwrap(), Some(&served)));
    }
}
