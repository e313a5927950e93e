//! Ctrl-C: the first one finishes what is at hand, the second one ends at once; both can be gone on from.

use nix::sys::signal::{SigHandler, Signal};

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::{Home, Running, start_with};

const PHOTOS: u32 = 160;

fn check(signals: u32) {
    let home = Home::new();
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    let model = resnet.to_str().unwrap();
    pictures::write_many(&home.photos(), PHOTOS);

    let mut running = home.start(["add", "photos", "--model", model, "--json", "--device", "cpu"]);
    assert!(running.says("indexing:"), "{:#?}", running.end());
    for _ in 0..signals {
        running.signal("INT");
    }
    let run = running.end();
    assert_eq!(run.code, Some(130), "{run:#?}");
    if signals == 1 {
        assert!(run.stderr.contains("kindred index"), "how to go on is said: {run:#?}");
        let report = run.object();
        assert_eq!(report["cancelled"], true);
        let (indexed, remaining) =
            (report["indexed"].as_u64().unwrap(), report["remaining"].as_u64().unwrap());
        assert_eq!(indexed + remaining, u64::from(PHOTOS), "{report}");
        assert!(remaining > 0, "the job was over before the signal came: {report}");
    }

    let status = home.json(["status"]);
    assert_eq!(status["photos"]["total"], PHOTOS, "photos are in the library as soon as they are found");
    let ready = status["photos"]["ready"].as_u64().unwrap();
    let rest = home.json(["index", "--device", "cpu"]);
    assert_eq!(rest["indexed"], u64::from(PHOTOS) - ready, "what was done is not done again: {rest}");
    assert_eq!(rest["found"], PHOTOS);
}

#[test]
fn an_interrupted_job_finishes_its_batch_and_says_how_to_go_on() {
    check(1);
}

#[test]
fn a_second_interrupt_ends_at_once_and_loses_nothing_that_was_written() {
    check(2);
}

#[test]
fn a_termination_signal_counts_as_an_interrupt() {
    let home = Home::new();
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    pictures::write_many(&home.photos(), PHOTOS);
    let mut running = home.start(["add", "photos", "--model", resnet.to_str().unwrap(), "--device", "cpu"]);
    assert!(running.says("indexing:"), "{:#?}", running.end());
    running.signal("TERM");
    assert_eq!(running.end().code, Some(130));
}

#[test]
fn a_hang_up_that_nohup_switched_off_does_not_end_a_job() {
    let home = Home::new();
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    pictures::write_many(&home.photos(), PHOTOS);
    let arguments = ["add", "photos", "--model", resnet.to_str().unwrap(), "--json", "--device", "cpu"];
    let mut command = home.command(arguments);
    start_with(&mut command, &[Signal::SIGHUP], SigHandler::SigIgn);
    let mut running = Running::start(command);
    assert!(running.says("indexing:"), "{:#?}", running.end());
    running.signal("HUP");
    let run = running.end();
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(run.object()["indexed"], PHOTOS);
}

#[test]
fn a_job_that_waits_for_another_can_be_interrupted() {
    let home = Home::new();
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    pictures::write_many(&home.photos(), PHOTOS);
    let mut first = home.start(["add", "photos", "--model", resnet.to_str().unwrap(), "--device", "cpu"]);
    assert!(first.says("indexing:"), "{:#?}", first.end());

    let mut second = home.start(["index", "--library", "library", "--json", "--device", "cpu"]);
    assert!(second.says("waiting for"), "{:#?}", second.end());
    second.signal("INT");
    let run = second.end();
    assert_eq!(run.code, Some(130), "{run:#?}");
    let how = "`kindred index --library library` goes on from here";
    assert!(run.stderr.contains(how) && !run.stderr.contains("error"), "{run:#?}");
    assert_eq!(run.object()["error"]["code"], "cancelled");

    first.signal("INT");
    assert_eq!(first.end().code, Some(130));
}
