//! From a request to the bytes of a file: types, validators, ranges (RFC 9110 §§8, 13, 14).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use super::request::Request;

/// An answer: its head and what follows.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Body,
}

/// What follows the head.
#[derive(Debug)]
enum Body {
    Text(String),
    /// A part of a file: where it starts and how long it is.
    File(File, u64, u64),
}

impl Answer {
    /// A status with a sentence.
    pub(super) fn status(status: u16, text: &str) -> Self {
        let headers = vec![("Content-Type", "text/plain; charset=utf-8".to_owned())];
        Self { status, headers, body: Body::Text(format!("{status} {text}\n")) }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Writes the answer; without its body for `HEAD`.
    pub(super) fn write(self, out: &mut impl Write, head_only: bool, keep: bool) -> io::Result<()> {
        let length = match &self.body {
            Body::Text(text) => text.len() as u64,
            Body::File(_, _, length) => *length,
        };
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&[name, ": ", value, "\r\n"].concat());
        }
        if self.status != 304 {
            head.push_str(&["Content-Length: ", &length.to_string(), "\r\n"].concat());
        }
        head.push_str("X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n");
        head.push_str(if keep { "Connection: keep-alive\r\n\r\n" } else { "Connection: close\r\n\r\n" });
        out.write_all(head.as_bytes())?;
        if head_only || self.status == 304 {
            return Ok(());
        }
        match self.body {
            Body::Text(text) => out.write_all(text.as_bytes()),
            Body::File(mut file, start, length) => {
                file.seek(SeekFrom::Start(start))?;
                let sent = io::copy(&mut file.take(length), out)?;
                // A file that shrank meanwhile: the client must not take the next answer for its rest.
                if sent == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
            }
        }
    }
}

/// Answers a request from the files below `root`, a canonical path.
pub(super) fn answer(root: &Path, request: &Request) -> Answer {
    if request.method != "GET" && request.method != "HEAD" {
        return Answer::status(405, "only GET and HEAD").with("Allow", "GET, HEAD");
    }
    let path: PathBuf = root.join(request.parts.iter().collect::<PathBuf>());
    let Some(found) = inside(root, &path) else { return missing(root) };
    if found.is_dir() {
        if !request.folder {
            let (path, query) = split(&request.target);
            return Answer::status(301, "the folder").with("Location", [path, "/", query].concat());
        }
        return match inside(root, &found.join("index.html")) {
            Some(index) => file(&index, "index.html", request),
            None => missing(root),
        };
    }
    if request.folder {
        return missing(root);
    }
    file(&found, &request.parts.join("/"), request)
}

/// Path and query of a target.
fn split(target: &str) -> (&str, &str) {
    // `//host` in `Location` would be another machine.
    let target = if target.starts_with("//") { target.trim_start_matches('/') } else { target };
    target.find('?').map_or((target, ""), |at| target.split_at(at))
}

/// The file behind a path, links followed, unless it lies outside of `root`.
fn inside(root: &Path, path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().filter(|real| real.starts_with(root))
}

/// The tree's own page for what is not there, or a sentence.
fn missing(root: &Path) -> Answer {
    let page = inside(root, &root.join("404.html")).and_then(|p| std::fs::read_to_string(p).ok());
    match page {
        Some(page) => Answer {
            status: 404,
            headers: vec![
                ("Content-Type", "text/html; charset=utf-8".to_owned()),
                ("Cache-Control", "no-cache".to_owned()),
            ],
            body: Body::Text(page),
        },
        None => Answer::status(404, "nothing at this address"),
    }
}

/// A file, or the part of it that is asked for, or that nothing changed.
fn file(path: &Path, shown: &str, request: &Request) -> Answer {
    let opened = File::open(path).and_then(|file| file.metadata().map(|meta| (file, meta)));
    let (file, meta) = match opened {
        Ok((file, meta)) if meta.is_file() => (file, meta),
        Ok(_) => return Answer::status(404, "no file"),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Answer::status(403, "this file may not be read");
        }
        Err(_) => return Answer::status(404, "nothing at this address"),
    };
    let size = meta.len();
    let changed = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let tag = format!("\"{:x}-{size:x}\"", changed.map_or(0, |at| at.as_nanos()));
    let date = changed
        .and_then(|at| Timestamp::from_second(i64::try_from(at.as_secs()).ok()?).ok())
        .and_then(|at| DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok());
    let mut headers = vec![
        ("ETag", tag.clone()),
        ("Cache-Control", caching(shown).to_owned()),
        ("Accept-Ranges", "bytes".to_owned()),
    ];
    if let Some(date) = &date {
        headers.push(("Last-Modified", date.clone()));
    }
    let unchanged = match request.header("if-none-match") {
        Some(tags) => tags.split(',').any(|t| t.trim() == "*" || t.trim().trim_start_matches("W/") == tag),
        None => date.is_some() && request.header("if-modified-since") == date.as_deref(),
    };
    if unchanged {
        return Answer { status: 304, headers, body: Body::Text(String::new()) };
    }
    headers.push(("Content-Type", content_type(shown).to_owned()));
    if content_type(shown).starts_with("text/html") {
        headers.push(("Content-Security-Policy", "frame-ancestors 'none'".to_owned()));
    }
    let same = |wanted: &str| wanted == tag || Some(wanted) == date.as_deref();
    let ranged = request.method == "GET" && request.header("if-range").is_none_or(same);
    match request.header("range").filter(|_| ranged).map(|range| part(range, size)) {
        None | Some(Part::Ignored) => Answer { status: 200, headers, body: Body::File(file, 0, size) },
        Some(Part::Bytes(start, length)) => {
            headers.push(("Content-Range", format!("bytes {start}-{}/{size}", start + length - 1)));
            Answer { status: 206, headers, body: Body::File(file, start, length) }
        }
        Some(Part::Unsatisfiable) => {
            Answer::status(416, "no such range").with("Content-Range", format!("bytes */{size}"))
        }
    }
}

/// What a `Range` header means for a file.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// Start and length.
    Bytes(u64, u64),
    /// It is valid but asks for nothing that there is.
    Unsatisfiable,
    /// Several ranges, another unit, or nonsense: the whole file is the answer (RFC 9110 §14.2).
    Ignored,
}

fn part(range: &str, size: u64) -> Part {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        // A number too large for us is past any end.
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    let Some((first, last)) = range.trim().strip_prefix("bytes=").and_then(|r| r.trim().split_once('-'))
    else {
        return Part::Ignored;
    };
    match (first, number(first), last, number(last)) {
        ("", _, _, Some(last)) => {
            let length = last.min(size);
            if length == 0 { Part::Unsatisfiable } else { Part::Bytes(size - length, length) }
        }
        (_, Some(first), _, _) if last.is_empty() || number(last).is_some_and(|last| last >= first) => {
            if first >= size {
                return Part::Unsatisfiable;
            }
            let last = number(last).unwrap_or(u64::MAX).min(size - 1);
            Part::Bytes(first, last - first + 1)
        }
        _ => Part::Ignored,
    }
}

/// Whether a file may change: what is named by its digest or version never does.
fn caching(path: &str) -> &'static str {
    let folder = path.split('/').next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let immutable = match folder {
        "blobs" | "deltas" | "targets" | "assets" => path.contains('/'),
        "metadata" => name.starts_with(|c: char| c.is_ascii_digit()),
        _ => false,
    };
    if immutable { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn content_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "txt" | "md" | "yaml" | "yml" | "pem" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        "atom" => "application/atom+xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "gz" | "tgz" => "application/gzip",
        "zst" => "application/zstd",
        "tar" => "application/x-tar",
        _ if name.ends_with("SHA256SUMS") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        301 => "Moved Permanently",
        304 => "Not Modified",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        416 => "Range Not Satisfiable",
        431 => "Request Header Fields Too Large",
        505 => "HTTP Version Not Supported",
        _ => "Service Unavailable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_single_and_fit_the_file() {
        assert_eq!(part("bytes=0-3", 10), Part::Bytes(0, 4));
        assert_eq!(part("bytes=4-", 10), Part::Bytes(4, 6));
        assert_eq!(part("bytes=-3", 10), Part::Bytes(7, 3));
        assert_eq!(part("bytes=-30", 10), Part::Bytes(0, 10));
        assert_eq!(part("bytes=8-99999999999999999999999", 10), Part::Bytes(8, 2));
        assert_eq!(part("bytes=10-", 10), Part::Unsatisfiable);
        assert_eq!(part("bytes=-0", 10), Part::Unsatisfiable);
        assert_eq!(part("bytes=0-", 0), Part::Unsatisfiable);
        for odd in ["bytes=0-1,4-5", "lines=0-1", "bytes=5-2", "bytes=a-b", "bytes", "bytes=-", "bytes=+1-2"]
        {
            assert_eq!(part(odd, 10), Part::Ignored, "{odd}");
        }
    }

    #[test]
    fn what_is_named_by_digest_or_version_never_changes() {
        assert!(caching("blobs/sha256/ab/abcd").contains("immutable"));
        assert!(caching("metadata/3.root.json").contains("immutable"));
        assert_eq!(caching("metadata/timestamp.json"), "no-cache");
        assert_eq!(caching("index.html"), "no-cache");
    }
}
