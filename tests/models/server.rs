//! A small HTTP/1.1 server on the loopback interface that does what a test tells it to, right or wrong.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// No request of these tests is longer.
const LONGEST_REQUEST: usize = 16 << 10;

/// The first byte of a client that wants an encrypted connection.
const TLS_HANDSHAKE: u8 = 0x16;

/// A stalled connection is held this long at most, should the client never hang up.
const LONGEST_STALL: Duration = Duration::from_secs(30);

/// What a client asked for.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The target as written: a path, or a whole address when the client takes the server for a proxy.
    pub(crate) target: String,
    /// Header names in lower case.
    pub(crate) headers: HashMap<String, String>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// First byte of an open range such as `bytes=5-`.
    pub(crate) fn range_start(&self) -> Option<usize> {
        self.header("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// What the server answers.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    sent: usize,
    stalls: bool,
}

impl Reply {
    /// A body with its true length.
    pub(crate) fn new(status: u16, body: &[u8]) -> Self {
        Self { status, headers: Vec::new(), body: body.to_vec(), sent: body.len(), stalls: false }
            .header("Content-Length", body.len())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::new(status, b"")
    }

    pub(crate) fn redirect(to: impl ToString) -> Self {
        Self::status(302).header("Location", to)
    }

    /// What a good server answers: the asked part of `content`, or the whole of it.
    pub(crate) fn file(request: &Request, content: &[u8], etag: &str) -> Self {
        let stale = request.header("if-range").is_some_and(|mark| mark != etag);
        match request.range_start() {
            Some(start) if start < content.len() && !stale => {
                Self::range(content, start).header("ETag", etag)
            }
            _ => Self::new(200, content).header("ETag", etag),
        }
    }

    /// `content` from `start` on.
    pub(crate) fn range(content: &[u8], start: usize) -> Self {
        let (last, length) = (content.len() - 1, content.len());
        Self::new(206, &content[start..]).header("Content-Range", format!("bytes {start}-{last}/{length}"))
    }

    /// Sets a header, in place of the one of that name.
    pub(crate) fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub(crate) fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self
    }

    /// Hangs up after `bytes` of the body.
    pub(crate) fn cut_after(mut self, bytes: usize) -> Self {
        self.sent = bytes.min(self.body.len());
        self
    }

    /// Falls silent after `bytes` of the body.
    pub(crate) fn stall_after(mut self, bytes: usize) -> Self {
        self.stalls = true;
        self.cut_after(bytes)
    }
}

/// The server, until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    _runtime: Runtime,
}

impl Server {
    /// Starts a server that answers with `answer(request, n)`, where `n` counts the requests from 0.
    pub(crate) fn start(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&requests), Arc::new(answer));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move {
                    // A client that hangs up early is what some of the tests are about.
                    let _ = serve(stream, &log, &*answer).await;
                });
            }
        });
        Self { address, requests, _runtime: runtime }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Everything that was asked so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Serves one request; the connection is closed after it.
async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Request>>,
    answer: &(impl Fn(&Request, usize) -> Reply + ?Sized),
) -> std::io::Result<()> {
    let Some(request) = read_request(&mut stream).await? else { return Ok(()) };
    let number = {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        log.len() - 1
    };
    let reply = answer(&request, number);
    let mut head = format!("HTTP/1.1 {} Test\r\nConnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await?;
    stream.write_all(&reply.body[..reply.sent]).await?;
    stream.flush().await?;
    if reply.stalls {
        // Ends when the client hangs up.
        let _ = tokio::time::timeout(LONGEST_STALL, stream.read(&mut [0])).await;
    }
    stream.shutdown().await
}

async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut buffer = [0; 1024];
        let read = stream.read(&mut buffer).await?;
        bytes.extend_from_slice(&buffer[..read]);
        if bytes.first() == Some(&TLS_HANDSHAKE) {
            // What servers do that are spoken to in TLS where they expect plain HTTP.
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await?;
            return Ok(None);
        }
        if read == 0 || bytes.len() > LONGEST_REQUEST {
            return Ok(None);
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    let target = lines.next().and_then(|l| l.split(' ').nth(1)).unwrap_or_default().to_owned();
    let headers = lines.filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.to_lowercase(), v.to_owned()));
    Ok(Some(Request { target, headers: headers.collect() }))
}
