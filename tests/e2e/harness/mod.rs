//! What a test needs around the window: a display, a session, a driver, folders, pictures.

mod app;
mod axe;
mod desktop;
mod drag;
mod page;
pub(crate) mod pictures;
mod pointer;
mod processes;
mod screen;
mod stage;
mod webdriver;
mod window;

pub(crate) use app::{App, photo_id};
pub(crate) use desktop::address;
pub(crate) use page::{PATIENCE, Page, Seen, keys};
pub(crate) use screen::{Screen, memory_of};
pub(crate) use stage::Stage;

/// Asks until there is an answer; gives up after a while.
pub(crate) fn until<T>(patience: std::time::Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = std::time::Instant::now() + patience;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if std::time::Instant::now() > deadline {
            return None;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}
