//! `SHA256SUMS`: every file of the catalog, as `sha256sum --check` reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::archive::{Digest, Files};

/// The signed target.
pub(super) const TARGET: &str = "site/SHA256SUMS";

/// Writes the list, sorted by path.
pub(super) fn write(files: &Files) -> String {
    let mut text = String::new();
    for (path, file) in files.iter() {
        let _ = writeln!(text, "{}  {path}", Digest::of(&file.bytes));
    }
    text
}

/// Reads the list. Paths are relative and lead nowhere else.
pub(super) fn read(text: &[u8]) -> Result<BTreeMap<String, Digest>, String> {
    let text = std::str::from_utf8(text).map_err(|_| "it is no UTF-8 text".to_owned())?;
    let mut entries = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let entry = line.split_once("  ").and_then(|(hex, path)| {
            let digest = (hex.len() == 64).then(|| hex.parse().ok())??;
            is_inside(path).then(|| (path.to_owned(), digest))
        });
        let (path, digest) = entry.ok_or_else(|| format!("line {} is no digest and path", index + 1))?;
        if entries.insert(path, digest).is_some() {
            return Err(format!("line {} names a file again", index + 1));
        }
    }
    Ok(entries)
}

fn is_inside(path: &str) -> bool {
    let plain = |name: &str| !matches!(name, "" | "." | "..") && !name.contains(['\\', '\0', '\r']);
    path.split('/').all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let mut files = Files::new();
        files.insert("profiles/a/index.html", b"a".as_slice());
        files.insert("index.html", b"i".as_slice());
        let entries = read(write(&files).as_bytes()).unwrap();
        assert_eq!(entries["index.html"], Digest::of(b"i"));
        assert_eq!(entries.len(), 2);
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        let digest = Digest::of(b"");
        for path in ["../x", "/etc/passwd", "a/../b", "", "a//b", "a\\b"] {
            assert!(read(format!("{digest}  {path}\n").as_bytes()).is_err(), "{path}");
        }
        assert!(read(format!("{digest}  a\n{digest}  a\n").as_bytes()).is_err());
    }
}
