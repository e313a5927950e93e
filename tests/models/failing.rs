//! Downloads that cannot succeed: what is said, what is kept, and how soon.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kindred_models::{
    DownloadFailure, DownloadOptions, DownloadPhase, InstallState, ModelError, ProxySetting,
};

use crate::fixture::{ETAG, FILE, Fixture, ID, content, failure, quick, sha256};
use crate::server::{Reply, Server};

const LENGTH: usize = 300_000;

/// A port on which nobody listens.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_lasting_answer_is_reported_at_once() {
    for (status, expected) in [
        (401, DownloadFailure::Refused(401)),
        (403, DownloadFailure::Refused(403)),
        (451, DownloadFailure::Refused(451)),
        (404, DownloadFailure::NotFound(404)),
        (410, DownloadFailure::NotFound(410)),
        (400, DownloadFailure::Unexpected("status 400".into())),
        (204, DownloadFailure::Unexpected("status 204".into())),
    ] {
        let server = Server::start(move |_, _| Reply::status(status));
        let fixture = Fixture::new(&content(1000), &[server.url("/w")]);
        assert_eq!(failure(fixture.download()), expected);
        assert_eq!(server.requests().len(), 1, "{status}");
        assert_eq!(fixture.state(), InstallState::Missing);
    }
}

#[test]
fn a_passing_answer_is_reported_after_the_retries() {
    let server = Server::start(|_, _| Reply::status(503));
    let fixture = Fixture::new(&content(1000), &[server.url("/w")]);
    assert_eq!(failure(fixture.download()), DownloadFailure::Server { status: 503, wait: None });
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_server_that_wants_too_long_a_wait_is_not_waited_for() {
    let server = Server::start(|_, _| Reply::status(429).header("Retry-After", 3600));
    let fixture = Fixture::new(&content(1000), &[server.url("/w")]);
    let start = Instant::now();
    assert_eq!(failure(fixture.download()), DownloadFailure::Server { status: 429, wait: Some(3600) });
    assert_eq!(server.requests().len(), 1);
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn wrong_bytes_are_kept_aside_and_named() {
    let wrong = vec![1; LENGTH];
    let body = wrong.clone();
    let server = Server::start(move |_, _| Reply::new(200, &body));
    let bytes = content(LENGTH);
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    let error = fixture.download().unwrap_err();
    let kept_at = fixture.path(&format!("{FILE}.rejected-{}", &sha256(&wrong)[..12]));
    let message = error.to_string();
    let ModelError::WrongHash { path, expected, found, kept } = error else { panic!("{error}") };
    assert_eq!(path, fixture.path(FILE));
    assert_eq!((expected, found), (sha256(&bytes), sha256(&wrong)));
    assert_eq!(kept.as_ref(), Some(&kept_at));
    assert!(message.contains(kept_at.to_str().unwrap()), "{message}");
    assert!(std::fs::read(&kept_at).unwrap() == wrong);
    assert_eq!(fixture.names(), [kept_at.file_name().unwrap().to_str().unwrap()]);
    assert_eq!(fixture.state(), InstallState::Missing);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn wrong_pieces_are_fetched_as_a_whole_once_and_no_more() {
    let server = Server::start(|request, n| match request.range_start() {
        Some(start) => Reply::range(&[1; LENGTH], start),
        None => Reply::new(200, &vec![n as u8; LENGTH]).cut_after(100_000),
    });
    let fixture = Fixture::new(&content(LENGTH), &[server.url("/w")]);
    assert!(matches!(fixture.download(), Err(ModelError::WrongHash { kept: Some(_), .. })));
    let asked: Vec<_> = server.requests().iter().map(|r| r.range_start()).collect();
    assert_eq!(asked, [None, Some(100_000), None, Some(100_000)]);
}

#[test]
fn the_password_of_a_mirror_is_in_no_error_and_no_file() {
    let server = Server::start(|_, _| Reply::new(200, &[1; 1000]).header("ETag", ETAG).cut_after(500));
    let fixture = Fixture::new(&content(1000), &["https://publisher.invalid/w".to_owned()]);
    let mirror = server.url("").replace("http://", "http://me:secret@").parse().unwrap();
    let error = fixture.download_with(&DownloadOptions { mirror: Some(mirror), ..quick() }).unwrap_err();
    let message = format!("{error}; {error:?}");
    assert!(message.contains("http://…@127.0.0.1") && !message.contains("secret"), "{message}");
    let origin = std::fs::read_to_string(fixture.path("weights.bin.part.json")).unwrap();
    assert!(!origin.contains("secret"), "{origin}");
    assert!(server.requests()[0].header("authorization").is_some(), "it is used all the same");
}

#[test]
fn a_kept_file_is_named_even_when_another_address_failed_later() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/wrong" => Reply::new(200, &[1; 1000]),
        _ => Reply::status(404),
    });
    let urls = ["/gone", "/wrong", "/gone-too"].map(|path| server.url(path));
    let fixture = Fixture::new(&content(1000), &urls);
    assert!(matches!(fixture.download(), Err(ModelError::WrongHash { kept: Some(_), .. })));
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn an_answer_of_another_length_is_not_even_read() {
    for (reply, reason) in [
        (Reply::new(200, &[1; 999]), "a file of 999 bytes, not of 1000"),
        (Reply::new(200, &[1; 1001]), "a file of 1001 bytes, not of 1000"),
        (Reply::new(200, &[1; 1000]).header("Content-Length", 5000), "a file of 5000 bytes, not of 1000"),
        (
            Reply::new(200, &[1; 1001]).without_header("Content-Length"),
            "more than the 1000 bytes that the file has",
        ),
    ] {
        let server = Server::start(move |_, _| reply.clone());
        let fixture = Fixture::new(&content(1000), &[server.url("/w")]);
        assert_eq!(failure(fixture.download()), DownloadFailure::Unexpected(reason.into()));
        assert_eq!(server.requests().len(), 1, "{reason}");
        assert_eq!(fixture.state(), InstallState::Missing);
    }
}

#[test]
fn a_range_of_another_file_is_refused() {
    let server = Server::start(|request, n| match n {
        0 => Reply::new(200, &content(1000)).cut_after(400),
        _ => Reply::range(&[1; 2000], request.range_start().unwrap()),
    });
    let fixture = Fixture::new(&content(1000), &[server.url("/w")]);
    let reason = "a file of 2000 bytes, not of 1000";
    assert_eq!(failure(fixture.download()), DownloadFailure::Unexpected(reason.into()));
}

#[test]
fn a_connection_that_always_breaks_leaves_what_came_for_the_next_try() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, _| Reply::file(request, &body, ETAG).cut_after(50_000));
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    match failure(fixture.download()) {
        DownloadFailure::Interrupted { received, expected, .. } => {
            assert_eq!((received, expected), (150_000, LENGTH as u64));
        }
        other => panic!("{other}"),
    }
    assert_eq!(server.requests().len(), 3);
    assert_eq!(fixture.state(), InstallState::Partial { bytes: 150_000 });
}

#[test]
fn a_server_that_breaks_off_at_the_same_place_each_time_is_given_up() {
    let bytes = content(3 << 20);
    let body = bytes.clone();
    // Ignores ranges: much comes each time, and never more than before.
    let server = Server::start(move |_, _| Reply::new(200, &body).cut_after(2 << 20));
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    assert!(matches!(failure(fixture.download()), DownloadFailure::Interrupted { received: 2_097_152, .. }));
    assert!(server.requests().len() <= 4, "{}", server.requests().len());
}

#[test]
fn a_silent_server_is_reported_after_the_retries() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, _| Reply::file(request, &body, ETAG).stall_after(0));
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    let stall_timeout = Duration::from_secs(1);
    let options = DownloadOptions { stall_timeout, retries: 1, ..quick() };
    assert_eq!(failure(fixture.download_with(&options)), DownloadFailure::Stalled(1));
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn redirects_without_end_are_noticed() {
    let server = Server::start(|_, _| Reply::redirect("/again"));
    let fixture = Fixture::new(&content(1000), &[server.url("/w")]);
    assert_eq!(failure(fixture.download()), DownloadFailure::Unexpected("too many redirects".into()));
    assert!(server.requests().len() < 20);
}

#[test]
fn a_host_that_cannot_be_reached_is_asked_for_one_of_its_addresses_only() {
    let host = format!("http://127.0.0.1:{}", closed_port());
    let fixture = Fixture::new(&content(1000), &[format!("{host}/a"), format!("{host}/b")]);
    let (result, reports) = fixture.watch();
    assert!(result.as_ref().unwrap_err().to_string().starts_with(&format!("{host}/a: no connection")));
    assert!(matches!(failure(result), DownloadFailure::Connect(_)));
    let retries = reports.iter().filter(|r| matches!(r.phase, DownloadPhase::Retrying { .. }));
    assert_eq!(retries.count(), 2);
}

#[test]
fn a_name_that_cannot_be_looked_up_is_told_apart() {
    // A label of 64 letters is no name, so no name server is asked.
    let url = format!("http://{}.invalid/w", "a".repeat(64));
    let fixture = Fixture::new(&content(1000), &[url]);
    let found = failure(fixture.download());
    assert!(matches!(found, DownloadFailure::Dns(_)), "{found}");
}

#[test]
fn a_proxy_in_the_way_is_named() {
    let refusing = Server::start(|_, _| Reply::status(407));
    let closed = format!("http://127.0.0.1:{}", closed_port());
    for (proxy, reason) in [(refusing.url(""), "status 407"), (closed, "refused")] {
        for scheme in ["http", "https"] {
            let fixture = Fixture::new(&content(1000), &[format!("{scheme}://publisher.invalid/w")]);
            let options = DownloadOptions { proxy: ProxySetting::Url(proxy.clone()), ..quick() };
            match failure(fixture.download_with(&options)) {
                DownloadFailure::Proxy { proxy: named, reason: said } => {
                    assert_eq!(named, proxy);
                    if scheme == "http" {
                        assert!(said.contains(reason), "{said}");
                    }
                }
                other => panic!("{scheme} through {proxy}: {other}"),
            }
        }
    }
}

#[test]
fn a_host_without_encryption_is_told_apart() {
    let server = Server::start(|_, _| Reply::status(200));
    let fixture = Fixture::new(&content(1000), &[server.url("/w").replace("http:", "https:")]);
    let found = failure(fixture.download());
    assert!(matches!(found, DownloadFailure::Tls(_)), "{found}");
}

#[test]
fn a_disk_without_room_is_noticed_before_anything_is_asked() {
    let server = Server::start(|_, _| Reply::status(500));
    let fixture = Fixture::new(&content(1000), &[server.url("/w")]);
    let error = fixture.download_with(&DownloadOptions { reserve_bytes: u64::MAX, ..quick() }).unwrap_err();
    assert!(matches!(error, ModelError::DiskFull { available: Some(_), .. }), "{error}");
    assert_eq!(server.requests().len(), 0);
}

/// A device that takes no byte stands in for a disk that fills up on the way.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_on_the_way_is_told_apart() {
    let bytes = content(3 << 20);
    let body = bytes.clone();
    let server = Server::start(move |request, _| Reply::file(request, &body, ETAG));
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    std::fs::create_dir_all(fixture.path("")).unwrap();
    std::os::unix::fs::symlink("/dev/full", fixture.path("weights.bin.part")).unwrap();
    let error = fixture.download().unwrap_err();
    assert!(matches!(error, ModelError::DiskFull { .. }), "{error}");
    assert_eq!(server.requests().len(), 1, "another try cannot help");
}

#[test]
fn cancelling_takes_effect_at_once_and_keeps_what_came() {
    let bytes = content(LENGTH);
    let body = bytes.clone();
    let server = Server::start(move |request, _| Reply::file(request, &body, ETAG).stall_after(100_000));
    let fixture = Fixture::new(&bytes, &[server.url("/w")]);
    let cancel = AtomicBool::new(false);
    let mut stopped_at = None;
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            while server.requests().is_empty() {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(600));
            stopped_at = Some(Instant::now());
            cancel.store(true, Ordering::Relaxed);
        });
        fixture.store.download(ID, &quick(), &cancel, &mut |_| ())
    });
    let delay = stopped_at.unwrap().elapsed();
    assert!(matches!(result, Err(ModelError::Cancelled)));
    assert!(delay < Duration::from_millis(500), "{delay:?}");
    assert_eq!(fixture.state(), InstallState::Partial { bytes: 100_000 });
}

#[test]
fn a_wait_between_tries_is_cancelled_too() {
    let server = Server::start(|_, _| Reply::status(503));
    let fixture = Fixture::new(&content(1000), &[server.url("/w")]);
    let options = DownloadOptions {
        first_wait: Duration::from_secs(60),
        longest_wait: Duration::from_secs(60),
        ..quick()
    };
    let cancel = AtomicBool::new(false);
    let start = Instant::now();
    let result = fixture.store.download(ID, &options, &cancel, &mut |report| {
        if matches!(report.phase, DownloadPhase::Retrying { .. }) {
            cancel.store(true, Ordering::Relaxed);
        }
    });
    assert!(matches!(result, Err(ModelError::Cancelled)));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_download_that_was_cancelled_before_it_began_asks_nothing() {
    let server = Server::start(|_, _| Reply::status(500));
    let fixture = Fixture::new(&content(1000), &[server.url("/w")]);
    let result = fixture.store.download(ID, &quick(), &AtomicBool::new(true), &mut |_| ());
    assert!(matches!(result, Err(ModelError::Cancelled)));
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn an_unknown_model_is_refused_with_the_known_ones() {
    let fixture = Fixture::new(&content(1000), &["http://127.0.0.1:1/w".to_owned()]);
    let result = fixture.store.download("clip", &quick(), &AtomicBool::new(false), &mut |_| ());
    let message = result.unwrap_err().to_string();
    assert!(message.contains("\"clip\"") && message.contains(ID), "{message}");
}
