//! The library and its photos.

use std::path::PathBuf;
use std::sync::Arc;

use kindred_core::{FolderId, ListKind, PhotoId};
use tauri::ipc::Response;

use super::Shell;
use crate::opening::state_of;
use crate::shell::aside;
use crate::values::{CommandError, Failure, LibraryState, LibraryStatus, PhotoDetails, Result};

/// The library at a glance; never waits for the library to open.
#[tauri::command]
pub(crate) async fn library_status(shell: Shell<'_>) -> Result<LibraryStatus> {
    let shell = Arc::clone(&shell);
    aside(move || Ok(shell.library_status())).await
}

/// Bytes on disk: catalog, vectors and thumbnails. Every file is looked at.
#[tauri::command]
pub(crate) async fn library_bytes(shell: Shell<'_>) -> Result<u64> {
    shell.ask(|library| library.bytes_on_disk()).await
}

/// Sets a damaged database aside and begins a new one.
#[tauri::command]
pub(crate) async fn repair_library(shell: Shell<'_>) -> Result<LibraryStatus> {
    let shell = Arc::clone(&shell);
    aside(move || {
        shell.indexing.between(|library, control, told| library.set_damaged_database_aside(control, told))?;
        Ok(shell.library_status())
    })
    .await
}

/// Every photo, newest first, as records of bytes; `Timeline::to_bytes` says which.
#[tauri::command]
pub(crate) async fn timeline(shell: Shell<'_>) -> Result<Response> {
    shell.ask(|library| library.timeline().map(|timeline| Response::new(timeline.to_bytes()))).await
}

/// Everything that is known of a photo.
#[tauri::command]
pub(crate) async fn photo(shell: Shell<'_>, id: i64) -> Result<PhotoDetails> {
    shell.ask(move |library| library.details(PhotoId(id)).map(Into::into)).await
}

/// Photos that cannot be read, and why.
#[tauri::command]
pub(crate) async fn failures(shell: Shell<'_>) -> Result<Vec<Failure>> {
    shell.ask(|library| Ok(library.list(ListKind::Failed)?.into_iter().map(Into::into).collect())).await
}

/// Adds folders, named as [`name_of_folder`](crate::shell::Shell::name_of_folder) does, and indexes them.
#[tauri::command]
pub(crate) async fn add_folders(shell: Shell<'_>, paths: Vec<String>) -> Result<LibraryStatus> {
    let shell = Arc::clone(&shell);
    aside(move || {
        let paths: Vec<PathBuf> = paths.iter().map(|name| shell.folder_of_name(name)).collect();
        shell.add_folders(&paths)?;
        Ok(shell.library_status())
    })
    .await
}

/// Takes a folder out of the library. No file is touched.
#[tauri::command]
pub(crate) async fn remove_folder(shell: Shell<'_>, id: i64) -> Result<LibraryStatus> {
    let tree = shell.ask(|library| library.folder_tree()).await?;
    let unknown = || CommandError::new("unknown-folder", format!("the library has no folder {id}"));
    let path = tree.into_iter().find(|folder| folder.id == FolderId(id)).ok_or_else(unknown)?.path;
    let shell = Arc::clone(&shell);
    aside(move || {
        shell.indexing.between(|library, control, told| library.remove_folder(&path, control, told))?;
        Ok(shell.library_status())
    })
    .await
}

impl crate::shell::Shell {
    /// Adds folders and begins to index them.
    pub(crate) fn add_folders(&self, folders: &[PathBuf]) -> Result<()> {
        self.indexing.between(|library, control, told| library.add_folders(folders, control, told))?;
        self.indexing.start(false);
        Ok(())
    }

    fn library_status(&self) -> LibraryStatus {
        match self.library.now() {
            None => LibraryStatus::without_photos(LibraryState::Opening),
            Some(Err(_)) => LibraryStatus::without_photos(LibraryState::Unreachable),
            Some(Ok(library)) => match library.overview() {
                Ok(overview) => overview.into(),
                Err(error) => LibraryStatus::without_photos(state_of(&error)),
            },
        }
    }
}
