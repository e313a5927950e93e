//! A machine for the window to live on: a display, a session bus, a home folder.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

use super::processes::{Group, end_all_in};
use super::{PATIENCE, until};

/// Programs that the tests need, and the Debian packages that have them.
const NEEDED: [(&str, &str); 3] =
    [("Xvfb", "xvfb"), ("WebKitWebDriver", "webkit2gtk-driver"), ("dbus-daemon", "dbus-daemon")];

/// One window at a time: they would take the processor from each other, and the clipboard is one for all.
static TURN: Mutex<()> = Mutex::new(());

/// Everything that is there before the program starts and after it ends.
pub(crate) struct Stage {
    /// Such as `:99`.
    pub(super) display: String,
    story: &'static str,
    shots: AtomicUsize,
    _bus: Group,
    _screen: Group,
    /// Deleted when nothing writes to it any more.
    pub(super) home: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    /// Sets the stage for a story of that name, or says what is missing for it.
    pub(crate) fn set(story: &'static str) -> Option<Self> {
        let missing: Vec<&str> = NEEDED
            .iter()
            .filter(|(program, _)| !is_installed(program))
            .map(|(_, package)| *package)
            .collect();
        if !missing.is_empty() {
            println!("skipped: {story}: no {}", missing.join(", no "));
            return None;
        }
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let home = tempfile::Builder::new().prefix("kindred-e2e-").tempdir().unwrap();
        for folder in ["run", "cache", "config", "data", "photos"] {
            fs::create_dir(home.path().join(folder)).unwrap();
        }
        fs::set_permissions(home.path().join("run"), fs::Permissions::from_mode(0o700)).unwrap();
        let (screen, display) = screen(home.path());
        let bus = bus(home.path());
        Some(Self {
            home,
            display,
            story,
            shots: AtomicUsize::new(0),
            _bus: bus,
            _screen: screen,
            _turn: turn,
        })
    }

    /// Another program that a story needs is there; if not, it is said that the story is skipped.
    pub(crate) fn has(&self, program: &str) -> bool {
        let is_there = is_installed(program);
        if !is_there {
            println!("skipped: {}: no {program}", self.story);
        }
        is_there
    }

    /// Where photos are put.
    pub(crate) fn photos(&self) -> PathBuf {
        self.home.path().join("photos")
    }

    /// A new folder beside the photos.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let path = self.home.path().join(name);
        fs::create_dir_all(&path).unwrap();
        path
    }

    /// The program under test.
    pub(crate) fn program() -> PathBuf {
        std::env::var_os("KINDRED_E2E_PROGRAM")
            .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_kindred-app")), PathBuf::from)
    }

    /// A command on this machine, with nothing of the surroundings of the test.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        on_machine(&mut command, self.home.path());
        command.env("DISPLAY", &self.display);
        command
    }

    pub(super) fn bus_address(&self) -> String {
        bus_address(self.home.path())
    }

    /// A file for the screenshot of a step, if the caller wants them.
    pub(super) fn shot_path(&self, step: &str) -> Option<PathBuf> {
        let folder = std::env::var_os("KINDRED_E2E_OUT").filter(|name| !name.is_empty())?;
        fs::create_dir_all(&folder).unwrap();
        let number = self.shots.fetch_add(1, Ordering::Relaxed) + 1;
        Some(Path::new(&folder).join(format!("{}-{number:02}-{step}.png", self.story)))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        end_all_in(self.home.path());
    }
}

fn on_machine(command: &mut Command, home: &Path) {
    command.env_clear().current_dir(home).stdin(Stdio::null());
    if let Some(value) = std::env::var_os("LD_LIBRARY_PATH") {
        command.env("LD_LIBRARY_PATH", value);
    }
    // Programs that a test puts there come first.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(home.join("bin")).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(path).unwrap());
    for (name, folder) in [
        ("HOME", ""),
        ("XDG_RUNTIME_DIR", "run"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
    ] {
        command.env(name, if folder.is_empty() { home.to_path_buf() } else { home.join(folder) });
    }
    command
        .env("DBUS_SESSION_BUS_ADDRESS", bus_address(home))
        .env("LANG", "en_US.UTF-8")
        .env("TZ", "UTC")
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        // Accessibility services of a desktop are not there.
        .env("NO_AT_BRIDGE", "1")
        .env("GTK_A11Y", "none")
        .env("GDK_BACKEND", "x11")
        .env("NO_PROXY", "127.0.0.1");
}

/// A screen of its own, with room for a large window.
fn screen(home: &Path) -> (Group, String) {
    let mut command = Command::new("Xvfb");
    on_machine(&mut command, home);
    command.args(["-screen", "0", "2560x1440x24", "-nolisten", "tcp", "-noreset", "-displayfd", "1"]);
    let mut group = Group::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let mut number = String::new();
    BufReader::new(group.child.stdout.take().unwrap()).read_line(&mut number).unwrap();
    assert!(!number.trim().is_empty(), "Xvfb found no display to be");
    (group, format!(":{}", number.trim()))
}

/// A session bus that starts no services: what a desktop would have there is not needed.
fn bus(home: &Path) -> Group {
    let config = home.join("bus.conf");
    let text = format!(
        "<busconfig><type>session</type><listen>{}</listen><policy context=\"default\"><allow send_destination=\"*\" \
         eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
        bus_address(home)
    );
    fs::write(&config, text).unwrap();
    let mut command = Command::new("dbus-daemon");
    on_machine(&mut command, home);
    command
        .args(["--nofork", "--nopidfile", "--nosyslog"])
        .arg(format!("--config-file={}", config.display()));
    let group = Group::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
    until(PATIENCE, || home.join("run/bus").exists().then_some(())).expect("a session bus");
    group
}

fn bus_address(home: &Path) -> String {
    format!("unix:path={}", home.join("run/bus").display())
}

fn is_installed(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}
