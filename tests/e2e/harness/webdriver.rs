//! As much of WebDriver as is needed (<https://www.w3.org/TR/webdriver2/>).
//!
//! A client library would do it, but the ones there are change the features of crates that the program shares with
//! them: everything would be built once for the program and once more for its tests.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// Longer than any script runs.
const LONGEST: Duration = Duration::from_secs(300);

/// A session of a driver on this machine.
pub(super) struct Session {
    port: u16,
    /// `/session/` and its id.
    path: String,
}

impl Session {
    /// Has the driver start a program.
    ///
    /// # Errors
    /// The driver does not listen, or the program does not start.
    pub(super) fn open(port: u16, options: Value) -> Result<Self, String> {
        let timeouts = json!({ "script": LONGEST.as_millis() as u64 });
        let wanted = json!({ "webkitgtk:browserOptions": options, "timeouts": timeouts });
        let answer = ask(port, "POST", "/session", &json!({ "capabilities": { "alwaysMatch": wanted } }))?;
        let id = answer["sessionId"].as_str().ok_or_else(|| format!("no session in {answer}"))?;
        Ok(Self { port, path: format!("/session/{id}") })
    }

    /// Asks for something, such as `screenshot`.
    ///
    /// # Errors
    /// What the driver says, or that it is gone.
    pub(super) fn get(&self, what: &str) -> Result<Value, String> {
        ask(self.port, "GET", &format!("{}/{what}", self.path), &Value::Null)
    }

    /// Has something done, such as `actions`.
    ///
    /// # Errors
    /// What the driver says, or that it is gone.
    pub(super) fn post(&self, what: &str, parameters: &Value) -> Result<Value, String> {
        ask(self.port, "POST", &format!("{}/{what}", self.path), parameters)
    }
}

/// One request, and the value of its answer.
fn ask(port: u16, method: &str, path: &str, body: &Value) -> Result<Value, String> {
    let answer = exchange(port, method, path, body).map_err(|error| format!("{method} {path}: {error}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("{method} {path}: no answer"))?;
    let mut answer: Value =
        serde_json::from_str(body).map_err(|error| format!("{error} in {head}\n{body}"))?;
    let value = answer["value"].take();
    let is_done = head.split(' ').nth(1) == Some("200");
    if is_done { Ok(value) } else { Err(format!("{}: {}", value["error"], value["message"])) }
}

/// A connection for each request: the driver is on this machine.
fn exchange(port: u16, method: &str, path: &str, body: &Value) -> io::Result<String> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(LONGEST + Duration::from_secs(10)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
