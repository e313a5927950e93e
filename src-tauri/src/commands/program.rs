//! The program itself.

use std::sync::{Arc, LazyLock};

use tauri::ipc::Channel;
use tauri::{Runtime, Webview};

use super::Shell;
use crate::shell::aside;
use crate::values::{AppInfo, Event, Licence, Platform, Result, Settings};

/// What others wrote of the program, made by `cargo xtask licences`.
static LICENCES: LazyLock<Vec<Licence>> = LazyLock::new(|| {
    // The text is part of the program, and a test reads it: it cannot fail at run time.
    #[expect(clippy::expect_used)]
    serde_json::from_str(include_str!("../../licences.json")).expect("the compiled-in list is valid")
});

/// What the page must know of the program to begin.
#[tauri::command]
pub(crate) async fn app_info(shell: Shell<'_>) -> Result<AppInfo> {
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        platform: Platform::HERE,
        locale: sys_locale::get_locale().unwrap_or_else(|| "en".to_owned()),
        library: shell.options.library.display().to_string(),
        models: shell.options.models.display().to_string(),
    })
}

/// What the user has set.
#[tauri::command]
pub(crate) async fn settings(shell: Shell<'_>) -> Result<Settings> {
    Ok(shell.settings.get())
}

/// Keeps what the user sets; gives it within bounds.
#[tauri::command]
pub(crate) async fn set_settings(shell: Shell<'_>, settings: Settings) -> Result<Settings> {
    let shell = Arc::clone(&shell);
    aside(move || shell.settings.set(settings)).await
}

/// What others wrote of the program.
#[tauri::command]
pub(crate) async fn licences() -> Result<Vec<Licence>> {
    Ok(LICENCES.clone())
}

/// From now on this page is told of everything; it is taken for a page that has just begun.
#[tauri::command]
pub(crate) async fn watch<R: Runtime>(
    webview: Webview<R>,
    shell: Shell<'_>,
    channel: Channel<Event>,
) -> Result<()> {
    shell.questions.begin_again();
    shell.explorations.cancel_all();
    shell.hub.watch(webview.label(), move |event| channel.send(event.clone()).is_ok());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_licences_can_be_read_and_names_what_is_known_to_be_in_the_program() {
        for name in ["tauri", "burn", "rusqlite"] {
            assert!(LICENCES.iter().any(|entry| entry.name == name), "{name}");
        }
    }
}
