//! The whole program, seen and used as a person does: the real window on a display of its own, driven over WebDriver.
//! Things are found by their role and their name, as assistive technology finds them.
//!
//! The web view's driver can do everything inside the window. Outside of it:
//! - A folder is added by starting the program a second time with the folder on its command line, or by dropping it on
//!   the window. The system's own dialogs are not driven; the buttons that open them are looked for, not pressed.
//! - Files are dropped by a drag source in `harness/drag.rs` that speaks the protocol of X11 programs (XDND), so that
//!   the drop goes the whole way through GTK and the web view. The pointer itself is not moved.
//! - The window is closed as a window manager closes it.
//!
//! `KINDRED_E2E_OUT` names a folder for a screenshot of every step. Without a virtual display or a driver, the tests
//! say so and count as skipped.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[cfg(target_os = "linux")]
mod harness;
#[cfg(target_os = "linux")]
#[path = "../models/server.rs"]
#[allow(dead_code, reason = "the tests of the download ask more of their server")]
mod server;
#[cfg(target_os = "linux")]
mod stories;

#[cfg(not(target_os = "linux"))]
#[test]
fn the_window() {
    println!("skipped: the window is driven under Linux only, where it can have a display of its own");
}
