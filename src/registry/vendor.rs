//! Copies in the repository: `vendor/sha256/<digest>`, for machines without cache and network.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::RegistryError;
use super::cache::write;
use crate::archive::Digest;

/// Folder of the copies, relative to the workspace.
pub const VENDOR: &str = "vendor/sha256";

/// Who promises the bytes of a copy.
pub const FILE_NAME: &str = "its file name";

/// The path of a copy, relative to the workspace.
pub fn vendored_path(digest: &Digest) -> String {
    format!("{VENDOR}/{digest}")
}

/// The copy of these bytes in the repository at `root`, if there is one. A file that is not what its name says is an error:
/// it is committed, so somebody changed it.
pub(super) fn vendored(root: &Path, digest: &Digest) -> Result<Option<Vec<u8>>, RegistryError> {
    let shown = vendored_path(digest);
    let path = root.join(&shown);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(source) => return Err(RegistryError::Vendor { path, source }),
    };
    let found = Digest::of(&bytes);
    if found != *digest {
        return Err(RegistryError::Digest { url: shown, expected: *digest, found, by: FILE_NAME });
    }
    Ok(Some(bytes))
}

/// Writes a copy, whole or not at all; whether it was not there yet. One that is there and is something else is an error.
pub fn vendor(root: &Path, digest: &Digest, bytes: &[u8]) -> Result<bool, RegistryError> {
    if vendored(root, digest)?.is_some() {
        return Ok(false);
    }
    let path = root.join(vendored_path(digest));
    write(&path, bytes).map_err(|source| RegistryError::Vendor { path, source })?;
    Ok(true)
}

/// The files among the copies, sorted: with their digests where their names are digests.
///
/// # Errors
/// The folder cannot be read.
pub fn all_vendored(root: &Path) -> io::Result<Vec<(PathBuf, Option<Digest>)>> {
    let listed = match fs::read_dir(root.join(VENDOR)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed?,
    };
    let mut files = Vec::new();
    for entry in listed {
        let entry = entry?;
        let digest = entry.file_name().to_str().and_then(|name| name.parse().ok());
        files.push((entry.path(), digest));
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_vendored_copy_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let digest = Digest::of(b"x");
        assert!(vendored(root.path(), &digest).unwrap().is_none());
        assert!(vendor(root.path(), &digest, b"x").unwrap());
        assert!(!vendor(root.path(), &digest, b"x").unwrap());
        assert_eq!(vendored(root.path(), &digest).unwrap().unwrap(), b"x");
        let (path, named) = all_vendored(root.path()).unwrap().remove(0);
        assert_eq!(named, Some(digest));
        fs::write(path, b"y").unwrap();
        for error in [vendored(root.path(), &digest).err(), vendor(root.path(), &digest, b"x").err()] {
            assert!(error.unwrap().to_string().starts_with(&format!("vendor/sha256/{digest} has changed")));
        }
    }
}
