//! Where models come from, and what is said of them.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

use crate::program::{Home, Run};

/// A server that has nothing, and what it is asked for. It ends with the test program.
fn empty_server() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, asked) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            stream
                .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .unwrap();
            sender.send(String::from_utf8(request).unwrap()).unwrap();
        }
    });
    (address, asked)
}

/// Asks for a small model. The address of its publisher is never reached: a mirror is always set.
fn get(home: &Home, options: &[&str]) -> Command {
    let mut command = home.command([&["models", "get", "mobilefacenet"], options].concat());
    for proxy in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(proxy);
    }
    command
}

#[test]
fn a_mirror_is_set_once_shown_without_its_password_and_taken_back() {
    let home = Home::new();
    assert_eq!(home.json(["models", "mirror"])["mirror"], Value::Null);
    let shown = home.json(["models", "mirror", "https://me:secret@mirror.example/x"]);
    assert_eq!(shown.to_string(), r#"{"mirror":"https://…@mirror.example/x"}"#);
    assert_eq!(home.json(["models", "mirror"]), shown);
    assert!(home.run(["models", "mirror"]).text().contains("mirror.example"));

    let refused = home.run(["models", "mirror", "me:secret@mirror.example"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.stderr.contains("not usable") && !refused.stderr.contains("secret"), "{refused:#?}");
    assert_eq!(home.json(["models", "mirror"]), shown, "what was set stays");
    assert_eq!(home.run(["models", "mirror", "https://a.example", "--none"]).code, Some(2));

    assert_eq!(home.json(["models", "mirror", "--none"])["mirror"], Value::Null);
    assert_eq!(home.json(["models", "mirror"])["mirror"], Value::Null);
}

#[test]
fn a_download_asks_the_mirror_of_the_flag_then_of_the_environment_then_of_the_setting() {
    let home = Home::new();
    let servers = [empty_server(), empty_server(), empty_server()];
    let [flag, variable, setting] =
        servers.each_ref().map(|(address, _)| format!("http://me:secret@{address}"));
    home.json(["models", "mirror", &setting]);
    for (asked_for, options, environment) in
        [(0, &["--mirror", flag.as_str()][..], Some(&variable)), (1, &[], Some(&variable)), (2, &[], None)]
    {
        let mut command = get(&home, options);
        command.envs(environment.map(|mirror| ("KINDRED_MIRROR", mirror)));
        let run = Run::from(command.output().unwrap());
        assert_eq!(run.code, Some(1), "{run:#?}");
        assert!(run.stderr.contains("status 404") && !run.stderr.contains("secret"), "{run:#?}");
        for (index, (_, asked)) in servers.iter().enumerate() {
            let requests: Vec<String> = asked.try_iter().collect();
            assert_eq!(requests.len(), usize::from(index == asked_for), "server {index}: {requests:?}");
            for request in requests {
                assert!(request.starts_with("GET /foamliu/MobileFaceNet/"), "{request}");
                assert!(
                    request.to_lowercase().contains("authorization: basic "),
                    "the password is used: {request}"
                );
            }
        }
    }
}

#[test]
fn what_is_to_be_known_of_a_model_is_said_before_it_is_fetched() {
    let home = Home::new();
    let (address, _asked) = empty_server();
    let run = Run::from(get(&home, &["--mirror", &format!("http://{address}")]).output().unwrap());
    let (notice, failure) = (run.stderr.find("MS-Celeb-1M"), run.stderr.find("status 404"));
    assert!(notice.is_some() && notice < failure, "{run:#?}");
}

#[test]
fn a_folder_called_like_a_model_is_not_taken_for_it() {
    let home = Home::new();
    std::fs::create_dir(home.photos().with_file_name("resnet50")).unwrap();
    let by_name = home.run(["models", "verify", "resnet50"]);
    assert!(by_name.stderr.contains("the model resnet50 is not installed"), "{by_name:#?}");
    let by_path = home.run(["models", "verify", "./resnet50"]);
    assert!(by_path.stderr.contains("no model in this folder"), "{by_path:#?}");
}
