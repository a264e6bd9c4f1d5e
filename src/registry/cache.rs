//! Bytes by their digest: the user's cache, and the copies in the repository's `vendor/`.

use std::env;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::RegistryError;
use crate::archive::Digest;

/// Files named by the sha256 of their bytes, below one folder; safe for any number of processes, because a file appears
/// whole (written beside, then renamed) and is compared with its name whenever it is read.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache below `folder`, which is made when something is put there.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The user's cache: `EDGEWRIGHT_CACHE`, else `edgewright` below `XDG_CACHE_HOME` or `~/.cache`. Without any of
    /// them a folder beside the temporary files.
    pub fn of_user() -> Self {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = set("EDGEWRIGHT_CACHE")
            .or_else(|| set("XDG_CACHE_HOME").map(|folder| folder.join("edgewright")))
            .or_else(|| set("HOME").map(|home| home.join(".cache/edgewright")))
            .unwrap_or_else(|| env::temp_dir().join("edgewright-cache"));
        Self { folder }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn blob(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.folder.join("blobs/sha256").join(&name[..2]).join(name)
    }

    /// The bytes with this digest, if they are here. A damaged file is removed and counts as missing.
    pub fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, RegistryError> {
        let path = self.blob(digest);
        let Some(bytes) = read(&path)? else { return Ok(None) };
        if Digest::of(&bytes) != *digest {
            // Another process may have removed or replaced it already.
            let _ = fs::remove_file(&path);
            return Ok(None);
        }
        Ok(Some(bytes))
    }

    /// Keeps bytes under their digest.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, RegistryError> {
        let digest = Digest::of(bytes);
        let path = self.blob(&digest);
        if !path.exists() {
            write(&path, bytes)?;
        }
        Ok(digest)
    }

    /// A note under a name of its own (an index with what the host said about it): the first line and the rest, whose
    /// digest the first line ends with. Damage counts as missing.
    pub(super) fn note(&self, name: &str) -> Result<Option<(String, Vec<u8>)>, RegistryError> {
        let Some(bytes) = read(&self.folder.join("notes").join(name))? else { return Ok(None) };
        let whole = || {
            let end = bytes.iter().position(|byte| *byte == b'\n')?;
            let (digest, head) = std::str::from_utf8(&bytes[..end]).ok()?.split_once(' ')?;
            let body = bytes[end + 1..].to_vec();
            (Digest::of(&body).to_string() == digest).then(|| (head.to_owned(), body))
        };
        Ok(whole())
    }

    /// Keeps a note; `head` is one line.
    pub(super) fn put_note(&self, name: &str, head: &str, body: &[u8]) -> Result<(), RegistryError> {
        let first = format!("{} {}\n", Digest::of(body), head.replace('\n', " "));
        write(&self.folder.join("notes").join(name), &[first.as_bytes(), body].concat())
    }
}

/// The copy in `vendor/sha256/` of the repository, if there is one. A file that is not what its name says is an error:
/// it is committed, so somebody changed it.
pub(super) fn vendored(root: &Path, digest: &Digest) -> Result<Option<Vec<u8>>, RegistryError> {
    let path = root.join("vendor/sha256").join(digest.to_string());
    let Some(bytes) = read(&path)? else { return Ok(None) };
    let found = Digest::of(&bytes);
    if found != *digest {
        let url = format!("vendor/sha256/{digest}");
        return Err(RegistryError::Digest { url, expected: *digest, found, by: "its file name" });
    }
    Ok(Some(bytes))
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, RegistryError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(source) => Err(RegistryError::Cache { path: path.to_owned(), source }),
    }
}

/// Writes a file that appears whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), RegistryError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let work = || {
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    work().map_err(|source| RegistryError::Cache { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_read_back_and_damage_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("new"));
        assert!(cache.get(&Digest::of(b"x")).unwrap().is_none());
        let digest = cache.put(b"x").unwrap();
        cache.put(b"x").unwrap();
        assert_eq!(cache.get(&digest).unwrap().unwrap(), b"x");
        fs::write(cache.blob(&digest), b"y").unwrap();
        assert!(cache.get(&digest).unwrap().is_none());
        assert!(!cache.blob(&digest).exists());
    }

    #[test]
    fn many_writers_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let bytes = vec![7; 100_000];
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let digest = cache.put(&bytes).unwrap();
                    assert_eq!(cache.get(&digest).unwrap().unwrap(), bytes);
                });
            }
        });
    }

    #[test]
    fn a_note_is_whole_or_missing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        cache.put_note("n", "a b", b"body\nmore").unwrap();
        assert_eq!(cache.note("n").unwrap().unwrap(), ("a b".to_owned(), b"body\nmore".to_vec()));
        fs::write(folder.path().join("notes/n"), "broken").unwrap();
        assert!(cache.note("n").unwrap().is_none());
    }

    #[test]
    fn a_changed_vendored_copy_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let digest = Digest::of(b"x");
        assert!(vendored(root.path(), &digest).unwrap().is_none());
        let path = root.path().join("vendor/sha256").join(digest.to_string());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, b"x").unwrap();
        assert_eq!(vendored(root.path(), &digest).unwrap().unwrap(), b"x");
        fs::write(&path, b"y").unwrap();
        assert!(matches!(vendored(root.path(), &digest), Err(RegistryError::Digest { .. })));
    }
}
