//! The program, put together.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tauri::{App, AppHandle, Builder, Context, Manager, RunEvent, Runtime};
use tauri_plugin_window_state::StateFlags;
use tracing_subscriber::EnvFilter;

use crate::arguments::{Options, Started};
use crate::shell::Shell;
use crate::values::Event;
use crate::{closing, commands, platform, thumb, window};

/// The program's own configuration, permissions and page.
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

/// Adds the commands and the protocol for pictures. They need a [`Shell`] in an [`Arc`] among the app's state.
pub fn builder<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    builder.invoke_handler(commands::handler()).register_asynchronous_uri_scheme_protocol(
        thumb::SCHEME,
        |context, request, responder| {
            let shell = context.app_handle().state::<Arc<Shell>>();
            shell.picture(request, move |response| responder.respond(response));
        },
    )
}

/// The whole program, from its start to its end.
pub fn run() -> ExitCode {
    platform::prepare();
    let here = std::env::current_dir().unwrap_or_default();
    let started = match Started::read(std::env::args_os(), &here) {
        Ok(started) => started,
        Err(error) => {
            // Nobody reading help is no reason to complain.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    log();
    match build(started) {
        Ok(app) => {
            end_on_interrupt(app.handle().clone());
            app.run(|app, event| match event {
                RunEvent::ExitRequested { api, .. } => closing::program(app, &api),
                RunEvent::Exit => kindred_core::release_gpu_sentinels(),
                _ => {}
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: the window cannot be opened: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Ctrl-C in a terminal, and the end of the user's session, end the program as its window does: a job finishes the batch
/// at hand, and a GPU that is being started is not taken for one that crashed. A second time it ends at once.
fn end_on_interrupt(app: AppHandle) {
    let again = AtomicBool::new(false);
    let interrupted = move || {
        if again.swap(true, Ordering::AcqRel) {
            kindred_core::release_gpu_sentinels();
            std::process::exit(130);
        }
        app.exit(0);
    };
    if let Err(error) = ctrlc::set_handler(interrupted) {
        tracing::warn!("interrupts are not listened to: {error}");
    }
}

fn build(started: Started) -> tauri::Result<App<tauri::Wry>> {
    let mut builder = builder(Builder::default());
    if !started.is_named {
        // First of all plugins: a second program ends here. Its command line goes to the first.
        builder = builder.plugin(tauri_plugin_single_instance::init(second));
    }
    builder
        .plugin(tauri_plugin_window_state::Builder::default().with_state_flags(remembered()).build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .setup(move |app| Ok(set_up(app, &started)?))
        .build(context())
}

/// Not whether the window is shown: one that was closed while a job ran to its end is hidden by then.
fn remembered() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN
}

fn set_up<R: Runtime>(app: &App<R>, started: &Started) -> tauri::Result<()> {
    let shell = Shell::new(Options {
        library: started.library.clone(),
        models: started.models.clone(),
        config: app.path().app_config_dir()?,
        device: None,
    });
    app.manage(Arc::clone(&shell));
    window::open(app, &shell)?;
    open(&shell, started);
    shell.go_on();
    Ok(())
}

/// The program was started a second time.
fn second<R: Runtime>(app: &AppHandle<R>, arguments: Vec<String>, folder: String) {
    window::show(app);
    let started = Started::read(arguments.into_iter().map(Into::into), Path::new(&folder));
    if let (Ok(started), Some(shell)) = (started, app.try_state::<Arc<Shell>>()) {
        open(&shell, &started);
    }
}

/// Adds folders, and tells the page of what else is on a command line.
fn open(shell: &Arc<Shell>, started: &Started) {
    let (shell, add, paths) = (Arc::clone(shell), started.add.clone(), started.paths.clone());
    tauri::async_runtime::spawn_blocking(move || {
        if !add.is_empty()
            && let Err(error) = shell.add_folders(&add)
        {
            tracing::error!("{}", error.message);
        }
        if paths.is_empty() {
            return;
        }
        let offered = shell.offered(&paths, (0.0, 0.0));
        shell.hub.tell(Event::Open(offered));
    });
}

/// Warnings on the standard error, or what `RUST_LOG` asks for.
fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
}
