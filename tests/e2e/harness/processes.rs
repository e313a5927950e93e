//! Programs that a test starts, and their end.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// A program with everything it starts. When this is dropped, all of them are ended.
pub(super) struct Group {
    pub(super) child: Child,
}

impl Group {
    /// Starts a program as the leader of a group of its own. It does not outlive the thread that starts it.
    pub(super) fn start(command: &mut Command) -> Self {
        let tie = || set_pdeathsig(Signal::SIGKILL).map_err(Into::into);
        // SAFETY: between fork and exec, the closure makes one system call and allocates nothing.
        unsafe { command.process_group(0).pre_exec(tie) };
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self { child }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Nothing is left to be ended when the program ended by itself.
        let _ = killpg(Pid::from_raw(self.child.id() as i32), Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

/// Process ids of what runs with this home folder, and what it runs.
pub(super) fn running_in(home: &Path) -> Vec<(i32, std::path::PathBuf)> {
    let wanted = format!("HOME={}", home.display());
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.filter(|id| {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
    })
    .filter_map(|id| Some((id, fs::read_link(format!("/proc/{id}/exe")).ok()?)))
    .collect()
}

/// Ends whatever still runs with this home folder, such as what left its group.
pub(super) fn end_all_in(home: &Path) {
    for (id, _) in running_in(home) {
        let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
    }
}
