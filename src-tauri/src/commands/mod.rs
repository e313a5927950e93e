//! What the page can ask for. Each command is one line over the library or over what keeps the window's state.

mod exploring;
mod history;
mod indexing;
mod library;
mod models;
mod outside;
mod people;
mod picking;
mod program;
mod searching;

use tauri::ipc::Invoke;
use tauri::{Runtime, State};

/// The window's state, as commands are given it.
type Shell<'a> = State<'a, std::sync::Arc<crate::shell::Shell>>;

/// Answers every command that [`crate::COMMANDS`] names.
pub(crate) fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        program::app_info,
        program::settings,
        program::set_settings,
        program::licences,
        program::watch,
        library::library_status,
        library::library_bytes,
        library::repair_library,
        library::timeline,
        library::photo,
        library::failures,
        library::add_folders,
        library::remove_folder,
        indexing::index,
        indexing::job_pause,
        indexing::job_resume,
        indexing::job_cancel,
        searching::search,
        searching::similar,
        searching::complete,
        people::people_status,
        people::set_people,
        people::erase_people,
        people::people,
        people::person,
        people::photo_faces,
        people::name_person,
        people::merge_people,
        people::split_person,
        people::this_is,
        people::this_is_not,
        people::not_faces,
        people::hide_person,
        people::set_cover,
        people::suggestions,
        people::undo_people,
        exploring::duplicates,
        exploring::outliers,
        exploring::themes,
        exploring::theme_photos,
        exploring::name_theme,
        exploring::photo_map,
        exploring::photo_map_preview,
        exploring::cancel_exploring,
        exploring::save_duplicates,
        history::history,
        history::add_to_history,
        history::clear_history,
        picking::pick_folders,
        picking::pick_pictures,
        picking::pick_model_file,
        picking::paste_picture,
        picking::forget_picture,
        models::models,
        models::model_get,
        models::model_pause,
        models::model_cancel,
        models::model_import,
        models::model_remove,
        models::mirror,
        models::set_mirror,
        outside::show_in_folder,
        outside::open_with,
        outside::copy_pictures,
        outside::copy_paths,
        outside::start_drag,
    ]
}
