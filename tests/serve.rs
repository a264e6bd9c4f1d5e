//! `edgewright serve` as browsers, agents and mischief see it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .args(["serve", dir.to_str().unwrap(), "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Self { child, address }
    }

    /// Sends a whole request and reads until the server closes: head and body.
    fn send(&self, request: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let at = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
        (String::from_utf8(bytes[..at].to_vec()).unwrap(), bytes[at + 4..].to_vec())
    }

    fn get(&self, path: &str, headers: &str) -> (String, Vec<u8>) {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn header(head: &str, name: &str) -> String {
    let line = head.lines().find(|l| l.to_lowercase().starts_with(&format!("{name}:")));
    line.map(|l| l.split_once(": ").unwrap().1.to_owned()).unwrap_or_default()
}

fn tree() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let site = dir.path().join("site");
    fs::create_dir_all(site.join("blobs/sha256/ab")).unwrap();
    fs::create_dir_all(site.join("a b+c")).unwrap();
    fs::create_dir_all(site.join("empty")).unwrap();
    fs::write(site.join("index.html"), "<h1>home</h1>").unwrap();
    fs::write(site.join("404.html"), "<h1>lost</h1>").unwrap();
    fs::write(site.join("a b+c/index.html"), "<h1>inner</h1>").unwrap();
    fs::write(site.join("blobs/sha256/ab/abcd"), b"0123456789").unwrap();
    fs::write(dir.path().join("secret"), "secret").unwrap();
    dir
}

#[test]
fn files_folders_types_and_what_is_missing() {
    let dir = tree();
    let server = Server::start(&dir.path().join("site"));
    let (head, body) = server.get("/", "");
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert_eq!(body, b"<h1>home</h1>");
    assert_eq!(header(&head, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header(&head, "x-content-type-options"), "nosniff");
    let (head, _) = server.get("/a%20b%2Bc?x=1", "");
    assert!(head.starts_with("HTTP/1.1 301"), "{head}");
    assert_eq!(header(&head, "location"), "/a%20b%2Bc/?x=1");
    assert_eq!(server.get("/a%20b%2Bc/", "").1, b"<h1>inner</h1>");
    for path in ["/gone", "/empty/", "/index.html/", "/blobs"] {
        let (head, body) = server.get(path, "");
        let status = if path == "/blobs" { "HTTP/1.1 301" } else { "HTTP/1.1 404" };
        assert!(head.starts_with(status), "{path}: {head}");
        assert!(path == "/blobs" || body == b"<h1>lost</h1>");
    }
    let (head, body) = server.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(header(&head, "content-length"), "13");
    assert!(body.is_empty());
    let (head, _) = server.send("DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 405"), "{head}");
}

#[test]
fn validators_and_ranges() {
    let dir = tree();
    let server = Server::start(&dir.path().join("site"));
    let path = "/blobs/sha256/ab/abcd";
    let (head, _) = server.get(path, "");
    assert!(header(&head, "cache-control").contains("immutable"));
    let tag = header(&head, "etag");
    let date = header(&head, "last-modified");
    let (head, body) = server.get(path, &format!("If-None-Match: \"x\", W/{tag}\r\n"));
    assert!(head.starts_with("HTTP/1.1 304") && body.is_empty(), "{head}");
    let (head, _) = server.get(path, &format!("If-Modified-Since: {date}\r\n"));
    assert!(head.starts_with("HTTP/1.1 304"), "{head}");
    let (head, body) = server.get(path, "Range: bytes=4-\r\n");
    assert!(head.starts_with("HTTP/1.1 206"), "{head}");
    assert_eq!(header(&head, "content-range"), "bytes 4-9/10");
    assert_eq!(body, b"456789");
    let (head, _) = server.get(path, "Range: bytes=10-\r\n");
    assert!(head.starts_with("HTTP/1.1 416"), "{head}");
    assert_eq!(header(&head, "content-range"), "bytes */10");
    let (head, body) = server.get(path, &format!("Range: bytes=4-\r\nIf-Range: {tag}\r\n"));
    assert!(head.starts_with("HTTP/1.1 206") && body.len() == 6, "{head}");
    // Another version of the file: the whole of it, never a part that would be glued to the old one.
    let (head, body) = server.get(path, "Range: bytes=4-\r\nIf-Range: \"other\"\r\n");
    assert!(head.starts_with("HTTP/1.1 200") && body.len() == 10, "{head}");
}

#[test]
fn nothing_outside_the_folder_is_served() {
    let dir = tree();
    #[cfg(unix)]
    std::os::unix::fs::symlink(dir.path().join("secret"), dir.path().join("site/link")).unwrap();
    let server = Server::start(&dir.path().join("site"));
    for path in ["/../secret", "/%2e%2e/secret", "/a/..%2f..%2fsecret", "/link", "//secret", "/..%5csecret"] {
        let (head, body) = server.get(path, "");
        assert!(head.starts_with("HTTP/1.1 4"), "{path}: {head}");
        assert!(!body.windows(6).any(|w| w == b"secret"), "{path}");
    }
}

#[test]
fn one_connection_takes_many_requests() {
    let dir = tree();
    let server = Server::start(&dir.path().join("site"));
    let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(format!("{request}{request}{last}").as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(text.matches("<h1>home</h1>").count(), 3);
}
