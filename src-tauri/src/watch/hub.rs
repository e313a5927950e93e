//! From those to whom things happen to those who watch.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::outbox::Outbox;
use crate::values::Event;

/// Between two deliveries: at most ten a second.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes an event to a page; false when there is no page any more.
type Deliver = Box<dyn Fn(&Event) -> bool + Send>;

/// Takes events from any thread and delivers them in their order from one.
pub(crate) struct Hub {
    state: Mutex<State>,
    changed: Condvar,
    /// The library's, when it was last told.
    revision: AtomicU64,
}

#[derive(Default)]
struct State {
    outbox: Outbox,
    watchers: Vec<Watcher>,
}

struct Watcher {
    /// The window's name: a page that is loaded anew takes the place of the one before it.
    window: String,
    deliver: Deliver,
    /// What is told before anything else.
    first: Vec<Event>,
}

impl Hub {
    pub(crate) fn new() -> Arc<Self> {
        let hub =
            Arc::new(Self { state: Mutex::default(), changed: Condvar::new(), revision: AtomicU64::new(0) });
        let weak = Arc::downgrade(&hub);
        thread::spawn(move || {
            while let Some(hub) = weak.upgrade() {
                hub.deliver();
                drop(hub);
                thread::sleep(PAUSE);
            }
        });
        hub
    }

    /// Something happened.
    pub(crate) fn tell(&self, event: Event) {
        self.lock().outbox.push(event);
        self.changed.notify_all();
    }

    /// Photos changed, or the state of the library: its revision is now that.
    pub(crate) fn library_changed(&self, revision: u64) {
        self.revision.store(revision, Ordering::Release);
        self.tell(Event::Library { revision });
    }

    /// From now on a window hears of everything. First it is told of the jobs that go on, and to look at the library.
    pub(crate) fn watch(&self, window: &str, deliver: impl Fn(&Event) -> bool + Send + 'static) {
        let mut state = self.lock();
        let revision = self.revision.load(Ordering::Acquire);
        let first = state.outbox.running().iter().cloned().chain([Event::Library { revision }]).collect();
        state.watchers.retain(|watcher| watcher.window != window);
        state.watchers.push(Watcher { window: window.to_owned(), deliver: Box::new(deliver), first });
        drop(state);
        self.changed.notify_all();
    }

    /// Waits a while for something to tell, and tells it.
    fn deliver(&self) {
        let nothing = |state: &mut State| {
            state.outbox.is_empty() && state.watchers.iter().all(|watcher| watcher.first.is_empty())
        };
        let state = self.lock();
        let (mut state, _) = self
            .changed
            .wait_timeout_while(state, Duration::from_secs(1), nothing)
            .unwrap_or_else(PoisonError::into_inner);
        if state.watchers.is_empty() {
            state.outbox.keep_for_later();
            return;
        }
        let events = state.outbox.take();
        // Held meanwhile, so that nobody hears of things in another order.
        state.watchers.retain_mut(|watcher| {
            let first = std::mem::take(&mut watcher.first);
            first.iter().chain(&events).all(|event| (watcher.deliver)(event))
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::values::Offered;

    #[test]
    fn what_was_opened_waits_for_a_page_and_a_new_page_replaces_the_old() {
        let hub = Hub::new();
        hub.library_changed(1);
        hub.tell(Event::Open(Offered { folders: vec!["/a".into()], ..Offered::default() }));
        // Longer than a delivery takes, so that nobody was there to hear it.
        thread::sleep(3 * PAUSE);
        let (old, heard_by_old) = channel();
        hub.watch("main", move |event| old.send(event.clone()).is_ok());
        assert_eq!(heard_by_old.recv().unwrap(), Event::Library { revision: 1 });
        assert!(matches!(heard_by_old.recv().unwrap(), Event::Open(_)));
        let (new, heard_by_new) = channel();
        hub.watch("main", move |event| new.send(event.clone()).is_ok());
        assert_eq!(heard_by_new.recv().unwrap(), Event::Library { revision: 1 });
        hub.library_changed(2);
        assert_eq!(heard_by_new.recv().unwrap(), Event::Library { revision: 2 });
        assert!(heard_by_old.recv().is_err(), "its place was taken");
    }
}
