//! WebKitGTK shows a blank window with some drivers; settings of its own avoid that. And the program ends before the
//! libraries under its threads do.

#[cfg(target_env = "gnu")]
use std::ffi::{c_int, c_void};
use std::path::Path;

/// A variable of the environment, and when it is needed.
#[derive(Debug, PartialEq, Eq)]
struct Setting(&'static str, &'static str);

/// Must be called before anything starts a thread.
pub(super) fn prepare() {
    let has_nvidia = ["/proc/driver/nvidia/version", "/sys/module/nvidia"];
    let has_nvidia = has_nvidia.iter().any(|path| Path::new(path).exists());
    let is_wayland = std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty());
    for Setting(name, value) in needed(has_nvidia, is_wayland) {
        if std::env::var_os(name).is_none() {
            // SAFETY: the environment is changed at the very start of `main`, while there is one thread.
            unsafe { std::env::set_var(name, value) };
        }
    }
    #[cfg(target_env = "gnu")]
    end_before_destructors();
}

#[cfg(target_env = "gnu")]
unsafe extern "C" {
    fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
    fn _exit(status: c_int) -> !;
}

/// Has the process end, with the status it has, before the destructors of its libraries run.
///
/// `exit` runs them while other threads still work: a second program, which ends as soon as the first has its command line,
/// crashed now and then because tao's thread for devices was about to ask the X server for events when libXext was torn
/// down. Nothing is lost: by then Rust has written what was printed, and no library here keeps something for its destructor.
#[cfg(target_env = "gnu")]
fn end_before_destructors() {
    extern "C" fn end(status: c_int, _: *mut c_void) {
        // SAFETY: `_exit` may be called at any time; it ends all threads.
        unsafe { _exit(status) }
    }
    // SAFETY: `end` needs no argument and lives as long as the program. If the list of functions is full, which is told by
    // the result, the program ends as it would without.
    unsafe { on_exit(end, std::ptr::null_mut()) };
}

/// NVIDIA's driver: web pages stay blank when they are handed over as DMA buffers, and on Wayland the window is lost
/// over explicit synchronisation.
fn needed(has_nvidia: bool, is_wayland: bool) -> Vec<Setting> {
    let mut settings = Vec::new();
    if has_nvidia {
        settings.push(Setting("WEBKIT_DISABLE_DMABUF_RENDERER", "1"));
        if is_wayland {
            settings.push(Setting("__NV_DISABLE_EXPLICIT_SYNC", "1"));
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    #[cfg(target_env = "gnu")]
    use std::process::Command;

    use super::*;

    #[cfg(target_env = "gnu")]
    const ENDS: &str = "KINDRED_TEST_PROGRAM_THAT_ENDS";

    #[cfg(target_env = "gnu")]
    unsafe extern "C" {
        fn atexit(function: extern "C" fn()) -> c_int;
    }

    #[cfg(target_env = "gnu")]
    #[test]
    #[ignore = "is the program that ends in the test below"]
    fn the_program_that_ends() {
        extern "C" fn destructor() {
            std::process::abort();
        }
        if std::env::var_os(ENDS).is_some() {
            // SAFETY: `destructor` lives as long as the program.
            unsafe { atexit(destructor) };
            end_before_destructors();
            std::process::exit(7);
        }
    }

    #[cfg(target_env = "gnu")]
    #[test]
    fn a_program_ends_before_its_libraries_and_keeps_its_status() {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "platform::linux::tests::the_program_that_ends", "--ignored", "--quiet"]);
        assert_eq!(command.env(ENDS, "1").status().unwrap().code(), Some(7));
    }

    #[test]
    fn only_what_the_driver_needs_is_set() {
        for (nvidia, wayland, expected) in [
            (false, false, &[][..]),
            (false, true, &[]),
            (true, false, &["WEBKIT_DISABLE_DMABUF_RENDERER"]),
            (true, true, &["WEBKIT_DISABLE_DMABUF_RENDERER", "__NV_DISABLE_EXPLICIT_SYNC"]),
        ] {
            let names: Vec<&str> = needed(nvidia, wayland).iter().map(|setting| setting.0).collect();
            assert_eq!(names, expected, "nvidia {nvidia}, wayland {wayland}");
        }
    }
}
