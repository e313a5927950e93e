//! A library of 100,000 photos.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Stage, keys, pictures, until};

const COUNT: u32 = 100_000;
/// Cells in the document, wherever the user is.
const MOST_CELLS: u64 = 300;
/// Reading the folders takes its time on a slow disk.
const SCAN: Duration = Duration::from_secs(300);

/// Scrolls through the whole grid with a step for each frame; gives the greatest number of cells in the document, and
/// how many frames showed none.
const SCROLL: &str = "
    const [steps] = arguments;
    const grid = document.querySelector('[role=grid]');
    let viewport = grid;
    while (viewport.scrollHeight <= viewport.clientHeight + 1 || getComputedStyle(viewport).overflowY === 'visible') {
        viewport = viewport.parentElement;
    }
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const box = viewport.getBoundingClientRect();
    const isSeen = (cell) => {
        const { top, bottom } = cell.getBoundingClientRect();
        return bottom > box.top && top < box.bottom;
    };
    return (async () => {
        let [most, empty] = [0, 0];
        const length = viewport.scrollHeight - viewport.clientHeight;
        for (let step = 0; step <= steps; step++) {
            viewport.scrollTop = (length * step) / steps;
            await frame();
            const cells = [...document.querySelectorAll('[role=gridcell]')];
            most = Math.max(most, cells.length);
            if (!cells.some(isSeen)) empty++;
        }
        return { most, empty, length };
    })();";

#[test]
fn a_hundred_thousand_photos_scroll_with_few_cells_in_the_document() {
    let Some(stage) = Stage::set("many") else { return };
    pictures::write_small(&stage.photos(), COUNT);
    let app = stage.open(&[&stage.photos()]);
    let page = &app.page;
    page.the("grid", "Photos");
    page.says_within(SCAN, "100,000");
    // Looking at all of them would take minutes; that they are there is enough here.
    page.click(&page.the_one_like("button", "Looking at photos"));
    let activity = page.the("dialog", "Activity");
    page.click(&page.the_in(&activity, "button", "Pause indexing"));
    page.the_in(&activity, "button", "Resume indexing");
    page.press(&[keys::ESCAPE]);
    let total = "return __TAURI_INTERNALS__.invoke('library_status').then((status) => status.photos.total)";
    assert_eq!(page.run(total, &[]), COUNT);
    app.shot("top");

    let scrolled = page.run(SCROLL, &[json!(200)]);
    assert!(scrolled["most"].as_u64().unwrap() < MOST_CELLS, "{scrolled}");
    assert!(scrolled["most"].as_u64().unwrap() > 10, "{scrolled}");
    assert_eq!(scrolled["empty"], 0, "{scrolled}");
    app.shot("bottom");

    // By keyboard to either end, and a screen at a time.
    let first = |app: &crate::harness::App<'_>| app.files_of(vec![crate::harness::photo_id(&focused(app))]);
    page.focus(&app.cells()[0]);
    page.press(&[keys::HOME]);
    until(crate::harness::PATIENCE, || (first(&app) == ["000000"]).then_some(())).expect("the newest photo");
    page.press(&[keys::END]);
    let oldest = [format!("{:06}", COUNT - 1)];
    until(crate::harness::PATIENCE, || (first(&app) == oldest).then_some(())).expect("the oldest photo");
    assert!((app.cells().len() as u64) < MOST_CELLS);
    page.press(&[keys::HOME, keys::PAGE_DOWN, keys::PAGE_DOWN]);
    assert_ne!(first(&app), ["000000"]);
    let slider = page.the("slider", "Go to a date");
    page.focus(&slider);
    let date = page.attribute(&slider, "aria-valuetext");
    page.press(&[keys::DOWN, keys::DOWN]);
    let moved = until(crate::harness::PATIENCE, || {
        (page.attribute(&page.the("slider", "Go to a date"), "aria-valuetext") != date).then_some(())
    });
    moved.expect("an earlier month");
    app.shot("an-earlier-month");
}

fn focused(app: &crate::harness::App<'_>) -> String {
    let focused = until(crate::harness::PATIENCE, || app.page.focused("gridcell"));
    focused.expect("a photo has the focus").name
}
