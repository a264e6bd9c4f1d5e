//! A small HTTP host for tests: one thread, one answer per connection, every request written down.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How the host answers for one path.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// The file, with ranges, and an `ETag` if there is one.
    File(Vec<u8>, Option<&'static str>),
    /// A status, headers and a body, as given.
    Raw(&'static str, Vec<(&'static str, String)>, Vec<u8>),
    /// The whole length is announced, but only this many bytes come.
    Cut(Vec<u8>, usize),
    /// One byte after the other with a pause between them.
    Drip(Vec<u8>, Duration),
    /// The second answer for this `Authorization`, the first for any other.
    Guarded(String, Box<Answer>, Box<Answer>),
    /// No answer at all.
    Silent(Duration),
}

/// The host. It ends with the process.
pub(crate) struct TestServer {
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    answers: Arc<Mutex<BTreeMap<String, Answer>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl TestServer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answers: Arc<Mutex<BTreeMap<String, Answer>>> = Arc::default();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let (table, log) = (Arc::clone(&answers), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (table, log) = (Arc::clone(&table), Arc::clone(&log));
                // A client that hangs up early is part of the tests.
                std::thread::spawn(move || drop(serve(stream, &table, &log)));
            }
        });
        Self { url, answers, requests }
    }

    /// Sets the answer for a path (with its query).
    pub(crate) fn put(&self, path: &str, answer: Answer) -> String {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
        format!("{}{path}", self.url)
    }

    /// Every request so far: the request line and the headers, in lower case.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    answers: &Mutex<BTreeMap<String, Answer>>,
    requests: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut request = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while reader.read_line(&mut request)? > 2 {}
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    requests.lock().unwrap().push(request.to_lowercase());
    let header = |name: &str| {
        let lower = request.to_lowercase();
        let line = lower.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
        line.unwrap_or_default()
    };
    let missing = Answer::Raw("404 Not Found", Vec::new(), b"not here".to_vec());
    let mut answer = answers.lock().unwrap().get(&path).cloned().unwrap_or(missing);
    while let Answer::Guarded(wanted, otherwise, inside) = answer {
        let given = request.lines().find_map(|line| {
            Some(line.split_once(": ")?).filter(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        });
        answer = if given.is_some_and(|(_, value)| value == wanted) { *inside } else { *otherwise };
    }
    let bodiless = request.starts_with("HEAD ");
    let mut send = |status: &str, headers: &[(&str, String)], length: usize, body: &[u8]| {
        let mut head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n");
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        stream.write_all(head.as_bytes())?;
        stream.write_all(b"\r\n")?;
        if bodiless { Ok(()) } else { stream.write_all(body) }
    };
    match answer {
        Answer::File(bytes, etag) => {
            let tag: Vec<_> = etag.iter().map(|tag| ("ETag", (*tag).to_owned())).collect();
            let fresh = |name: &str| etag.is_some_and(|tag| header(name) == tag.to_lowercase());
            let from =
                header("range").strip_prefix("bytes=").and_then(|r| r.trim_end_matches('-').parse().ok());
            match from {
                Some(from) if header("if-range").is_empty() || fresh("if-range") => {
                    let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
                    let headers = [tag, vec![("Content-Range", range)]].concat();
                    send("206 Partial Content", &headers, bytes.len() - from, &bytes[from..])
                }
                None if fresh("if-none-match") => send("304 Not Modified", &tag, 0, b""),
                _ => send("200 OK", &tag, bytes.len(), &bytes),
            }
        }
        Answer::Raw(status, headers, body) => send(status, &headers, body.len(), &body),
        Answer::Cut(bytes, came) => send("200 OK", &[], bytes.len(), &bytes[..came]),
        Answer::Drip(bytes, pause) => {
            send("200 OK", &[], bytes.len(), b"")?;
            for byte in bytes {
                stream.write_all(&[byte])?;
                std::thread::sleep(pause);
            }
            Ok(())
        }
        Answer::Guarded(..) => unreachable!("opened above"),
        Answer::Silent(pause) => {
            std::thread::sleep(pause);
            Ok(())
        }
    }
}
