//! `file:` addresses and paths.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The path that a `file:` address means; `None` for any other address.
pub(super) fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    // `file://host/…` is another machine's file; `localhost` is this one's name for itself.
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    if !rest.starts_with('/') {
        return None;
    }
    let path = decoded(rest.split(['?', '#']).next().unwrap_or(rest))?;
    // `/c:/x` is `c:/x` where there are drives.
    let bytes = path.as_bytes();
    let drive = cfg!(windows) && bytes.len() > 2 && bytes[1].is_ascii_alphabetic() && bytes[2] == b':';
    Some(PathBuf::from(if drive { &path[1..] } else { &path }))
}

/// The address of an absolute path.
pub(super) fn of(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut uri = String::from("file://");
    if !text.starts_with('/') {
        uri.push('/');
    }
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~') {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// The text with its `%XX` as bytes; `None` where that is no UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = (*first == b'%').then(|| tail.get(..2)).flatten();
        let byte = escape
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
#[cfg(not(windows))]
mod tests {
    use super::*;

    #[test]
    fn paths_and_addresses_turn_into_each_other() {
        for (uri, wanted) in [
            ("file:///a/b%20c/d.yaml", Some("/a/b c/d.yaml")),
            ("file:///a/%C3%A4%25.yaml", Some("/a/ä%.yaml")),
            ("file://localhost/a", Some("/a")),
            ("file:///a%zz", Some("/a%zz")),
            ("file:///a%", Some("/a%")),
            ("file:///a%ff", None),
            ("file://host/a", None),
            ("untitled:Untitled-1", None),
            ("https://example.org/a", None),
        ] {
            assert_eq!(path(uri), wanted.map(PathBuf::from), "{uri}");
        }
        assert_eq!(of(Path::new("/a/b c/ä%.yaml")), "file:///a/b%20c/%C3%A4%25.yaml");
        assert_eq!(path(&of(Path::new("/a#b?c/[x]"))), Some("/a#b?c/[x]".into()));
    }
}
