//! Fetching models, from a server on this machine.
//!
//! A model's files are known by their hashes, so no drawn file can pass for one: that a good one is taken is tested in
//! `tests/models`, with a manifest of its own. Here it is what the program says and where it looks.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::program::{Home, Run};

/// No model of that length comes: the server falls silent after the head.
const SILENT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 102540417\r\n\r\n";
const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The address of a server that gives every request the same answer, and the targets of its requests.
fn server(answer: &'static str) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, targets) = channel();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let request = lines.next().unwrap_or_default();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let _ = stream.write_all(answer.as_bytes());
            let _ = sender.send(request.split(' ').nth(1).unwrap_or_default().to_owned());
            // A connection that is dropped is closed, and a closed one is no silent one.
            if answer == SILENT {
                open.push(stream);
            }
        }
    });
    (url, targets)
}

/// `kindred`, asking no proxy for what is on this machine.
fn command(home: &Home, arguments: &[&str]) -> Command {
    let mut command = home.command(arguments);
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    command
}

fn next(targets: &Receiver<String>) -> String {
    targets.recv_timeout(Duration::from_secs(60)).unwrap()
}

#[test]
fn the_mirror_of_the_command_line_wins_and_may_stand_anywhere() {
    let home = Home::new();
    let (mirror, targets) = server(NOT_FOUND);
    let (other, others) = server(NOT_FOUND);
    for (arguments, variable) in [
        (&["models", "get", "resnet50"][..], &mirror),
        (&["models", "get", "resnet50", "--mirror", &mirror], &other),
        (&["--mirror", &mirror, "models", "get", "resnet50"], &other),
    ] {
        let run = command(&home, arguments).env("KINDRED_MIRROR", variable).output().unwrap();
        let run = Run::from(run);
        assert_eq!(run.code, Some(1), "{arguments:?}: {run:#?}");
        for words in ["error: ", &mirror, "404"] {
            assert!(run.stderr.contains(words), "{arguments:?}: no \"{words}\" in {run:#?}");
        }
        assert_eq!(next(&targets), "/models/resnet50-11ad3fa6.pth", "{arguments:?}");
    }
    assert!(others.try_recv().is_err(), "the other server was not asked");
}

#[test]
fn the_folder_of_models_of_the_command_line_wins_and_may_stand_anywhere() {
    let home = Home::new();
    let (mirror, _targets) = server(NOT_FOUND);
    for (name, line) in [
        ("behind", ["models", "get", "resnet50", "--models", "behind", "--mirror", &mirror]),
        ("before", ["--models", "before", "models", "get", "resnet50", "--mirror", &mirror]),
    ] {
        let run = Run::from(command(&home, &line).output().unwrap());
        assert_eq!(run.code, Some(1), "{run:#?}");
        assert!(home.models().with_file_name(name).join("resnet50").is_dir(), "{run:#?}");
    }
    assert!(!home.models().exists(), "nothing is put where the environment says");
}

#[test]
fn a_mirror_that_is_no_address_is_named() {
    let home = Home::new();
    let run = home.run(["--json", "models", "get", "resnet50", "--mirror", "nas"]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    let error = &run.object()["error"];
    assert_eq!(error["code"], "mirror");
    assert!(error["message"].as_str().unwrap().contains("nas"), "{error}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_download_says_how_to_go_on() {
    use crate::program::Running;

    let home = Home::new();
    let (mirror, targets) = server(SILENT);
    let line = ["models", "get", "resnet50", "--mirror", &mirror, "--models", "my models", "--json"];
    let running = Running::start(command(&home, &line));
    next(&targets);
    running.signal("INT");
    let run = running.end();
    assert_eq!(run.code, Some(130), "{run:#?}");
    let how = "`kindred models get resnet50 --models 'my models'` goes on from here";
    assert!(run.stderr.contains(how) && !run.stderr.contains("error"), "{run:#?}");
    let error = &run.object()["error"];
    assert_eq!(error["code"], "cancelled");
    assert!(error["message"].as_str().unwrap().contains(how), "{error}");
}
