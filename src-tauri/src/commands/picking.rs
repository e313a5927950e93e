//! Folders, pictures and files that the user chooses in the system's own dialogs, and pictures that are pasted.

use std::path::PathBuf;
use std::sync::Arc;

use tauri::ipc::{InvokeBody, Request};
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_dialog::{Dialog, DialogExt, FileDialogBuilder, FilePath};

use super::Shell;
use crate::shell::aside;
use crate::values::{CommandError, PickedPicture, Result};
use crate::window::MAIN;

/// Extensions of pictures, for dialogs that hide other files; what a file is is read from its content.
const PICTURES: [&str; 20] = [
    "jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif", "ico", "qoi", "ppm",
    "pgm", "pbm", "pnm", "pam", "jfif", "mpo",
];

/// Folders that the user chooses. Nothing is added yet.
#[tauri::command]
pub(crate) async fn pick_folders<R: Runtime>(app: AppHandle<R>, shell: Shell<'_>) -> Result<Vec<String>> {
    let picked = ask(&app, |dialog, done| dialog.pick_folders(done)).await?;
    // The dialog of GTK leaves names out that are no Unicode.
    if picked.as_ref().is_some_and(Vec::is_empty) {
        return Err(CommandError::not_unicode());
    }
    Ok(paths(picked.unwrap_or_default()).map(|path| shell.name_of_folder(&path)).collect())
}

/// Pictures to ask about.
#[tauri::command]
pub(crate) async fn pick_pictures<R: Runtime>(
    app: AppHandle<R>,
    shell: Shell<'_>,
) -> Result<Vec<PickedPicture>> {
    let named = |dialog: FileDialogBuilder<R>| dialog.add_filter("JPEG, PNG, HEIC, WebP, TIFF …", &PICTURES);
    let picked = ask(&app, |dialog, done| named(dialog).pick_files(done)).await?;
    let shell = Arc::clone(&shell);
    aside(move || Ok(paths(picked.unwrap_or_default()).map(|path| shell.picked(&path)).collect())).await
}

/// A file with the weights of a model, that the user fetched by other means.
#[tauri::command]
pub(crate) async fn pick_model_file<R: Runtime>(
    app: AppHandle<R>,
    shell: Shell<'_>,
    id: String,
) -> Result<Option<String>> {
    shell.ask(move |library| library.models().status(&id).map(drop)).await?;
    let picked = ask(&app, |dialog, done| dialog.pick_file(done)).await?;
    Ok(paths(picked).next().map(|path| path.display().to_string()))
}

/// A picture from the clipboard: the bytes of its file.
#[tauri::command]
pub(crate) async fn paste_picture(shell: Shell<'_>, request: Request<'_>) -> Result<PickedPicture> {
    let InvokeBody::Raw(bytes) = request.body() else {
        return Err(CommandError::new("usage", "the bytes of a picture are needed"));
    };
    if kindred_core::media::Format::of(bytes).is_none() {
        return Err(CommandError::new("not-a-picture", "what was pasted is no picture"));
    }
    let (bytes, shell) = (bytes.clone(), Arc::clone(&shell));
    aside(move || {
        let token = shell.query_pictures.paste(&bytes);
        let token = token.map_err(|error| CommandError::new("io", error.to_string()))?;
        Ok(PickedPicture { token, name: String::new(), photo: None })
    })
    .await
}

/// The page does not ask about a picture any more.
#[tauri::command]
pub(crate) async fn forget_picture(shell: Shell<'_>, token: String) -> Result<()> {
    shell.query_pictures.forget(&token);
    Ok(())
}

/// Where the user wants a file of this name, with one ending, to be written; `None` when the dialog was closed.
pub(super) async fn ask_where_to_save<R: Runtime>(
    app: &AppHandle<R>,
    name: &str,
    extension: &'static str,
) -> Result<Option<PathBuf>> {
    let named = |dialog: FileDialogBuilder<R>| {
        dialog.set_file_name(name).add_filter(extension.to_uppercase(), &[extension])
    };
    let picked = ask(app, |dialog, done| named(dialog).save_file(done)).await?;
    Ok(paths(picked).next())
}

/// Opens a dialog over the window and waits for what is chosen; `None` when it was closed.
async fn ask<R: Runtime, T: Send + 'static>(
    app: &AppHandle<R>,
    open: impl FnOnce(FileDialogBuilder<R>, Box<dyn FnOnce(Option<T>) + Send>),
) -> Result<Option<T>> {
    if app.try_state::<Dialog<R>>().is_none() {
        return Err(CommandError::unavailable("a dialog"));
    }
    let mut dialog = app.dialog().file();
    if let Some(window) = app.get_webview_window(MAIN) {
        dialog = dialog.set_parent(&window);
    }
    let (chosen, choice) = std::sync::mpsc::sync_channel(1);
    open(dialog, Box::new(move |choice| drop(chosen.send(choice))));
    aside(move || choice.recv().map_err(|_| CommandError::unavailable("a dialog"))).await
}

fn paths(picked: impl IntoIterator<Item = FilePath>) -> impl Iterator<Item = PathBuf> {
    picked.into_iter().filter_map(|path| path.into_path().ok())
}
