//! The end: a job finishes the batch at hand, so that nothing is done twice at the next start.

use std::sync::Arc;

use tauri::{AppHandle, CloseRequestApi, ExitRequestApi, Manager, Runtime, WebviewWindow};

use crate::shell::Shell;

/// The user closes the window. It is gone at once; the program follows when the job has come to an end.
pub(crate) fn window<R: Runtime>(shell: &Arc<Shell>, window: &WebviewWindow<R>, api: &CloseRequestApi) {
    if shell.indexing.is_busy() {
        api.prevent_close();
        if let Err(error) = window.hide() {
            tracing::warn!("the window cannot be hidden: {error}");
        }
        end_after_job(shell, window.app_handle());
    }
}

/// The program is to end in another way: its last window is closed, or the system's menu says so.
pub(crate) fn program<R: Runtime>(app: &AppHandle<R>, api: &ExitRequestApi) {
    let shell = app.state::<Arc<Shell>>();
    if shell.indexing.is_busy() {
        api.prevent_exit();
        end_after_job(&shell, app);
    }
}

fn end_after_job<R: Runtime>(shell: &Arc<Shell>, app: &AppHandle<R>) {
    let (shell, app) = (Arc::clone(shell), app.clone());
    std::thread::spawn(move || {
        shell.finish();
        app.exit(0);
    });
}
