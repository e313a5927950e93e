//! The models on this machine.

use std::path::PathBuf;
use std::sync::Arc;

use super::Shell;
use crate::shell::aside;
use crate::values::{ModelStatus, Result};

/// Every model that Kindred knows, with what is here of it.
#[tauri::command]
pub(crate) async fn models(shell: Shell<'_>) -> Result<Vec<ModelStatus>> {
    shell.ask(|library| Ok(library.models().list()?.into_iter().map(Into::into).collect())).await
}

/// Begins to fetch a model, or goes on.
#[tauri::command]
pub(crate) async fn model_get(shell: Shell<'_>, id: String) -> Result<()> {
    let downloads = Arc::clone(&shell.downloads);
    aside(move || downloads.get(&id)).await
}

/// Stops fetching a model; what is here stays.
#[tauri::command]
pub(crate) async fn model_pause(shell: Shell<'_>, id: String) -> Result<()> {
    shell.downloads.pause(&id);
    Ok(())
}

/// Stops fetching a model and deletes what is here of it.
#[tauri::command]
pub(crate) async fn model_cancel(shell: Shell<'_>, id: String) -> Result<()> {
    let downloads = Arc::clone(&shell.downloads);
    aside(move || downloads.cancel(&id)).await
}

/// Takes a copy of a file that the user fetched by other means.
#[tauri::command]
pub(crate) async fn model_import(shell: Shell<'_>, id: String, path: PathBuf) -> Result<()> {
    let downloads = Arc::clone(&shell.downloads);
    aside(move || downloads.import(&id, path)).await
}

/// Deletes a model's files. Vectors made with it stay.
#[tauri::command]
pub(crate) async fn model_remove(shell: Shell<'_>, id: String) -> Result<()> {
    shell.ask(move |library| library.models().remove(&id).map(drop)).await?;
    shell.library.changed(&shell.hub);
    Ok(())
}

/// Where models are fetched from instead of their publishers.
#[tauri::command]
pub(crate) async fn mirror(shell: Shell<'_>) -> Result<Option<String>> {
    shell.ask(|library| library.models().mirror()).await
}

/// Sets a mirror, or takes it back.
#[tauri::command]
pub(crate) async fn set_mirror(shell: Shell<'_>, address: Option<String>) -> Result<()> {
    shell.ask(move |library| library.models().set_mirror(address.as_deref())).await
}
