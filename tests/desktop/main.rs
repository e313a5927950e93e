//! The window's commands, events and pictures, on Tauri's mock runtime: everything but a real web view.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod closing;
mod events;
mod exploring;
mod folders;
mod models;
mod outside;
mod people;
mod permissions;
mod photos;
mod pictures;
mod program;
mod searching;
mod world;
