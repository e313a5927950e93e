//! The program `kindred` from outside: what it prints, in words and in JSON, and how it ends.
//!
//! Pictures are drawn by the tests and most networks are the small random ones of `tests/parity`, whose answers are
//! meaningless but complete.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod devices;
mod downloads;
mod errors;
mod explore;
#[path = "../library/faces.rs"]
mod faces;
mod finding;
#[path = "../parity/fixtures.rs"]
mod fixtures;
#[cfg(unix)]
mod interrupts;
mod json;
mod models;
mod names;
mod people;
mod pictures;
#[cfg(unix)]
mod pipes;
mod places;
mod program;
mod searches;
mod starter;
mod two_programs;
mod words;
