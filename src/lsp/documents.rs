//! What the editor has open: texts as they are on the screen.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::position::{Encoding, Lines, Range};
use super::uri;
use crate::source::Overlay;

/// An open text.
#[derive(Clone, Debug)]
pub(super) struct Open {
    /// As the editor spells its address.
    pub(super) uri: String,
    /// As the editor counts.
    pub(super) version: i64,
    /// What is on the screen.
    pub(super) text: Arc<str>,
}

/// One step of an edit.
#[derive(Debug, Deserialize)]
pub(super) struct Change {
    /// What is replaced; the whole text where it is missing.
    range: Option<Range>,
    /// By what.
    text: String,
}

/// All open texts, by path.
#[derive(Debug, Default)]
pub(super) struct Documents(BTreeMap<PathBuf, Open>);

impl Documents {
    pub(super) fn open(&mut self, path: PathBuf, open: Open) {
        self.0.insert(path, open);
    }

    pub(super) fn close(&mut self, path: &Path) {
        self.0.remove(path);
    }

    pub(super) fn get(&self, path: &Path) -> Option<&Open> {
        self.0.get(path)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&PathBuf, &Open)> {
        self.0.iter()
    }

    /// Applies changes in order, each to what the one before it left.
    pub(super) fn change(&mut self, path: &Path, version: i64, changes: Vec<Change>, encoding: Encoding) {
        let Some(open) = self.0.get_mut(path) else { return };
        let mut text = open.text.to_string();
        for change in changes {
            match change.range {
                None => text = change.text,
                Some(range) => {
                    let lines = Lines::new(&text, encoding);
                    let (start, end) = (lines.offset(range.start), lines.offset(range.end));
                    text.replace_range(start..end.max(start), &change.text);
                }
            }
        }
        open.version = version;
        open.text = text.into();
    }

    /// The texts as what stands in for the files.
    pub(super) fn overlay(&self) -> Overlay {
        Overlay::new(self.0.iter().map(|(path, open)| (path.clone(), Arc::clone(&open.text))))
    }
}

/// The path of an address, as everything here spells it: links followed as far as there is something.
pub(super) fn path_of(address: &str) -> Option<PathBuf> {
    let path = uri::path(address)?;
    if let Ok(full) = path.canonicalize() {
        return Some(full);
    }
    // A file that was never saved: its folder is what can be followed.
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    Some(folder.zip(path.file_name()).map_or(path.clone(), |(folder, name)| folder.join(name)))
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn changes_are_applied_one_after_the_other() {
        let path = Path::new("/x.yaml");
        let mut documents = Documents::default();
        let open = Open { uri: "file:///x.yaml".into(), version: 1, text: "a: 🐻\r\nb: 2\r\n".into() };
        documents.open(path.to_owned(), open);
        let range = |l1: u32, c1: u32, l2: u32, c2: u32| json!({"start": {"line": l1, "character": c1}, "end": {"line": l2, "character": c2}});
        let changes = from_value(json!([
            {"range": range(0, 3, 0, 5), "text": "bear"},
            {"range": range(1, 0, 1, 1), "text": "c"},
            {"range": range(2, 0, 9, 9), "text": "d: 4"},
            // The end before the start: nothing is replaced.
            {"range": range(2, 4, 0, 0), "text": "2"},
        ]))
        .unwrap();
        documents.change(path, 2, changes, Encoding::Utf16);
        assert_eq!(&*documents.get(path).unwrap().text, "a: bear\r\nc: 2\r\nd: 42");
        documents.change(path, 3, from_value(json!([{"text": "whole"}])).unwrap(), Encoding::Utf16);
        assert_eq!(documents.overlay().text(path), Some("whole"));
        documents.close(path);
        assert!(documents.get(path).is_none());
    }
}
