//! The model store and its downloads, against a server on this machine that misbehaves on purpose.
//!
//! Nothing here leaves the loopback interface, and every file is drawn by the tests themselves.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod downloading;
mod failing;
mod fixture;
mod server;
mod storing;
mod two_programs;
