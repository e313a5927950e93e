//! A few threads for pictures. The newest request is served first: it is for what the user sees now.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

type Work = Box<dyn FnOnce() + Send>;

/// Threads that take from a stack of work. They end with the pool, when the stack is empty.
pub(super) struct Pool {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Default)]
struct State {
    stack: Vec<Work>,
    has_ended: bool,
}

impl Pool {
    pub(super) fn new(threads: usize) -> Self {
        let shared = Arc::<Shared>::default();
        for _ in 0..threads {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                while let Some(work) = shared.next() {
                    work();
                }
            });
        }
        Self { shared }
    }

    /// Puts work on top of the stack. It must not panic.
    pub(super) fn run(&self, work: impl FnOnce() + Send + 'static) {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).stack.push(Box::new(work));
        self.shared.filled.notify_one();
    }
}

impl Shared {
    /// The newest work, as soon as there is some; none when there will never be.
    fn next(&self) -> Option<Work> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match state.stack.pop() {
                Some(work) => return Some(work),
                None if state.has_ended => return None,
                None => state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).has_ended = true;
        self.shared.filled.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn the_newest_is_served_first_and_nothing_is_lost() {
        let pool = Pool::new(1);
        let (go, gone) = channel::<()>();
        let (begin, begun) = channel();
        pool.run(move || {
            begin.send(()).unwrap();
            gone.recv().unwrap();
        });
        begun.recv().unwrap();
        let (tell, told) = channel();
        for number in 0..100 {
            let tell = tell.clone();
            pool.run(move || tell.send(number).unwrap());
        }
        go.send(()).unwrap();
        drop((tell, pool));
        assert_eq!(told.iter().collect::<Vec<_>>(), (0..100).rev().collect::<Vec<_>>());
    }
}
