//! Reading one request (RFC 9112), as much of it as a file server needs.

use std::collections::BTreeMap;
use std::io::{BufRead, Read};

/// Most bytes of a request's head.
const LIMIT: u64 = 16 * 1024;

/// A request without a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// `GET`.
    pub(super) method: String,
    /// Decoded parts of the path, without empty ones.
    pub(super) parts: Vec<String>,
    /// Whether the path ends in `/`.
    pub(super) folder: bool,
    /// The path and query as they were sent.
    pub(super) target: String,
    /// Names in lower case.
    headers: BTreeMap<String, String>,
    http11: bool,
}

/// Why there is no request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// The other side is done.
    Closed,
    /// It is answered with this status and the connection ends.
    Wrong(u16, &'static str),
}

impl Request {
    /// Reads the head of a request.
    pub(super) fn read(reader: &mut impl BufRead) -> Result<Self, Unreadable> {
        let mut reader = reader.take(LIMIT);
        let first = line(&mut reader)?;
        // One empty line before a request is tolerated (RFC 9112 §2.2).
        let first = if first.is_empty() { line(&mut reader)? } else { first };
        let mut headers = BTreeMap::new();
        loop {
            let line = line(&mut reader)?;
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else {
                return Err(Unreadable::Wrong(400, "a header without a colon"));
            };
            if name.is_empty() || name.contains([' ', '\t']) {
                return Err(Unreadable::Wrong(400, "a header with a bad name"));
            }
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        Self::from_head(&first, headers)
    }

    /// A request from its first line and headers.
    fn from_head(first: &str, headers: BTreeMap<String, String>) -> Result<Self, Unreadable> {
        let mut words = first.split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(Unreadable::Wrong(400, "the first line is no request"));
        };
        let http11 = match version {
            "HTTP/1.1" => true,
            "HTTP/1.0" => false,
            _ => return Err(Unreadable::Wrong(505, "only HTTP/1.0 and HTTP/1.1 are understood")),
        };
        let body = headers.get("content-length").is_some_and(|l| l != "0");
        if body || headers.contains_key("transfer-encoding") {
            return Err(Unreadable::Wrong(413, "a request with a body"));
        }
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let Some(path) = path.strip_prefix('/') else {
            return Err(Unreadable::Wrong(400, "the target is no path"));
        };
        let mut parts = Vec::new();
        for part in path.split('/').filter(|p| !p.is_empty()) {
            let part = decode(part).ok_or(Unreadable::Wrong(400, "the path has a bad escape"))?;
            // Checked after decoding, so that no escape hides one.
            if part == "." || part == ".." || part.contains(['/', '\\', '\0', ':']) {
                return Err(Unreadable::Wrong(400, "the path leaves its folder"));
            }
            parts.push(part);
        }
        Ok(Self {
            method: method.to_owned(),
            folder: path.is_empty() || path.ends_with('/'),
            parts,
            target: target.to_owned(),
            headers,
            http11,
        })
    }

    /// A header, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Whether another request may follow on the same connection.
    pub(super) fn keeps_connection(&self) -> bool {
        let wish = self.header("connection").unwrap_or_default().to_ascii_lowercase();
        if self.http11 { !wish.contains("close") } else { wish.contains("keep-alive") }
    }
}

fn line(reader: &mut impl BufRead) -> Result<String, Unreadable> {
    let mut bytes = Vec::new();
    // A client that is silent for too long ends like one that left.
    let read = reader.read_until(b'\n', &mut bytes).map_err(|_| Unreadable::Closed)?;
    if read == 0 {
        return Err(Unreadable::Closed);
    }
    if bytes.last() != Some(&b'\n') {
        return Err(Unreadable::Wrong(431, "the head of the request is too large"));
    }
    let text = String::from_utf8(bytes).map_err(|_| Unreadable::Wrong(400, "the request is no text"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Decodes `%41` in one part of a path; `None` where an escape is broken or the result is no text.
fn decode(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok().filter(|d| !d.contains('+'))?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Request, Unreadable> {
        Request::read(&mut text.as_bytes())
    }

    #[test]
    fn a_request_is_its_parts_and_headers() {
        let request =
            read("GET /a%20b/c%2Bd/?q=1 HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"1\"\r\n\r\n").unwrap();
        assert_eq!(request.parts, ["a b", "c+d"]);
        assert!(request.folder && request.keeps_connection());
        assert_eq!(request.header("if-none-match"), Some("\"1\""));
    }

    #[test]
    fn no_escape_leaves_the_folder() {
        for path in
            ["/../x", "/%2e%2e/x", "/a/%2E./../x", "/a%2fb", "/a%5c..%5cb", "/a%00", "/%zz", "x", "/c:/x"]
        {
            let text = format!("GET {path} HTTP/1.1\r\n\r\n");
            assert!(matches!(read(&text), Err(Unreadable::Wrong(400, _))), "{path}");
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let long = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "y".repeat(20_000));
        assert!(matches!(read(&long), Err(Unreadable::Wrong(431, _))));
        assert!(matches!(read("GET / HTTP/2\r\n\r\n"), Err(Unreadable::Wrong(505, _))));
        assert!(matches!(
            read("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"),
            Err(Unreadable::Wrong(413, _))
        ));
        assert_eq!(read(""), Err(Unreadable::Closed));
    }
}
