//! A tree in the making: everything is written beside the output first, and moved into place when all of it is good.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tempfile::TempDir;

use super::ReleaseError;
use super::published::{is_bundle, list, read_file};
use crate::trust::FetchError;

/// What publishing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were new or differed.
    pub written: usize,
    /// Files that were as they should be.
    pub unchanged: usize,
    /// Files that no longer belong to the tree.
    pub removed: usize,
    /// Bytes written.
    pub bytes: u64,
}

/// A tree in the making.
pub(super) struct Stage {
    output: PathBuf,
    folder: TempDir,
    staged: BTreeSet<String>,
    unchanged: BTreeSet<String>,
    bytes: u64,
}

impl Stage {
    /// Begins a tree that will be `output`. The folder beside it is gone when the stage is.
    pub(super) fn new(output: &Path) -> Result<Self, ReleaseError> {
        let parent = match output.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let folder = fs::create_dir_all(parent)
            .and_then(|()| tempfile::Builder::new().prefix(".edgewright-").tempdir_in(parent))
            .map_err(|source| ReleaseError::Io { path: parent.to_owned(), source })?;
        Ok(Self {
            output: output.to_owned(),
            folder,
            staged: BTreeSet::new(),
            unchanged: BTreeSet::new(),
            bytes: 0,
        })
    }

    /// Adds files; those that the output has already are left alone.
    pub(super) fn put_all<B: AsRef<[u8]> + Sync>(
        &mut self,
        files: &[(String, B)],
    ) -> Result<(), ReleaseError> {
        let folders: BTreeSet<&str> =
            files.iter().filter_map(|(path, _)| path.rsplit_once('/')).map(|(folder, _)| folder).collect();
        for folder in folders {
            let full = self.folder.path().join(folder);
            fs::create_dir_all(&full).map_err(|source| ReleaseError::Io { path: full, source })?;
        }
        let differed: Vec<bool> = files
            .par_iter()
            .map(|(path, bytes)| {
                let bytes = bytes.as_ref();
                if same(&self.output.join(path), bytes) {
                    return Ok(false);
                }
                let full = self.folder.path().join(path);
                write(&full, bytes).map_err(|source| ReleaseError::Io { path: full, source })?;
                Ok(true)
            })
            .collect::<Result<_, ReleaseError>>()?;
        for ((path, bytes), differed) in files.iter().zip(differed) {
            if differed {
                self.bytes += bytes.as_ref().len() as u64;
                self.staged.insert(path.clone());
            } else {
                self.unchanged.insert(path.clone());
            }
        }
        Ok(())
    }

    /// Whether the tree has a file with this path, staged or in the output.
    pub(super) fn has(&self, path: &str) -> bool {
        self.staged.contains(path) || self.unchanged.contains(path) || self.output.join(path).is_file()
    }

    /// Reads a file as it will be.
    pub(super) fn get(&self, path: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let folder = if self.staged.contains(path) { self.folder.path() } else { &self.output };
        read_file(folder, path, max)
    }

    /// Moves everything into place: what is referred to before what refers to it, `timestamp.json` last; then removes the files
    /// of `earlier` (of the catalog before) that this tree does not have.
    pub(super) fn publish(self, earlier: &BTreeSet<String>) -> Result<Written, ReleaseError> {
        let mut order: Vec<&String> = self.staged.iter().collect();
        order.sort_by_key(|path| (place_in_order(path), *path));
        for path in order {
            let target = self.output.join(path);
            let moved = match target.parent() {
                Some(parent) => fs::create_dir_all(parent),
                None => Ok(()),
            };
            moved
                .and_then(|()| fs::rename(self.folder.path().join(path), &target))
                .map_err(|source| ReleaseError::Io { path: target, source })?;
        }
        let mut removed = 0;
        for path in earlier.iter().filter(|path| !is_bundle(path)) {
            if self.staged.contains(path) || self.unchanged.contains(path) {
                continue;
            }
            let target = self.output.join(path);
            match fs::remove_file(&target) {
                Ok(()) => removed += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(ReleaseError::Io { path: target, source }),
            }
            // Folders that became empty go too; one that holds anything refuses.
            let mut folder = target.parent();
            while let Some(empty) = folder.filter(|f| *f != self.output && fs::remove_dir(f).is_ok()) {
                folder = empty.parent();
            }
        }
        Ok(Written {
            written: self.staged.len(),
            unchanged: self.unchanged.len(),
            removed,
            bytes: self.bytes,
        })
    }
}

/// Whether a folder may become (or is) a published tree.
pub(super) fn check_output(output: &Path) -> Result<(), ReleaseError> {
    if output.join("metadata/timestamp.json").is_file() {
        return Ok(());
    }
    match fs::symlink_metadata(output) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(metadata) if !metadata.is_dir() && !output.is_dir() => {
            return Err(ReleaseError::Usage(format!("{} is no folder", output.display())));
        }
        _ => {}
    }
    let files = list(output).map_err(|source| ReleaseError::Io { path: output.to_owned(), source })?;
    // What an interrupted first release left behind may be taken up.
    match files.keys().find(|path| !is_bundle(path)) {
        None => Ok(()),
        Some(stranger) => Err(ReleaseError::Usage(format!(
            "{} holds other files ({stranger}) and no published tree; choose a folder that is empty or does not exist",
            output.display()
        ))),
    }
}

fn place_in_order(path: &str) -> u8 {
    match path {
        "metadata/timestamp.json" => 6,
        _ if path.starts_with("metadata/") => 5,
        _ if path.starts_with("targets/") => 1,
        _ if is_bundle(path) => 0,
        // Pages after what they load, the front page last.
        _ if path == "index.html" => 4,
        _ => 2 + u8::from(path.rsplit_once('.').is_some_and(|(_, end)| end == "html")),
    }
}

fn same(path: &Path, bytes: &[u8]) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() == bytes.len() as u64)
        && fs::read(path).is_ok_and(|found| found == bytes)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    file.write_all(bytes)?;
    readable(&file)
}

/// Readable for a web server that runs as somebody else, whatever the umask.
#[cfg(unix)]
fn readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_file: &fs::File) -> io::Result<()> {
    Ok(())
}
