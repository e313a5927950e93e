//! Everything that lives as long as the window.

use std::sync::Arc;

use kindred_core::Library;
use tauri::async_runtime::spawn_blocking;
use tauri::http::{Request, Response};

use crate::arguments::Options;
use crate::drag_out::Dragging;
use crate::explorations::Explorations;
use crate::jobs::{Downloads, Indexing};
use crate::opening::Opening;
use crate::query_pictures::QueryPictures;
use crate::questions::Questions;
use crate::settings::SettingsFile;
use crate::thumb::Pictures;
use crate::values::{CommandError, Result};
use crate::watch::Hub;

/// The state behind the commands: one library, its jobs, and who watches them.
pub struct Shell {
    pub(crate) options: Options,
    pub(crate) settings: SettingsFile,
    pub(crate) library: Arc<Opening>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) indexing: Arc<Indexing>,
    pub(crate) downloads: Arc<Downloads>,
    pub(crate) questions: Questions,
    pub(crate) explorations: Explorations,
    pub(crate) query_pictures: Arc<QueryPictures>,
    pub(crate) pictures: Pictures,
    pub(crate) dragging: Arc<Dragging>,
}

impl Shell {
    /// Begins to open the library in the background.
    pub fn new(options: Options) -> Arc<Self> {
        let settings = SettingsFile::read(&options.config);
        let hub = Hub::new();
        let library = Opening::begin(options.for_library(settings.get().device.into()), Arc::clone(&hub));
        let indexing = Indexing::new(Arc::clone(&library), Arc::clone(&hub));
        let query_pictures = Arc::new(QueryPictures::default());
        Arc::new(Self {
            downloads: Downloads::new(Arc::clone(&library), Arc::clone(&hub), Arc::clone(&indexing)),
            questions: Questions::default(),
            explorations: Explorations::default(),
            dragging: Arc::default(),
            pictures: Pictures::new(Arc::clone(&library), Arc::clone(&query_pictures)),
            options,
            settings,
            library,
            hub,
            indexing,
            query_pictures,
        })
    }

    /// Answers a request of the page for a picture, on one of a few threads of their own.
    pub fn picture(&self, request: Request<Vec<u8>>, reply: impl FnOnce(Response<Vec<u8>>) + Send + 'static) {
        self.pictures.answer(&request, reply);
    }

    /// Begins to index when the library is open and has folders: what another session left is gone on with.
    pub fn go_on(self: &Arc<Self>) {
        let shell = Arc::clone(self);
        spawn_blocking(move || {
            if shell.library.wait().is_ok_and(|library| library.folders().is_ok_and(|all| !all.is_empty())) {
                shell.indexing.start(false);
            }
        });
    }

    /// Has the jobs come to an end with the work at hand, and waits for that.
    pub fn finish(&self) {
        self.explorations.cancel_all();
        self.downloads.stop();
        self.indexing.finish();
    }

    /// Asks the library, away from the threads that serve the window; waits until it is open.
    pub(crate) async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Library) -> kindred_core::Result<T> + Send + 'static,
    ) -> Result<T> {
        self.with_library(move |library| question(library).map_err(Into::into)).await
    }

    /// [`Self::ask`] for questions that fail in other ways, too.
    pub(crate) async fn with_library<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Library) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let library = Arc::clone(&self.library);
        aside(move || question(&*library.wait()?)).await
    }
}

/// Does something that may take a while on a thread for such things.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    spawn_blocking(work).await.unwrap_or_else(|error| Err(CommandError::new("internal", error.to_string())))
}
