//! What single systems need.

#[cfg(target_os = "linux")]
mod linux;

/// Must be called before anything starts a thread.
pub(crate) fn prepare() {
    #[cfg(target_os = "linux")]
    linux::prepare();
}
