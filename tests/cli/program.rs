//! The program under test, with a library of its own.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

#[cfg(unix)]
use nix::sys::signal::{SigHandler, Signal, signal};
use serde_json::Value;
use tempfile::TempDir;

/// No job of these tests takes nearly as long; a program that hangs shall fail its test and not hold up the others.
const PATIENCE: Duration = Duration::from_secs(300);

/// A library, a folder for its photos, and a folder without models.
pub(crate) struct Home {
    dir: TempDir,
}

/// What a run of the program came to.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// A run that is still going on.
pub(crate) struct Running {
    child: Child,
    stdout: JoinHandle<Vec<u8>>,
    /// Lines of the standard error, as they come.
    stderr: std::sync::mpsc::Receiver<String>,
    seen: Vec<String>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("photos")).unwrap();
        Self { dir }
    }

    /// Where the tests put photos.
    pub(crate) fn photos(&self) -> PathBuf {
        self.dir.path().join("photos")
    }

    /// Where the library is.
    pub(crate) fn library(&self) -> PathBuf {
        self.dir.path().join("library")
    }

    /// Where models would be installed.
    pub(crate) fn models(&self) -> PathBuf {
        self.dir.path().join("models")
    }

    /// `kindred` with these arguments, on this library, on the CPU.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kindred"));
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .env("KINDRED_LIBRARY", self.library())
            .env("KINDRED_MODELS", self.models())
            .env_remove("KINDRED_MIRROR")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null());
        // A shell switches Ctrl-C off for what it runs in the background, which these tests may be.
        #[cfg(unix)]
        start_with(&mut command, &[Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP], SigHandler::SigDfl);
        command
    }

    /// Runs `kindred` to its end.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs `kindred --json`, expects success, and gives the object it printed.
    pub(crate) fn json<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Value {
        let json = std::iter::once(OsString::from("--json"));
        let mut command = self.command(json.chain(arguments.into_iter().map(|a| a.as_ref().to_owned())));
        let run = Run::from(command.output().unwrap());
        assert_eq!(run.code, Some(0), "{command:?}: {run:#?}");
        run.object()
    }

    /// Starts `kindred` and lets it run.
    pub(crate) fn start<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Running {
        Running::start(self.command(arguments))
    }
}

/// Has the program find these signals as `handler` says: at their default, or switched off as under `nohup`.
#[cfg(unix)]
pub(crate) fn start_with(command: &mut Command, signals: &'static [Signal], handler: SigHandler) {
    use std::os::unix::process::CommandExt;

    let set = move || {
        for name in signals {
            // SAFETY: no handler of this program is installed: it is the default or to ignore the signal.
            unsafe { signal(*name, handler) }?;
        }
        Ok(())
    };
    // SAFETY: between fork and exec, the closure calls nothing but sigaction, which is allowed there.
    unsafe { command.pre_exec(set) };
}

impl Running {
    /// Starts a command and lets it run.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let stdout = std::thread::spawn(move || {
            let mut all = Vec::new();
            out.read_to_end(&mut all).unwrap();
            all
        });
        let err = BufReader::new(child.stderr.take().unwrap());
        let (sender, stderr) = std::sync::mpsc::channel();
        std::thread::spawn(move || err.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Running { child, stdout, stderr, seen: Vec::new() }
    }
}

impl Run {
    /// The one JSON object on the standard output.
    pub(crate) fn object(&self) -> Value {
        let value: Value = serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("not one JSON object ({error}): {self:#?}"));
        assert!(value.is_object(), "{value}");
        value
    }

    /// The standard output as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).unwrap()
    }
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stdout = String::from_utf8_lossy(&self.stdout);
        write!(f, "exit code {:?}\n--- stdout\n{stdout}\n--- stderr\n{}\n---", self.code, self.stderr)
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Self { code: output.status.code(), stdout: output.stdout, stderr }
    }
}

impl Running {
    /// Waits for a line of the standard error that contains `words`. False when the program ended without it.
    pub(crate) fn says(&mut self, words: &str) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while let Ok(line) = self.stderr.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            self.seen.push(line);
            if self.seen.last().unwrap().contains(words) {
                return true;
            }
        }
        false
    }

    /// Sends a signal, such as `INT`.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.unwrap().success());
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Run {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > deadline {
                self.child.kill().unwrap();
                panic!("kindred did not end; it said {:?}", self.seen);
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        self.seen.extend(self.stderr.iter());
        let stdout = self.stdout.join().unwrap();
        Run { code: status.code(), stdout, stderr: self.seen.join("\n") }
    }
}

/// The paths in `answer[list]`, in order.
pub(crate) fn paths(answer: &Value, list: &str) -> Vec<PathBuf> {
    let entries = answer[list].as_array().unwrap_or_else(|| panic!("no {list} in {answer}"));
    entries.iter().map(|entry| Path::new(entry["path"].as_str().unwrap()).to_path_buf()).collect()
}
