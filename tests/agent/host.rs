//! A static host in a thread: ranges, `ETag`s, and the faults that real ones have.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use edgewright::archive::Digest;

/// What is wrong with a host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    #[default]
    None,
    /// Bodies of blobs end after this many bytes of each answer.
    Cut(usize),
    /// The same, and `Range` is ignored.
    CutWithoutRanges(usize),
    /// `Range` is ignored.
    NoRanges,
    /// Every path is a login page.
    Portal,
    /// The timestamp never ends.
    Endless,
    /// Every answer takes this many milliseconds.
    Slow(u64),
}

/// A host of one folder. It ends with the test.
pub(crate) struct Host {
    pub(crate) url: String,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    folder: PathBuf,
    fault: Fault,
    requests: Vec<String>,
}

impl Host {
    pub(crate) fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Shared { folder: folder.to_owned(), fault: Fault::None, requests: Vec::new() };
        let shared = Arc::new(Mutex::new(shared));
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&of_thread);
                // Clients that hang up early are part of the tests.
                std::thread::spawn(move || drop(serve(stream, &shared)));
            }
        });
        Self { url, shared }
    }

    pub(crate) fn fail(&self, fault: Fault) {
        self.shared.lock().unwrap().fault = fault;
    }

    pub(crate) fn serve(&self, folder: &Path) {
        folder.clone_into(&mut self.shared.lock().unwrap().folder);
    }

    /// Requests since the last call: `GET /path` and, behind it, the range.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.lock().unwrap().requests)
    }
}

fn serve(mut stream: TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or("/").trim_start_matches('/').to_owned();
    let (mut range, mut etag) = (None, None);
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        let header = header.trim().to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("range: bytes=") {
            range = value.trim_end_matches('-').parse::<usize>().ok();
        }
        if let Some(value) = header.strip_prefix("if-none-match: ") {
            etag = Some(value.to_owned());
        }
    }
    let (folder, fault) = {
        let mut shared = shared.lock().unwrap();
        let shown = range.map_or(String::new(), |from| format!(" from {from}"));
        shared.requests.push(format!("{path}{shown}"));
        (shared.folder.clone(), shared.fault)
    };
    if let Fault::Slow(millis) = fault {
        std::thread::sleep(Duration::from_millis(millis));
    }
    if fault == Fault::Portal {
        let page = "<html>Please sign in</html>";
        return write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
    }
    if fault == Fault::Endless && path.ends_with("timestamp.json") {
        write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
        loop {
            stream.write_all(&[b' '; 4096])?;
        }
    }
    let Ok(bytes) = fs::read(folder.join(&path)) else {
        return write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let own = format!("\"{}\"", Digest::of(&bytes));
    if etag.as_ref() == Some(&own) {
        return write!(stream, "HTTP/1.1 304 Not Modified\r\nETag: {own}\r\nConnection: close\r\n\r\n");
    }
    let ranges = !matches!(fault, Fault::NoRanges | Fault::CutWithoutRanges(_));
    let from = range.filter(|_| ranges).unwrap_or(0).min(bytes.len());
    let status = if from > 0 { "206 Partial Content" } else { "200 OK" };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nETag: {own}\r\nConnection: close\r\n",
        bytes.len() - from
    )?;
    if from > 0 {
        write!(stream, "Content-Range: bytes {from}-{}/{}\r\n", bytes.len() - 1, bytes.len())?;
    }
    write!(stream, "\r\n")?;
    let body = &bytes[from..];
    match fault {
        Fault::Cut(after) | Fault::CutWithoutRanges(after) if path.starts_with("blobs/") => {
            stream.write_all(&body[..body.len().min(after)])
        }
        _ => stream.write_all(body),
    }
}
