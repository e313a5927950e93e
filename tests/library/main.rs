//! The library through the program: what survives being killed, moved, unplugged, filled up, outdated and damaged.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod changes;
mod database;
mod faces;
#[path = "../parity/fixtures.rs"]
mod fixtures;
#[cfg(target_os = "linux")]
mod full_disk;
#[cfg(unix)]
mod killing;
mod near_duplicates;
mod offline;
mod own_folder;
mod people;
#[path = "../cli/pictures.rs"]
mod pictures;
// The tests of the command line use the rest of it.
#[allow(dead_code)]
#[path = "../cli/program.rs"]
mod program;
#[cfg(target_os = "linux")]
mod small_disk;
