//! The running program.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use super::drag::Drag;
use super::processes::{Group, running_in};
use super::window::Window;
use super::{PATIENCE, Page, Seen, Stage, until};

/// Indexing takes long where there is no GPU.
const JOB: Duration = Duration::from_secs(300);

/// The program in its window, driven. When this is dropped, it is ended.
pub(crate) struct App<'a> {
    pub(crate) page: Page,
    pub(super) stage: &'a Stage,
    pub(super) window: Window,
    _driver: Group,
}

impl Stage {
    /// Starts the program as a person does, with these things on its command line.
    pub(crate) fn open(&self, arguments: &[&Path]) -> App<'_> {
        let port = free_port();
        let mut command = self.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let driver = Group::start(&mut command);
        let page = Page::open(port, &json!({ "binary": Self::program(), "args": arguments }));
        let window = Window::find(&self.display);
        window.focus();
        App { page, stage: self, window, _driver: driver }
    }
}

impl App<'_> {
    /// Keeps a screenshot of this step, if the caller wants them.
    pub(crate) fn shot(&self, step: &str) {
        // Pictures that are being loaded are worth a moment.
        let loaded = "return [...document.images].every((image) => image.complete)";
        if let Some(path) = self.stage.shot_path(step) {
            let _ = until(Duration::from_secs(5), || (self.page.run(loaded, &[]) == true).then_some(()));
            std::thread::sleep(Duration::from_millis(300));
            std::fs::write(path, self.page.screenshot().unwrap()).unwrap();
        }
    }

    /// Starts the program a second time with these things on its command line; it hands them to the first and ends.
    pub(crate) fn start_again_with(&self, arguments: &[&Path]) {
        let status = self.stage.command(Stage::program()).args(arguments).status().unwrap();
        assert!(status.success(), "the second program ended with {status}");
    }

    /// Adds a folder, waits until all its photos have been looked at, and makes them so small that all are in sight.
    pub(crate) fn add_and_index(&self, folder: &Path, photos: usize) {
        self.start_again_with(&[folder]);
        self.waits_for_the_end(photos);
        self.makes_photos_small();
        self.waits_for_all(photos);
    }

    /// Makes the photos as small as they can be.
    pub(crate) fn makes_photos_small(&self) {
        self.page.focus(&self.page.the("slider", "Photo size"));
        self.page.press(&[super::keys::HOME]);
    }

    /// Makes the photos of a middling size, so that several rows of them are in sight.
    pub(crate) fn makes_photos_middling(&self) {
        self.makes_photos_small();
        self.page.press(&[super::keys::PAGE_UP, super::keys::PAGE_UP]);
    }

    /// Goes to all photos, in English, and waits until there are so many in sight.
    pub(crate) fn goes_to_all(&self, photos: usize) {
        self.page.click(&self.page.the("button", "All photos"));
        self.waits_for_all(photos);
    }

    /// Waits until so many photos are in sight.
    pub(crate) fn waits_for_all(&self, photos: usize) {
        let there = until(PATIENCE, || (self.cells().len() == photos).then_some(()));
        there.unwrap_or_else(|| panic!("{} photos in sight, not {photos}", self.cells().len()));
    }

    /// Waits until so many photos can be found.
    pub(crate) fn waits_for_the_end(&self, photos: usize) {
        let counted = format!("{} photos searchable", with_commas(photos));
        let done = until(JOB, || {
            let cards = self.page.all("button");
            cards
                .iter()
                .any(|card| card.name.contains("Up to date") && card.name.contains(&counted))
                .then_some(())
        });
        done.unwrap_or_else(|| panic!("not \"{counted}\" and \"Up to date\" but:\n{}", self.page.text()));
    }

    /// Photos in sight, in their order.
    pub(crate) fn cells(&self) -> Vec<Seen> {
        self.page.all("gridcell")
    }

    /// Names of the photos' files in sight without their ends, in their order. The window shows pictures, not names:
    /// they are asked for as the viewer does.
    pub(crate) fn files(&self) -> Vec<String> {
        let ids = self.cells().iter().map(|cell| photo_id(&cell.name)).collect();
        self.files_of(ids)
    }

    /// Names of the files of photos.
    pub(crate) fn files_of(&self, ids: Vec<i64>) -> Vec<String> {
        let details =
            "return Promise.all(arguments[0].map((id) => __TAURI_INTERNALS__.invoke('photo', { id })))";
        let details = self.page.run(details, &[json!(ids)]);
        let details = details.as_array().unwrap_or_else(|| panic!("{details}"));
        details
            .iter()
            .map(|photo| photo["name"].as_str().unwrap().trim_end_matches(".bmp").to_owned())
            .collect()
    }

    /// The photo of that file, which must be in sight.
    pub(crate) fn cell_of(&self, file: &str) -> Seen {
        let mut cells = self.cells();
        let files = self.files_of(cells.iter().map(|cell| photo_id(&cell.name)).collect());
        let at = files.iter().position(|name| name == file);
        cells.swap_remove(at.unwrap_or_else(|| panic!("{file} is not among {files:?}")))
    }

    /// Waits until the photos in sight begin with all pictures of a kind, in whatever order, and gives all of them.
    pub(crate) fn waits_for_first(&self, kind: &str, count: usize) -> Vec<String> {
        let is_first = |files: &[String]| {
            files.len() >= count && files[..count].iter().all(|name| name.starts_with(kind))
        };
        let found = until(PATIENCE, || Some(self.files()).filter(|files| is_first(files)));
        found.unwrap_or_else(|| panic!("not {count} of {kind} first, but {:?}", self.files()))
    }

    /// Waits until every photo in sight shows its picture.
    pub(crate) fn waits_for_pictures(&self) {
        let drawn = "const cells = [...document.querySelectorAll('[role=gridcell]')];
            const isDrawn = (image) => image && image.complete && image.naturalWidth > 0;
            return cells.length > 0 && cells.every((cell) => isDrawn(cell.querySelector('img')))";
        let done = until(PATIENCE, || (self.page.run(drawn, &[]) == true).then_some(()));
        done.expect("every photo in sight is drawn");
    }

    /// Asks in words.
    pub(crate) fn search(&self, words: &str) {
        let bar = self.page.the("combobox", "Search");
        self.page.write(&bar, words);
        self.page.press(&[super::keys::ENTER]);
    }

    /// Drops files in the middle of the window.
    pub(crate) fn drop_files(&self, files: &[&Path], while_over: impl FnOnce()) {
        let drag = Drag::over(&self.window, files, (640, 400));
        while_over();
        drag.drop();
    }

    /// What is on the clipboard in that form, such as `UTF8_STRING`.
    pub(crate) fn clipboard(&self, form: &str) -> Vec<u8> {
        self.window.clipboard(form)
    }

    /// Makes the window that large, and waits until the page is.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        self.window.resize(width, height);
        let is_so = || self.page.run("return [innerWidth, innerHeight]", &[]) == json!([width, height]);
        until(PATIENCE, || is_so().then_some(())).expect("the page is as large as the window");
    }

    /// Fails where axe finds something serious.
    pub(crate) fn is_accessible(&self, view: &str) {
        super::axe::check(&self.page, view);
    }

    /// Closes the window and waits until the program has ended by itself.
    pub(crate) fn close(self) {
        self.window.close();
        let program = Stage::program().canonicalize().unwrap();
        let is_there = |stage: &Stage| {
            running_in(stage.home.path()).into_iter().any(|(_, running): (i32, PathBuf)| running == program)
        };
        let ended = until(JOB, || (!is_there(self.stage)).then_some(()));
        ended.expect("the program ends when its window is closed");
    }
}

impl Drop for App<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the window showed:\n{}", self.page.text());
            if let (Some(path), Some(png)) = (self.stage.shot_path("FAILED"), self.page.screenshot()) {
                let _ = std::fs::write(path, png);
            }
        }
    }
}

/// The number in `Photo 12, Jun 1, 2024`, in English and in Korean.
pub(crate) fn photo_id(name: &str) -> i64 {
    let behind = ["Photo ", "사진 "].iter().find_map(|word| name.split(word).nth(1));
    let id = behind.and_then(|rest| rest.split(',').next()?.parse().ok());
    id.unwrap_or_else(|| panic!("\"{name}\" names no photo"))
}

/// `1,200`.
fn with_commas(number: usize) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
