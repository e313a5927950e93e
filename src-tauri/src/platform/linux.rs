//! WebKitGTK shows a blank window with some drivers; these settings of its own avoid that.

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
    use super::*;

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
