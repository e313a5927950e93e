//! `kindred-app`: the window.

// No console beside the window on Windows.
#![cfg_attr(windows, windows_subsystem = "windows")]

/// As for `kindred`: the networks' large, short-lived buffers make the system's allocator give pages back and fetch
/// them again all the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    kindred_desktop::run()
}
