//! Files to be written, before they are: what `--dry-run` shows and what a check may look at first.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};

use super::write;
use crate::source::Overlay;

/// One file of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Its path, relative to the repository.
    pub path: String,
    /// Its bytes until now; `None` where there is no file.
    pub before: Option<Vec<u8>>,
    /// Its bytes from now on; `None` where it is deleted.
    pub after: Option<Vec<u8>>,
}

impl FileChange {
    /// The texts before and after, empty where there is none; `None` where one is no text.
    pub fn texts(&self) -> Option<(&str, &str)> {
        Some((text(self.before.as_deref())?, text(self.after.as_deref())?))
    }
}

fn text(bytes: Option<&[u8]>) -> Option<&str> {
    std::str::from_utf8(bytes.unwrap_or_default()).ok()
}

/// Files to be written, edited or deleted together.
#[derive(Clone, Debug)]
pub struct Change {
    root: PathBuf,
    /// A folder that comes with all its files at once.
    new_folder: Option<String>,
    files: Vec<FileChange>,
    /// What people should know.
    pub notes: Vec<String>,
}

impl Change {
    /// Nothing yet, in the repository at `root`.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), new_folder: None, files: Vec::new(), notes: Vec::new() }
    }

    /// A new folder, relative to the repository: it is there with all these files, or not at all.
    pub(super) fn folder(root: &Path, folder: &str, files: Vec<(String, Vec<u8>)>) -> Self {
        let file = |(path, bytes): (String, Vec<u8>)| FileChange {
            path: format!("{folder}/{path}"),
            before: None,
            after: Some(bytes),
        };
        let files = files.into_iter().map(file).collect();
        Self { new_folder: Some(folder.to_owned()), files, ..Self::new(root) }
    }

    /// The repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files, in the order in which they are written.
    pub fn files(&self) -> &[FileChange] {
        &self.files
    }

    /// Whether no file changes.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// A file that is new.
    pub fn create(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.push(FileChange { path: path.into(), before: None, after: Some(bytes.into()) });
    }

    /// A file that gets another text; nothing where it stays the same.
    pub fn edit(&mut self, path: &str, before: &str, after: &str) {
        if before != after {
            self.files.push(FileChange {
                path: path.to_owned(),
                before: Some(before.into()),
                after: Some(after.into()),
            });
        }
    }

    /// A file that goes away.
    pub fn delete(&mut self, path: &str, before: Vec<u8>) {
        self.files.push(FileChange { path: path.to_owned(), before: Some(before), after: None });
    }

    /// Takes a change that was made over this one: files that both have end as the later one says.
    pub fn then(&mut self, later: Self) {
        for file in later.files {
            match self.files.iter_mut().find(|own| own.path == file.path) {
                Some(own) => own.after = file.after,
                None => self.files.push(file),
            }
        }
        self.notes.extend(later.notes);
    }

    /// The texts as they will be, over those that stand in for files already: what a check can judge beforehand. Files that
    /// go away are still there.
    pub fn over(&self, overlay: &Overlay) -> Overlay {
        let text = |file: &FileChange| -> Option<(PathBuf, Arc<str>)> {
            let text = std::str::from_utf8(file.after.as_deref()?).ok()?;
            Some((self.root.join(&file.path), text.into()))
        };
        overlay.with(self.files.iter().filter_map(text))
    }

    /// Writes the files: first those that are new, then those that name them, last the deletions.
    ///
    /// # Errors
    /// A new file is there already, one to be edited or deleted is not what it was, or the system refuses.
    pub fn write(&self) -> Result<()> {
        for file in &self.files {
            let there = match std::fs::read(self.root.join(&file.path)) {
                Ok(bytes) => Some(bytes),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", file.path)),
            };
            if there != file.before {
                bail!("`{}` changed in the meantime; nothing was written", file.path);
            }
        }
        let mut rest: Vec<&FileChange> = self.files.iter().collect();
        if let Some(folder) = &self.new_folder {
            let inner = |file: &FileChange| -> Option<(String, Vec<u8>)> {
                let path = file.path.strip_prefix(folder.as_str())?.strip_prefix('/')?;
                Some((path.to_owned(), file.after.clone()?))
            };
            let files: Vec<_> = self.files.iter().filter_map(inner).collect();
            write::folder(&self.root.join(folder), &files)?;
            rest.retain(|file| inner(file).is_none());
        }
        rest.sort_by_key(|file| (file.after.is_none(), file.before.is_some()));
        for file in rest {
            let path = self.root.join(&file.path);
            match &file.after {
                Some(bytes) => write::file(&path, bytes)?,
                None => {
                    std::fs::remove_file(&path).with_context(|| format!("cannot delete `{}`", file.path))?;
                }
            }
        }
        Ok(())
    }
}
