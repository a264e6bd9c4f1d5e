//! Writes that survive a power cut: temporary file, fsync, rename, fsync of the folder.
//!
//! Whoever calls holds the lock of the state, so one fixed temporary name per file is enough, and what a crash leaves
//! behind is overwritten by the next write.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::error::{AgentError, at};

/// Mode of what nobody else may read.
pub(super) const PRIVATE: u32 = 0o600;

/// Replaces a file: after a crash it has the old or the new bytes, never a part.
pub(super) fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), AgentError> {
    let temporary = beside(path);
    write_new(&temporary, bytes, mode)?;
    fs::rename(&temporary, path).map_err(at(path))?;
    sync_folder(parent(path))
}

/// Writes a file that is not there yet (a leftover is removed, a link never followed) and syncs it, but not its folder.
pub(super) fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), AgentError> {
    remove(path)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(at(path))?;
    file.write_all(bytes)
        .and_then(|()| set_mode(&file, mode))
        .and_then(|()| file.sync_all())
        .map_err(at(path))
}

/// Points a link at `target` with one rename.
pub(super) fn point(link: &Path, target: &Path) -> Result<(), AgentError> {
    let temporary = beside(link);
    remove(&temporary)?;
    std::os::unix::fs::symlink(target, &temporary).map_err(at(&temporary))?;
    fs::rename(&temporary, link).map_err(at(link))?;
    sync_folder(parent(link))
}

/// Removes a file or link; one that is not there is fine.
pub(super) fn remove(path: &Path) -> Result<(), AgentError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// Removes a folder with all it holds; one that is not there is fine.
pub(super) fn remove_folder(path: &Path) -> Result<(), AgentError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// Reads a file; one that is not there is `None`.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, AgentError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path)(error)),
    }
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), AgentError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

/// Creates a folder and those above it.
pub(super) fn create_folder(folder: &Path, mode: u32) -> Result<(), AgentError> {
    fs::DirBuilder::new().recursive(true).mode(mode).create(folder).map_err(at(folder))
}

/// What a folder holds, sorted; one that is not there holds nothing.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, AgentError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(at(folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(at(folder))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

/// Mode regardless of the umask.
fn set_mode(file: &File, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A hidden name beside `path`, so that whoever watches the folder (k3s does) skips it.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    parent(path).join(format!(".{name}.new"))
}
