//! How fast the window is, and what it takes: `cargo xtask bench window`.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{PATIENCE, Screen, Stage, memory_of, pictures, until};

/// Starts of each kind; the median is told.
const STARTS: usize = 5;
/// So many different colours are in the place of the photos only when thumbnails are.
const COLOURS: usize = 400;
/// After so long without a job the window is idle.
const REST: Duration = Duration::from_secs(10);

/// Types a query as a person who types fast, and gives the milliseconds from the last key press to the first frame that shows the
/// answer; then empties the bar.
const TYPE: &str = "
    const [text] = arguments;
    const frame = () => new Promise(requestAnimationFrame);
    const input = document.querySelector('[role=combobox]');
    const write = (value) => {
        input.value = value;
        input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    };
    const shows = () => /strong match|closest/.test(document.querySelector('main').innerText);
    return (async () => {
        input.focus();
        for (let end = 1; end < text.length; end++) {
            write(text.slice(0, end));
            await new Promise((resolve) => setTimeout(resolve, 60));
        }
        const start = performance.now();
        write(text);
        while (!shows()) await frame();
        await frame();
        const took = performance.now() - start;
        write('');
        while (shows()) await frame();
        return took;
    })();";

/// Milliseconds that commands take from the page and back, each the median of several.
const ASK: &str = "
    const [command, several] = arguments;
    const invoke = __TAURI_INTERNALS__.invoke;
    return (async () => {
        const times = [];
        for (const given of several) {
            const start = performance.now();
            await invoke(command, given);
            times.push(performance.now() - start);
        }
        return times.sort((a, b) => a - b)[times.length >> 1];
    })();";

/// Has the library change, and gives the milliseconds that completing takes right after each of several changes.
const COMPLETE: &str = "
    const invoke = __TAURI_INTERNALS__.invoke;
    const revision = async () => (await invoke('library_status')).revision;
    return (async () => {
        const before = await revision();
        await invoke('index', { retryFailed: false });
        while ((await revision()) === before) await new Promise((resolve) => setTimeout(resolve, 20));
        const start = performance.now();
        const found = await invoke('complete', { query: 'folder:', cursor: 7 });
        return [performance.now() - start, found.length];
    })();";

/// Scrolls evenly for some seconds, and gives the mean frames a second and the longest time between two, in milliseconds.
const SCROLL: &str = "
    let viewport = document.querySelector('[role=grid]');
    while (viewport.scrollHeight <= viewport.clientHeight + 1 || getComputedStyle(viewport).overflowY === 'visible') {
        viewport = viewport.parentElement;
    }
    const frame = () => new Promise(requestAnimationFrame);
    return (async () => {
        viewport.scrollTop = 0;
        const times = [await frame()];
        while (times.at(-1) - times[0] < 5000) {
            viewport.scrollTop += 24;
            times.push(await frame());
        }
        const gaps = times.slice(1).map((time, at) => time - times[at]);
        return { rate: (gaps.length * 1000) / (times.at(-1) - times[0]), longest: Math.max(...gaps) };
    })();";

#[test]
#[ignore = "measures: cargo xtask bench window"]
fn how_fast_the_window_is_and_what_it_takes() {
    let large = PathBuf::from(std::env::var_os("KINDRED_MEASURE").expect("KINDRED_MEASURE names a library"));
    let out = std::env::var_os("KINDRED_MEASURE_OUT").expect("KINDRED_MEASURE_OUT names a file");
    let stage = Stage::set("measuring").expect("a display");
    pictures::draw_album(&stage.photos());
    let mut measured = json!({});
    let (window, thumbnails) = median_start(|run| {
        let library = stage.folder(&format!("library-{run}"));
        Started::of(&stage, &["--library".as_ref(), &library, "--add".as_ref(), &stage.photos()])
    });
    measured["empty"] = json!({ "window": window, "thumbnails": thumbnails });
    let (window, thumbnails) = median_start(|_| Started::of(&stage, &["--library".as_ref(), &large]));
    measured["large"] = json!({ "window": window, "thumbnails": thumbnails });

    for (name, library) in [("memory_empty", stage.folder("library-none")), ("memory_large", large.clone())] {
        let started = Started::of(&stage, &["--library".as_ref(), &library]);
        std::thread::sleep(REST);
        measured[name] = json!(memory_of(&stage));
        drop(started);
    }
    measured["page"] = in_the_page(&stage, &large);
    fs::write(out, measured.to_string()).unwrap();
}

/// What only the page can tell.
fn in_the_page(stage: &Stage, library: &Path) -> Value {
    let app = stage.open(&["--library".as_ref(), library]);
    let page = &app.page;
    app.waits_for_pictures();
    page.the_one_like("button", "Up to date");
    let queries =
        ["a red circle", "a sunset over the sea", "black and white stripes", "a green triangle", "a star"];
    let typed = median(queries.map(|query| page.run(TYPE, &[json!(query)]).as_f64().unwrap()));
    let request = |(ticket, query): (usize, &str)| {
        let ticket = 1_000_000 + ticket;
        json!({ "request": { "query": query, "images": [], "offset": 0, "limit": 200, "ticket": ticket } })
    };
    let asked: Vec<Value> = queries.iter().copied().enumerate().map(request).collect();
    let ask = |command: &str, given: Value| page.run(ASK, &[json!(command), given]).as_f64().unwrap();
    let search = ask("search", json!(asked));
    let timeline = ask("timeline", json!([{}, {}, {}, {}, {}]));
    let status = ask("library_status", json!([{}, {}, {}, {}, {}]));
    let known = ask("complete", json!(vec![json!({ "query": "folder:", "cursor": 7 }); 5]));
    let photo = fs::read_dir(library.parent().unwrap().join("photos/000")).unwrap().next().unwrap().unwrap();
    let changed = [(); 5].map(|()| {
        let file = fs::File::options().write(true).open(photo.path()).unwrap();
        file.set_modified(std::time::SystemTime::now()).unwrap();
        let found = page.run(COMPLETE, &[]);
        assert!(found[1].as_u64().is_some_and(|names| names > 0), "{found}");
        page.the_one_like("button", "Up to date");
        found[0].as_f64().unwrap()
    });
    let scroll = page.run(SCROLL, &[]);
    json!({
        "typed": typed, "search": search, "timeline": timeline, "status": status, "complete": known,
        "complete_after_change": median(changed), "scroll": scroll,
    })
}

/// A program that was started without a driver, and how long it took to be seen.
struct Started {
    program: Child,
    window: f64,
    thumbnails: f64,
}

impl Started {
    /// Starts it and waits until the place of the photos is full of colours, where there are photos.
    fn of(stage: &Stage, arguments: &[&Path]) -> Self {
        let screen = Screen::of(stage);
        let begun = Instant::now();
        let mut command = stage.command(Stage::program());
        let program = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let seconds = || begun.elapsed().as_secs_f64();
        until(PATIENCE, || screen.has_window().then_some(())).expect("the window");
        let window = seconds();
        let has_photos = arguments.len() > 2 || arguments[1].join("catalog.db").exists();
        if has_photos {
            let colours = || screen.colours((320, 140, 900, 600)).into_iter().collect::<HashSet<_>>().len();
            until(PATIENCE, || (colours() > COLOURS).then_some(())).expect("thumbnails");
        }
        Self { program, window, thumbnails: seconds() }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
        // The web view's processes follow.
        std::thread::sleep(Duration::from_millis(500));
    }
}

fn median_start(start: impl Fn(usize) -> Started) -> (f64, f64) {
    let mut times = (Vec::new(), Vec::new());
    for run in 0..STARTS {
        let started = start(run);
        times.0.push(started.window);
        times.1.push(started.thumbnails);
    }
    (median(times.0), median(times.1))
}

fn median(times: impl IntoIterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.into_iter().collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
