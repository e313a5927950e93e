//! Photos on their way out of the window: to the file manager, to another program, to the clipboard.

use std::path::PathBuf;
use std::sync::Arc;

use kindred_core::media::ThumbnailSize;
use kindred_core::{Library, PhotoId};
use tauri::image::Image;
use tauri::{AppHandle, Manager, Runtime, Webview};
use tauri_plugin_clipboard_manager::{Clipboard, ClipboardExt};

use super::Shell;
use crate::drag_out;
use crate::shell::aside;
use crate::values::{CommandError, Result};

/// Opens the system's file manager with the photos selected.
#[tauri::command]
pub(crate) async fn show_in_folder(shell: Shell<'_>, ids: Vec<i64>) -> Result<()> {
    let paths = shell.with_library(move |library| files(library, &ids)).await?;
    aside(move || tauri_plugin_opener::reveal_items_in_dir(paths).map_err(refused)).await
}

/// Opens a photo with the program that the system has for it.
#[tauri::command]
pub(crate) async fn open_with(shell: Shell<'_>, id: i64) -> Result<()> {
    let paths = shell.with_library(move |library| files(library, &[id])).await?;
    aside(move || {
        paths.iter().try_for_each(|path| tauri_plugin_opener::open_path(path, None::<&str>).map_err(refused))
    })
    .await
}

/// Puts a photo's pixels on the clipboard, upright.
#[tauri::command]
pub(crate) async fn copy_pictures<R: Runtime>(app: AppHandle<R>, shell: Shell<'_>, id: i64) -> Result<()> {
    let pixels = shell.ask(move |library| library.pixels(PhotoId(id))).await?;
    let (width, height) = pixels.dimensions();
    let rgba = pixels.pixels().flat_map(|&image::Rgb([r, g, b])| [r, g, b, u8::MAX]).collect();
    let picture = Image::new_owned(rgba, width, height);
    on_clipboard(app, move |clipboard| clipboard.write_image(&picture)).await
}

/// Puts the paths of photos on the clipboard, one on a line.
#[tauri::command]
pub(crate) async fn copy_paths<R: Runtime>(app: AppHandle<R>, shell: Shell<'_>, ids: Vec<i64>) -> Result<()> {
    let paths = shell.with_library(move |library| paths(library, &ids)).await?;
    let lines: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    on_clipboard(app, move |clipboard| clipboard.write_text(lines.join("\n"))).await
}

/// The user drags photos: from here on they are the system's to carry, to whatever program they are dropped on.
#[tauri::command]
pub(crate) async fn start_drag<R: Runtime>(
    webview: Webview<R>,
    shell: Shell<'_>,
    ids: Vec<i64>,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let found = move |library: &Library| {
        let files = files(library, &ids)?;
        let first = ids.first().map(|id| library.thumbnail(PhotoId(*id), ThumbnailSize::Small));
        Ok((files, first.transpose()?))
    };
    let (files, picture) = shell.with_library(found).await?;
    let dragging = Arc::clone(&shell.dragging);
    aside(move || drag_out::start(&webview, files, picture, dragging)).await
}

async fn on_clipboard<R: Runtime>(
    app: AppHandle<R>,
    write: impl FnOnce(&Clipboard<R>) -> tauri_plugin_clipboard_manager::Result<()> + Send + 'static,
) -> Result<()> {
    if app.try_state::<Clipboard<R>>().is_none() {
        return Err(CommandError::unavailable("the clipboard"));
    }
    aside(move || write(app.clipboard()).map_err(refused)).await
}

/// Where photos are, or were when they could last be reached.
fn paths(library: &Library, ids: &[i64]) -> Result<Vec<PathBuf>> {
    let ids: Vec<PhotoId> = ids.iter().copied().map(PhotoId).collect();
    Ok(library.paths(&ids)?)
}

/// [`paths`] of photos whose files are there.
fn files(library: &Library, ids: &[i64]) -> Result<Vec<PathBuf>> {
    let paths = paths(library, ids)?;
    match paths.iter().find(|path| !path.is_file()) {
        Some(path) => {
            let message = format!("{}: the file cannot be reached", path.display());
            Err(CommandError::new("no-file", message).with("path", path.display()))
        }
        None => Ok(paths),
    }
}

/// The system did not do what it was asked for.
fn refused(error: impl std::fmt::Display) -> CommandError {
    CommandError::new("system", error.to_string())
}
