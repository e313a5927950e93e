//! Questions about the library as a whole. They may take minutes, tell how far they are, and can be ended.

use std::sync::Arc;

use kindred_core::{JobControl, Library, PhotoId, Step};
use tauri::ipc::Response;
use tauri::{AppHandle, Runtime};

use super::Shell;
use super::picking::ask_where_to_save;
use crate::shell::aside;
use crate::values::{
    CommandError, Duplicates, Event, ExploreRequest, Exploring, ListFormat, Outliers, OutliersRequest,
    Result, Space, Themes,
};

/// Groups of photos of the same picture.
#[tauri::command]
pub(crate) async fn duplicates(shell: Shell<'_>, request: ExploreRequest) -> Result<Duplicates> {
    let (ticket, request) = (request.ticket, request.into());
    shell
        .explore(ticket, move |library, control, told| {
            library.duplicates(&request, control, told).map(Into::into)
        })
        .await
}

/// Photos unlike the others, of the library or of their folder.
#[tauri::command]
pub(crate) async fn outliers(shell: Shell<'_>, request: OutliersRequest) -> Result<Outliers> {
    let OutliersRequest { per_folder, space, filter, ticket } = request;
    let request = kindred_core::ExploreRequest { by: space.into(), filter };
    let look = move |library: &Library, control: &JobControl, told: Told<'_>| {
        library.outliers(&request, per_folder, control, told).map(Into::into)
    };
    shell.explore(ticket, look).await
}

/// Groups of photos that have something in common.
#[tauri::command]
pub(crate) async fn themes(shell: Shell<'_>, request: ExploreRequest) -> Result<Themes> {
    let (ticket, request) = (request.ticket, request.into());
    shell
        .explore(ticket, move |library, control, told| {
            library.themes(&request, control, told).map(Into::into)
        })
        .await
}

/// The photos of a theme, the most typical first.
#[tauri::command]
pub(crate) async fn theme_photos(shell: Shell<'_>, space: Space, id: i64) -> Result<Vec<i64>> {
    let photos = shell.ask(move |library| library.theme_photos(space.into(), id)).await?;
    Ok(photos.into_iter().map(|PhotoId(id)| id).collect())
}

/// Names a theme, or takes its name away.
#[tauri::command]
pub(crate) async fn name_theme(shell: Shell<'_>, space: Space, id: i64, name: Option<String>) -> Result<()> {
    let shell = Arc::clone(&shell);
    aside(move || {
        shell.indexing.between(|library, control, told| {
            library.name_theme(space.into(), id, name.as_deref(), control, told)
        })
    })
    .await
}

/// The photos on a plane, as records of bytes; `PhotoMap::to_bytes` says which.
#[tauri::command]
pub(crate) async fn photo_map(shell: Shell<'_>, request: ExploreRequest) -> Result<Response> {
    let (ticket, request) = (request.ticket, request.into());
    let look = move |library: &Library, control: &JobControl, told: Told<'_>| {
        library.photo_map(&request, control, told).map(|map| Response::new(map.to_bytes()))
    };
    shell.explore(ticket, look).await
}

/// [`photo_map`] by principal components: at once, or nearly.
#[tauri::command]
pub(crate) async fn photo_map_preview(shell: Shell<'_>, request: ExploreRequest) -> Result<Response> {
    let (ticket, request) = (request.ticket, request.into());
    let look = move |library: &Library, control: &JobControl, told: Told<'_>| {
        library.photo_map_preview(&request, control, told).map(|map| Response::new(map.to_bytes()))
    };
    shell.explore(ticket, look).await
}

/// Ends what is explored under a ticket.
#[tauri::command]
pub(crate) async fn cancel_exploring(shell: Shell<'_>, ticket: u64) -> Result<()> {
    shell.explorations.cancel(ticket);
    Ok(())
}

/// Writes the list of all duplicates but the keepers where the user says; gives the path, or nothing when no place was chosen.
#[tauri::command]
pub(crate) async fn save_duplicates<R: Runtime>(
    app: AppHandle<R>,
    shell: Shell<'_>,
    request: ExploreRequest,
    format: ListFormat,
) -> Result<Option<String>> {
    let (ticket, request) = (request.ticket, request.into());
    let list = shell
        .explore(ticket, move |library, control, told| {
            let found = library.duplicates(&request, control, told)?;
            library.list_of_duplicates(&found, format.into())
        })
        .await?;
    let name = format!("duplicates.{}", format.extension());
    let Some(path) = ask_where_to_save(&app, &name, format.extension()).await? else { return Ok(None) };
    aside(move || match std::fs::write(&path, list) {
        Ok(()) => Ok(Some(path.display().to_string())),
        Err(error) => {
            let message = format!("{}: {error}", path.display());
            Err(CommandError::new("io", message).with("path", path.display()))
        }
    })
    .await
}

/// How a piece of work tells how far it is.
type Told<'a> = &'a (dyn Fn(Step) + Sync);

impl crate::shell::Shell {
    /// Asks the library, away from the threads that serve the window; the ticket ends it and names its progress.
    async fn explore<T: Send + 'static>(
        self: &Arc<Self>,
        ticket: u64,
        look: impl FnOnce(&Library, &JobControl, Told<'_>) -> kindred_core::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (control, shell) = (self.explorations.begin(ticket), Arc::clone(self));
        self.with_library(move |library| {
            let told = |Step { stage, done, total }: Step| {
                let phase = stage.word().to_owned();
                shell.hub.tell(Event::Exploring(Exploring { ticket, phase, done, total }));
            };
            Ok(look(library, &control, &told)?)
        })
        .await
    }
}
