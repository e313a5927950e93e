//! A model from a server that hangs up in the middle.
//!
//! What comes is no model: its files are known by their hashes, and none is in this repository. So the story ends with
//! the file refused, after it was put together from three parts and fetched once more in one go.

use crate::harness::{PATIENCE, Stage, until};
use crate::server::{Reply, Server};

/// ResNet50's weights as `models/manifest.toml` knows them.
const PATH: &str = "/models/resnet50-11ad3fa6.pth";
const BYTES: usize = 102_540_417;
const MODEL: &str = "ResNet50 (torchvision, V2)";
/// Where the server hangs up, and where it falls silent.
const BROKEN_AT: usize = 30_000_000;
const SILENT_AT: usize = 70_000_000;

#[test]
fn a_download_that_breaks_goes_on_where_it_stopped_and_a_wrong_file_is_refused() {
    let Some(stage) = Stage::set("download") else { return };
    let content: Vec<u8> = (0..BYTES).map(|at| (at % 251) as u8).collect();
    let server = Server::start(move |request, number| {
        let reply = Reply::file(request, &content, "\"one\"");
        match number {
            0 => reply.cut_after(BROKEN_AT),
            1 => reply.stall_after(SILENT_AT - BROKEN_AT),
            _ => reply,
        }
    });
    let app = stage.open(&[]);
    let page = &app.page;
    page.click(&page.the("button", "See the models"));
    page.the("heading", "Models");
    let mirror = page.the("textbox", "Mirror");
    page.write(&mirror, &server.url(""));
    page.click(&page.the("button", "Save"));
    page.says("Saved");
    let card = page.the("article", MODEL);
    app.shot("models");

    page.click(&page.the_in(&card, "button", "Download · 103 MB"));
    page.the_in(&card, "progressbar", MODEL);
    let starts = || server.requests().iter().map(|request| request.range_start()).collect::<Vec<_>>();
    let resumed = until(PATIENCE, || (starts().len() > 1).then_some(()));
    resumed.unwrap_or_else(|| panic!("it goes on by itself; asked so far: {:?}", starts()));
    page.says("70 MB of 103 MB");
    app.shot("resumed");
    page.click(&page.the_in(&card, "button", "Pause"));
    page.the_in(&card, "button", "Resume");
    page.says("70 MB of 103 MB here");
    app.shot("paused");

    page.click(&page.the_in(&card, "button", "Resume"));
    page.says("What the server gave is not the right file");
    assert_eq!(page.all_in(&card, "alert").len(), 1, "a screen reader is told");
    page.the_in(&card, "button", "Fetch again");
    assert!(!page.text().contains("103 MB here"), "what was refused is not here:\n{}", page.text());
    app.shot("refused");
    // What was put together from parts and is wrong is fetched once more in one go before it is refused.
    assert_eq!(starts(), [None, Some(BROKEN_AT), Some(SILENT_AT), None]);
    assert!(server.requests().iter().all(|request| request.target == PATH), "{:?}", server.requests());
    page.the_in(&card, "button", "I have the file…");
}
