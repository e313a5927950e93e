//! The indexing job. Its progress goes to whoever watches.

use std::sync::Arc;

use super::Shell;
use crate::values::Result;

/// Begins to bring the library up to date; tries photos again that failed, if that is wanted.
#[tauri::command]
pub(crate) async fn index(shell: Shell<'_>, retry_failed: bool) -> Result<()> {
    Arc::clone(&shell.indexing).start(retry_failed);
    Ok(())
}

/// Holds the job after the batch at hand.
#[tauri::command]
pub(crate) async fn job_pause(shell: Shell<'_>) -> Result<()> {
    shell.indexing.set_paused(true);
    Ok(())
}

/// Lets a held job go on.
#[tauri::command]
pub(crate) async fn job_resume(shell: Shell<'_>) -> Result<()> {
    shell.indexing.set_paused(false);
    Ok(())
}

/// Ends the job after the batch at hand; the next one goes on from there.
#[tauri::command]
pub(crate) async fn job_cancel(shell: Shell<'_>) -> Result<()> {
    shell.indexing.cancel();
    Ok(())
}
