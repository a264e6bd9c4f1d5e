//! The regular files of a folder or an archive, in memory, in byte order of their paths.

use std::collections::BTreeMap;
use std::sync::Arc;

/// One regular file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// Whether it may be executed (mode 0755 instead of 0644).
    pub executable: bool,
}

/// Relative paths (with `/`, no `.` or `..` part) and their files, sorted by bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, File>);

impl Files {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a plain file.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Arc<[u8]>>) {
        self.0.insert(path.into(), File { bytes: bytes.into(), executable: false });
    }

    /// Adds or replaces a file with its mode.
    pub fn insert_file(&mut self, path: impl Into<String>, file: File) {
        self.0.insert(path.into(), file);
    }

    /// A file with its mode.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }

    /// The bytes of a file.
    pub fn get(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.0.get(path).map(|file| &file.bytes)
    }

    /// The text of a file, if there is one and it is UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.get(path)?).ok()
    }

    /// Whether there is a file at this path.
    pub fn contains(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    /// All files, sorted by the bytes of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.0.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// The files below a folder (`charts`), with that prefix taken off.
    #[must_use]
    pub fn under(&self, folder: &str) -> Self {
        let prefix = format!("{folder}/");
        Self(
            self.0
                .range(prefix.clone()..)
                .take_while(|(path, _)| path.starts_with(&prefix))
                .map(|(path, file)| (path[prefix.len()..].to_owned(), file.clone()))
                .collect(),
        )
    }

    /// Adds all files of `other` below `folder`.
    pub fn insert_under(&mut self, folder: &str, other: &Self) {
        for (path, file) in &other.0 {
            self.0.insert(format!("{folder}/{path}"), file.clone());
        }
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
