//! Downloads that end well, however the server behaves on the way.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use kindred_models::{
    DownloadOptions, DownloadPhase, DownloadProgress, InstallState, Mirror, ModelStore, ProxySetting,
};

use crate::fixture::{ETAG, FILE, Fixture, ID, SlotText, content, failure, quick};
use crate::server::{Reply, Server};

const LENGTH: usize = 300_000;

#[test]
fn a_file_is_fetched_through_redirects() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, _| match request.target.as_str() {
        "/start" => Reply::redirect("/second"),
        "/second" => Reply::redirect("/file?signature=x"),
        "/file?signature=x" => Reply::file(request, &body, ETAG),
        _ => Reply::status(404),
    });
    let fixture = Fixture::new(&bytes, &[server.url("/start")]);
    assert_eq!(fixture.state(), InstallState::Missing);
    assert_eq!(fixture.download().unwrap(), fixture.path(FILE));
    fixture.assert_installed(&bytes);

    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|r| r.header("range").is_none() && r.header("referer").is_none()));
    assert!(requests[0].header("user-agent").unwrap().starts_with("kindred/"));

    fixture.download().unwrap();
    assert_eq!(server.requests().len(), 3, "an installed model is not asked for again");
}

#[test]
fn progress_grows_to_the_total_and_ends_there() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, _| Reply::file(request, &body, ETAG));
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    let (result, reports) = fixture.watch();
    result.unwrap();
    assert!(reports.iter().all(|r| r.bytes_total == LENGTH as u64 && r.file == FILE));
    assert!(reports.is_sorted_by_key(|r| r.bytes_done));
    assert!(reports.iter().any(|r| r.phase == DownloadPhase::Connecting));
    let last = reports.last().unwrap();
    assert_eq!((&last.phase, last.bytes_done), (&DownloadPhase::Receiving, LENGTH as u64));
}

#[test]
fn a_cut_connection_is_taken_up_where_it_broke() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, n| {
        let reply = Reply::file(request, &body, ETAG);
        if n < 2 { reply.cut_after(100_000) } else { reply }
    });
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    let (result, reports) = fixture.watch();
    result.unwrap();
    fixture.assert_installed(&bytes);
    let asked: Vec<_> = server.requests().iter().map(|r| r.range_start()).collect();
    assert_eq!(asked, [None, Some(100_000), Some(200_000)]);
    assert_eq!(server.requests()[1].header("if-range"), Some(ETAG));
    assert!(reports.iter().any(|r| matches!(r.phase, DownloadPhase::Retrying { .. })));
}

#[test]
fn a_download_goes_on_after_the_program_was_closed() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, n| {
        let reply = Reply::file(request, &body, ETAG);
        if n == 0 { reply.cut_after(120_000) } else { reply }
    });
    let slots = [SlotText::new("weights").variant(FILE, &bytes, &[server.url("/w")])];
    let fixture = Fixture::with_slots(&slots);
    failure(fixture.download_with(&DownloadOptions { retries: 0, ..quick() }));
    assert_eq!(fixture.state(), InstallState::Partial { bytes: 120_000 });

    // A new store knows only what is on the disk.
    let store = ModelStore::with_manifest(fixture.dir.path(), crate::fixture::manifest(&slots));
    let mut phases = Vec::new();
    let mut note = |p: DownloadProgress| phases.push((p.phase, p.bytes_done));
    store.download(ID, &quick(), &AtomicBool::new(false), &mut note).unwrap();
    fixture.assert_installed(&bytes);
    let second = &server.requests()[1];
    assert_eq!((second.range_start(), second.header("if-range")), (Some(120_000), Some(ETAG)));
    assert_eq!(phases[0].0, DownloadPhase::Checking);
    assert!(phases.contains(&(DownloadPhase::Connecting, 120_000)));
}

#[test]
fn a_weak_mark_is_not_used_to_go_on() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, n| {
        let reply = Reply::file(request, &body, "W/\"one\"");
        if n == 0 { reply.cut_after(100_000) } else { reply }
    });
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    fixture.download().unwrap();
    let second = &server.requests()[1];
    assert_eq!((second.range_start(), second.header("if-range")), (Some(100_000), None));
}

#[test]
fn a_server_that_ignores_ranges_is_read_from_the_beginning() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |_, n| {
        let whole = Reply::new(200, &body);
        if n == 0 { whole.cut_after(200_000) } else { whole }
    });
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    fixture.download().unwrap();
    fixture.assert_installed(&bytes);
    assert_eq!(server.requests()[1].range_start(), Some(200_000));
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_content_that_changed_at_the_server_is_read_from_the_beginning() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    // Before the break another content is served, under another mark.
    let server = Server::start(move |request, n| match n {
        0 => Reply::new(200, &vec![7; LENGTH]).header("ETag", "\"zero\"").cut_after(200_000),
        _ => Reply::file(request, &body, ETAG),
    });
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    fixture.download().unwrap();
    fixture.assert_installed(&bytes);
    assert_eq!(server.requests()[1].header("if-range"), Some("\"zero\""));
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_content_that_changed_without_a_mark_is_read_again_as_a_whole() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    // Nothing tells that the part before the break and the one after it are of two contents.
    let server = Server::start(move |request, n| match (n, request.range_start()) {
        (0, _) => Reply::new(200, &vec![7; LENGTH]).cut_after(200_000),
        (_, Some(start)) => Reply::range(&body, start),
        (_, None) => Reply::new(200, &body),
    });
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    fixture.download().unwrap();
    fixture.assert_installed(&bytes);
    let asked: Vec<_> = server.requests().iter().map(|r| r.range_start()).collect();
    assert_eq!(asked, [None, Some(200_000), None]);
}

#[test]
fn a_wrong_range_or_no_range_at_all_makes_it_begin_again() {
    for status in [206, 416] {
        let bytes = content(LENGTH);
        let body = bytes.clone();
        let server = Server::start(move |request, n| match (n, status) {
            (0, _) => Reply::file(request, &body, ETAG).cut_after(100_000),
            (1, 206) => Reply::range(&body, 50_000),
            (1, _) => Reply::status(416),
            _ => Reply::file(request, &body, ETAG),
        });
        let fixture = Fixture::new(&bytes, &[server.url("/w")]);
        fixture.download().unwrap();
        fixture.assert_installed(&bytes);
        let asked: Vec<_> = server.requests().iter().map(|r| r.range_start()).collect();
        assert_eq!(asked, [None, Some(100_000), None], "{status}");
    }
}

#[test]
fn bad_bytes_of_an_earlier_run_are_replaced_by_a_whole_download() {
    for left_behind in [vec![0; 100_000], vec![0; LENGTH], vec![0; LENGTH + 1]] {
        let bytes = content(LENGTH);
        let body = bytes.clone();
        let server = Server::start(move |request, _| Reply::file(request, &body, ETAG));
        let fixture = Fixture::new(&bytes, &[server.url("/w")]);
        fixture.put("weights.bin.part", &left_behind);
        fixture.download().unwrap();
        fixture.assert_installed(&bytes);
        assert_eq!(server.requests().last().unwrap().range_start(), None, "{} bytes", left_behind.len());
    }
}

#[test]
fn a_complete_part_file_needs_no_request() {
    let bytes = content(LENGTH);
    let server = Server::start(|_, _| Reply::status(500));
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    fixture.put("weights.bin.part", &bytes);
    fixture.download().unwrap();
    fixture.assert_installed(&bytes);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_server_that_is_busy_for_a_while_is_asked_again() {
    for status in [408, 429, 500, 502, 503, 504] {
        let bytes = content(1000);
        let body = bytes.clone();
        let server =
            Server::start(
                move |request, n| {
                    if n == 0 { Reply::status(status) } else { Reply::file(request, &body, ETAG) }
                },
            );
        let fixture = Fixture::new(&bytes, &[server.url("/w")]);
        fixture.download().unwrap();
        fixture.assert_installed(&bytes);
        assert_eq!(server.requests().len(), 2, "{status}");
    }
}

#[test]
fn a_server_that_says_when_to_come_back_is_not_asked_before() {
    let bytes = content(1000);
    let body = bytes.clone();
    let server = Server::start(move |request, n| match n {
        0 => Reply::status(503).header("Retry-After", 1),
        _ => Reply::file(request, &body, ETAG),
    });
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    let start = Instant::now();
    fixture.download().unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn a_stalled_connection_is_given_up_and_taken_up_again() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, n| {
        let reply = Reply::file(request, &body, ETAG);
        if n == 0 { reply.stall_after(150_000) } else { reply }
    });
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    let stall_timeout = Duration::from_millis(300);
    fixture.download_with(&DownloadOptions { stall_timeout, ..quick() }).unwrap();
    fixture.assert_installed(&bytes);
    assert_eq!(server.requests()[1].range_start(), Some(150_000));
}

#[test]
fn a_body_without_length_is_taken_if_its_content_is_right() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |_, _| Reply::new(200, &body).without_header("Content-Length"));
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    fixture.download().unwrap();
    fixture.assert_installed(&bytes);
}

#[test]
fn the_next_address_is_asked_when_one_does_not_deliver() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, _| match request.target.as_str() {
        "/gone" => Reply::status(404),
        "/forbidden" => Reply::status(403),
        "/page" => Reply::new(200, b"<html>Please log in</html>"),
        "/wrong" => Reply::new(200, &vec![1; LENGTH]),
        _ => Reply::file(request, &body, ETAG),
    });
    let urls = ["/gone", "/forbidden", "/page", "/wrong", "/right", "/never"].map(|path| server.url(path));
    let fixture = Fixture::new(&bytes, &urls);
    fixture.download().unwrap();
    assert_eq!(fixture.state(), InstallState::Installed { path: fixture.path(FILE) });
    let asked: Vec<_> = server.requests().into_iter().map(|r| r.target).collect();
    assert_eq!(asked, ["/gone", "/forbidden", "/page", "/wrong", "/right"]);
}

#[test]
fn a_mirror_is_asked_instead_of_the_publisher() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, _| Reply::file(request, &body, ETAG));
    let fixture =
        Fixture::new(&bytes, &["https://publisher.invalid/a/resolve/r/w.bin?download=1".to_owned()]);
    let mirror: Mirror = server.url("/mirror/").parse().unwrap();
    fixture.download_with(&DownloadOptions { mirror: Some(mirror), ..quick() }).unwrap();
    fixture.assert_installed(&bytes);
    assert_eq!(server.requests()[0].target, "/mirror/a/resolve/r/w.bin?download=1");
}

#[test]
fn a_proxy_that_is_given_is_used() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let proxy = Server::start(move |request, _| Reply::file(request, &body, ETAG));
    let fixture = Fixture::new(&bytes, &["http://publisher.invalid/w".to_owned()]);
    fixture.download_with(&DownloadOptions { proxy: ProxySetting::Url(proxy.url("")), ..quick() }).unwrap();
    fixture.assert_installed(&bytes);
    assert_eq!(proxy.requests()[0].target, "http://publisher.invalid/w");
}

#[test]
fn all_required_files_are_fetched_and_optional_ones_are_not() {
    let parts = [content(50_000), content(20_000), content(10_000)];
    let bodies = parts.clone();
    let server = Server::start(move |request, _| match request.target.as_str() {
        "/weights" => Reply::file(request, &bodies[0], ETAG),
        "/projection" => Reply::file(request, &bodies[1], ETAG),
        _ => Reply::status(404),
    });
    let fixture = Fixture::with_slots(&[
        SlotText::new("weights").variant(FILE, &parts[0], &[server.url("/weights")]),
        SlotText::new("projection").variant("projection.bin", &parts[1], &[server.url("/projection")]),
        SlotText::new("vocabulary").optional().variant("vocab.json", &parts[2], &[server.url("/vocab")]),
    ]);
    let (result, reports) = fixture.watch();
    assert_eq!(result.unwrap(), fixture.path(FILE));
    assert_eq!(fixture.names(), [".verified.json", "projection.bin", FILE]);
    assert!(reports.iter().all(|r| r.bytes_total == 70_000));
    assert!(reports.is_sorted_by_key(|r| r.bytes_done));
    assert_eq!(reports.last().unwrap().bytes_done, 70_000);

    // One of two missing: only that one is fetched.
    std::fs::remove_file(fixture.path("projection.bin")).unwrap();
    assert_eq!(fixture.state(), InstallState::Partial { bytes: 50_000 });
    fixture.download().unwrap();
    let asked: Vec<_> = server.requests().into_iter().map(|r| r.target).collect();
    assert_eq!(asked, ["/weights", "/projection", "/projection"]);
}

#[test]
fn a_damaged_file_is_replaced_and_kept_aside() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, _| Reply::file(request, &body, ETAG));
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    fixture.put(FILE, b"abc");
    fixture.download().unwrap();
    assert_eq!(fixture.state(), InstallState::Installed { path: fixture.path(FILE) });
    assert_eq!(fixture.names(), [".verified.json", FILE, "weights.bin.rejected-ba7816bf8f01"]);
}

#[test]
fn the_async_download_can_run_on_any_runtime() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, _| Reply::file(request, &body, ETAG));
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    let store = fixture.store.clone();
    // Spawning wants a future that is Send; the callback need not be Sync.
    let reports = std::cell::Cell::new(0);
    let job = async move {
        let mut count = move |_: DownloadProgress| reports.set(reports.get() + 1);
        store.download_async(ID, &quick(), &AtomicBool::new(false), &mut count).await
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { tokio::spawn(job).await.unwrap() }).unwrap();
    fixture.assert_installed(&bytes);
}
