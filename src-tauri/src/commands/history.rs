//! What was asked before.

use super::Shell;
use crate::values::Result;

/// Earlier queries, the latest first.
#[tauri::command]
pub(crate) async fn history(shell: Shell<'_>) -> Result<Vec<String>> {
    shell.ask(|library| Ok(library.history())).await
}

/// Remembers a query.
#[tauri::command]
pub(crate) async fn add_to_history(shell: Shell<'_>, query: String) -> Result<()> {
    shell.ask(move |library| library.add_to_history(&query)).await
}

/// Forgets all of them.
#[tauri::command]
pub(crate) async fn clear_history(shell: Shell<'_>) -> Result<()> {
    shell.ask(|library| library.clear_history()).await
}
