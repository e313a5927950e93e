//! The one indexing job, and changes of folders, which take turns with it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use kindred_core::{Error, IndexRequest, JobControl, Library, Phase, Progress};

use crate::opening::Opening;
use crate::values::{CommandError, Event, IndexPhase, IndexProgress, IndexReport, Result};
use crate::watch::Hub;

/// While a job runs, the page is asked to look at the library again no more often than this.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Runs one indexing job at a time.
pub(crate) struct Indexing {
    library: Arc<Opening>,
    hub: Arc<Hub>,
    state: Mutex<State>,
    /// The state has changed.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The job or the change of folders that has the library now.
    at_work: Option<AtWork>,
    /// A job is wanted as soon as the library is free.
    wanted: Option<Wanted>,
    /// The user holds the job. It stays held when it is interrupted and begun anew.
    is_held: bool,
    /// Folders are to be changed: no job begins before that.
    changes: usize,
    /// The program ends: nothing begins any more.
    is_closing: bool,
}

struct AtWork {
    control: JobControl,
    /// The latest sample that was told.
    told: IndexProgress,
    /// It was stopped for something else and goes on afterwards: its end is nothing to tell.
    is_interrupted: bool,
    is_job: bool,
}

#[derive(Clone, Copy, Default)]
struct Wanted {
    retry_failed: bool,
}

impl Indexing {
    pub(crate) fn new(library: Arc<Opening>, hub: Arc<Hub>) -> Arc<Self> {
        Arc::new(Self { library, hub, state: Mutex::default(), changed: Condvar::new() })
    }

    /// Brings the library up to date; when a job runs, once more after it.
    pub(crate) fn start(self: &Arc<Self>, retry_failed: bool) {
        let mut state = self.lock();
        let wanted = state.wanted.get_or_insert_default();
        wanted.retry_failed |= retry_failed;
        self.begin(&mut state);
    }

    /// Holds the job after the batch at hand, or lets it go on. One that is interrupted is held when it goes on; new folders
    /// are looked through before that, so that their photos are in sight.
    pub(crate) fn set_paused(&self, paused: bool) {
        let mut state = self.lock();
        let is_job = state.at_work.as_ref().is_some_and(|work| work.is_job);
        state.is_held = paused && (is_job || state.wanted.is_some());
        let Some(work) = state.at_work.as_mut().filter(|work| work.is_job) else { return };
        if paused {
            work.control.pause()
        } else {
            work.control.resume()
        }
        work.told.paused = paused;
        self.hub.tell(Event::Index(work.told.clone()));
    }

    /// Ends the job after the batch at hand.
    pub(crate) fn cancel(&self) {
        let mut state = self.lock();
        state.wanted = None;
        state.is_held = false;
        if let Some(work) = &mut state.at_work {
            work.is_interrupted = false;
            work.control.cancel();
        }
    }

    /// Does something to the library that only one may do at a time. A job that runs is interrupted and goes on
    /// afterwards: the library would keep everybody else waiting until it ends.
    ///
    /// # Errors
    /// Those of the change.
    pub(crate) fn between<T>(
        self: &Arc<Self>,
        change: impl FnOnce(&Library, &JobControl, &mut dyn FnMut(&Progress)) -> kindred_core::Result<T>,
    ) -> Result<T> {
        let library = self.library.wait()?;
        let control = JobControl::default();
        let mut state = self.lock();
        state.changes += 1;
        while let Some(work) = &mut state.at_work {
            if work.is_job && !work.control.is_cancelled() {
                work.is_interrupted = true;
                work.control.cancel();
                state.wanted.get_or_insert_default();
            }
            state = self.wait(state);
        }
        state.at_work = Some(AtWork::new(control.clone(), false));
        drop(state);

        let done = change(&library, &control, &mut |progress| self.tell(progress));
        let mut state = self.lock();
        state.changes -= 1;
        state.at_work = None;
        self.changed.notify_all();
        self.begin(&mut state);
        drop(state);
        self.library.changed(&self.hub);
        done.map_err(Into::into)
    }

    /// Ends the job after the batch at hand, waits for that, and begins no other.
    pub(crate) fn finish(&self) {
        let mut state = self.lock();
        state.is_closing = true;
        while let Some(work) = &state.at_work {
            work.control.cancel();
            state = self.wait(state);
        }
    }

    /// A job is running.
    pub(crate) fn is_busy(&self) -> bool {
        self.lock().at_work.is_some()
    }

    /// Begins the job that is wanted, if nothing is in its way.
    fn begin(self: &Arc<Self>, state: &mut State) {
        if state.at_work.is_some() || state.changes > 0 || state.is_closing {
            return;
        }
        let Some(wanted) = state.wanted.take() else { return };
        let control = JobControl::default();
        state.at_work = Some(AtWork::new(control.clone(), true));
        let indexing = Arc::clone(self);
        thread::spawn(move || indexing.run(wanted, &control));
    }

    fn run(self: Arc<Self>, wanted: Wanted, control: &JobControl) {
        let request = IndexRequest { retry_failed: wanted.retry_failed, ..IndexRequest::default() };
        let mut looked = None::<Instant>;
        let mut seen = (0, 0);
        let mut told = |progress: &Progress| {
            self.tell(progress);
            let counts = (progress.found, progress.done);
            if counts != seen && looked.is_none_or(|at| at.elapsed() >= LOOK_AGAIN) {
                (seen, looked) = (counts, Some(Instant::now()));
                self.library.changed(&self.hub);
            }
        };
        let index = || -> Result<IndexReport> {
            let report = self.library.wait()?.index(&request, control, &mut told)?;
            Ok(report.into())
        };
        let outcome = catch_unwind(AssertUnwindSafe(index))
            .unwrap_or_else(|_| Err(CommandError::new("internal", "the indexing job has crashed")));
        let mut state = self.lock();
        let work = state.at_work.take();
        self.changed.notify_all();
        if let Some(work) = work.filter(|work| !work.is_interrupted) {
            state.is_held = false;
            self.hub.tell(Event::Index(ended(work.told, outcome)));
        }
        drop(state);
        self.library.changed(&self.hub);
        self.begin(&mut self.lock());
    }

    fn tell(&self, progress: &Progress) {
        let mut state = self.lock();
        let is_held = state.is_held && matches!(progress.phase, Phase::LoadingModels | Phase::Indexing);
        if let Some(work) = state.at_work.as_mut().filter(|work| !work.is_interrupted) {
            if is_held {
                work.control.pause();
            }
            work.told = IndexProgress::of(progress, work.control.is_paused());
            self.hub.tell(Event::Index(work.told.clone()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}

impl AtWork {
    fn new(control: JobControl, is_job: bool) -> Self {
        let told = IndexProgress::of(&Progress::default(), false);
        Self { control, told, is_interrupted: false, is_job }
    }
}

/// The last thing that is told of a job. One that the user ended before it had begun did nothing.
fn ended(told: IndexProgress, outcome: Result<IndexReport>) -> IndexProgress {
    let told = IndexProgress { seconds_left: None, message: None, paused: false, ..told };
    match outcome {
        Ok(report) => IndexProgress { phase: IndexPhase::Done, report: Some(report), ..told },
        Err(error) if error.code == Error::Cancelled.code() => {
            let report = kindred_core::IndexReport { cancelled: true, ..Default::default() };
            IndexProgress { phase: IndexPhase::Done, report: Some(report.into()), ..told }
        }
        Err(error) => IndexProgress { phase: IndexPhase::Failed, error: Some(error), ..told },
    }
}
