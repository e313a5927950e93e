//! Two programs on one models folder, and a program that is killed.
//!
//! The other program is this test program, started again for the one test [`the_other_program`].

use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kindred_models::{DownloadPhase, InstallState, ModelError, ModelStore};

use crate::fixture::{ETAG, FILE, Fixture, ID, SlotText, content, manifest, quick};
use crate::server::{Reply, Server};

/// More than a download holds in memory, so that a killed program leaves something on the disk.
const LENGTH: usize = 3 << 20;
const DIR: &str = "KINDRED_TEST_OTHER_PROGRAM_DIR";
const URL: &str = "KINDRED_TEST_OTHER_PROGRAM_URL";

/// A child that does not outlive the test.
struct OtherProgram(Child);

impl OtherProgram {
    /// Starts a second program that downloads the model from `url` into `dir`.
    fn start(dir: &Path, url: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "two_programs::the_other_program", "--ignored", "--quiet"]);
        Self(command.env(DIR, dir).env(URL, url).spawn().unwrap())
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for OtherProgram {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "is the second program of the tests below"]
fn the_other_program() {
    let (Ok(dir), Ok(url)) = (std::env::var(DIR), std::env::var(URL)) else { return };
    let slots = [SlotText::new("weights").variant(FILE, &content(LENGTH), &[url])];
    let store = ModelStore::with_manifest(dir, manifest(&slots));
    store.download(ID, &quick(), &AtomicBool::new(false), &mut |_| ()).unwrap();
}

#[track_caller]
fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn two_programs_fetch_a_model_once() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let waits = Arc::new(AtomicBool::new(false));
    let go = Arc::clone(&waits);
    // The server answers the first program only when the second one waits for it.
    let server = Server::start(move |request, _| {
        while !go.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(5));
        }
        Reply::file(request, &body, ETAG)
    });
    let url = server.url("/w");
    let fixture = Fixture::new(&bytes, std::slice::from_ref(&url));
    let mut other = OtherProgram::start(fixture.dir.path(), &url);
    wait_until("the other program asks", || !server.requests().is_empty());

    let phases = Mutex::new(Vec::new());
    let result = fixture.store.download(ID, &quick(), &AtomicBool::new(false), &mut |report| {
        waits.store(true, Ordering::Relaxed);
        phases.lock().unwrap().push(report.phase);
    });
    result.unwrap();
    assert!(other.0.wait().unwrap().success());
    fixture.assert_installed(&bytes);
    assert_eq!(server.requests().len(), 1);
    assert!(phases.lock().unwrap().iter().all(|p| *p == DownloadPhase::Waiting));
}

#[test]
fn a_model_that_another_program_fetches_can_be_neither_imported_nor_removed() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, _| Reply::file(request, &body, ETAG).stall_after(100_000));
    let url = server.url("/w");
    let fixture = Fixture::new(&bytes, std::slice::from_ref(&url));
    let _other = OtherProgram::start(fixture.dir.path(), &url);
    wait_until("the other program asks", || !server.requests().is_empty());
    let source = fixture.dir.path().join("mine.bin");
    std::fs::write(&source, &bytes).unwrap();
    assert!(matches!(fixture.import(&source), Err(ModelError::InUse { .. })));
    assert!(matches!(fixture.store.remove(ID), Err(ModelError::InUse { .. })));
}

#[test]
fn a_killed_program_leaves_a_download_that_another_goes_on_with() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, n| {
        let reply = Reply::file(request, &body, ETAG);
        // The first answer falls silent; what comes after the kill is whole.
        if n == 0 { reply.stall_after(LENGTH - 1) } else { reply }
    });
    let url = server.url("/w");
    let fixture = Fixture::new(&bytes, std::slice::from_ref(&url));
    let mut other = OtherProgram::start(fixture.dir.path(), &url);
    wait_until("something is on the disk", || matches!(fixture.state(), InstallState::Partial { .. }));
    other.kill();

    let InstallState::Partial { bytes: left } = fixture.state() else { panic!("{:?}", fixture.state()) };
    fixture.download().unwrap();
    fixture.assert_installed(&bytes);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(server.requests()[1].range_start(), Some(left as usize));
}
