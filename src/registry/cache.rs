//! Bytes by their digest, and what hosts said: the user's cache.

use std::env;
use std::fs::{self, File, FileTimes};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use crate::archive::Digest;

/// The time of a file's last use is written down at most this often.
const USED: Duration = Duration::from_secs(12 * 60 * 60);

/// Files named by the sha256 of their bytes, below one folder; safe for any number of processes, because a file appears
/// whole (written beside, then renamed) and is compared with its name whenever it is read.
///
/// A cache is a convenience: where it cannot be read or written, what it would hold counts as missing, and
/// [`Cache::trouble`] tells why.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    trouble: Arc<OnceLock<String>>,
}

impl Cache {
    /// The cache below `folder`, which is made when something is put there.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), trouble: Arc::default() }
    }

    /// The user's cache: `EDGEWRIGHT_CACHE`, else `edgewright` below `XDG_CACHE_HOME` or `~/.cache`. Without any of
    /// them a folder beside the temporary files.
    pub fn of_user() -> Self {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = set("EDGEWRIGHT_CACHE")
            .or_else(|| set("XDG_CACHE_HOME").map(|folder| folder.join("edgewright")))
            .or_else(|| set("HOME").map(|home| home.join(".cache/edgewright")))
            .unwrap_or_else(|| env::temp_dir().join("edgewright-cache"));
        Self::at(folder)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The first thing that could not be read or written, in words.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.get().map(String::as_str)
    }

    /// Gives an error to whoever asks for [`Cache::trouble`] later.
    fn told<T>(&self, path: &Path, result: io::Result<T>) -> Option<T> {
        result
            .map_err(|error| {
                let why = format!("{}: {error}; EDGEWRIGHT_CACHE names another folder", path.display());
                // The first one says it.
                let _ = self.trouble.set(why);
            })
            .ok()
    }

    fn blob(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.folder.join("blobs/sha256").join(&name[..2]).join(name)
    }

    /// The bytes with this digest, if they are here. A damaged file is removed and counts as missing.
    pub fn get(&self, digest: &Digest) -> Option<Vec<u8>> {
        let path = self.blob(digest);
        let bytes = self.told(&path, read(&path))??;
        if Digest::of(&bytes) != *digest {
            // Another process may have removed or replaced it already.
            let _ = fs::remove_file(&path);
            return None;
        }
        used(&path);
        Some(bytes)
    }

    /// Keeps bytes under their digest.
    pub fn put(&self, bytes: &[u8]) -> Digest {
        let digest = Digest::of(bytes);
        let path = self.blob(&digest);
        if !path.exists() {
            self.told(&path, write(&path, bytes));
        }
        digest
    }

    /// A note under a name of its own (what a host said about an index): the first line and the rest, whose digest the
    /// first line begins with. Damage counts as missing.
    pub(super) fn note(&self, name: &str) -> Option<(String, Vec<u8>)> {
        let path = self.folder.join("notes").join(name);
        let mut bytes = self.told(&path, read(&path))??;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let body = bytes.split_off(end + 1);
        let (digest, head) = std::str::from_utf8(&bytes[..end]).ok()?.split_once(' ')?;
        let whole = Digest::of(&body).to_string() == digest;
        if whole {
            used(&path);
        }
        whole.then(|| (head.to_owned(), body))
    }

    /// Keeps a note; `head` is one line.
    pub(super) fn put_note(&self, name: &str, head: &str, body: &[u8]) {
        let first = format!("{} {}\n", Digest::of(body), head.replace('\n', " "));
        let path = self.folder.join("notes").join(name);
        self.told(&path, write(&path, &[first.as_bytes(), body].concat()));
    }

    /// Folder of indexes, whose names are the digests of the notes about them.
    pub(super) fn indexes(&self) -> PathBuf {
        self.folder.join("indexes")
    }

    /// The index that a note with this body is about.
    pub(super) fn open_index(&self, body: &[u8]) -> Option<File> {
        let path = self.indexes().join(Digest::of(body).to_string());
        let file = File::open(&path).ok()?;
        used(&path);
        Some(file)
    }

    /// Keeps an index and the note about it, and lets go of the index of an older note of that name.
    pub(super) fn put_index(
        &self,
        name: &str,
        head: &str,
        body: &[u8],
        keep: impl FnOnce(&Path) -> io::Result<()>,
    ) {
        let digest = Digest::of(body).to_string();
        let older = self.note(name).map(|(_, body)| Digest::of(&body).to_string());
        let path = self.indexes().join(&digest);
        if self.told(&path, keep(&path)).is_some() {
            self.put_note(name, head, body);
            if let Some(older) = older.filter(|older| *older != digest) {
                // Whoever reads it has it open.
                let _ = fs::remove_file(self.indexes().join(older));
            }
        }
    }
}

/// Writes down that a file was used, for whoever prunes. Not more than now and then, and not at all where that is not
/// allowed.
fn used(path: &Path) {
    let now = SystemTime::now();
    let old = |time: SystemTime| now.duration_since(time).is_ok_and(|age| age > USED);
    if fs::metadata(path).and_then(|data| data.modified()).is_ok_and(old)
        && let Ok(file) = File::options().write(true).open(path)
    {
        let _ = file.set_times(FileTimes::new().set_modified(now));
    }
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file that appears whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = temporary(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A file that is to appear in `folder`, readable for whom the umask lets read.
pub(super) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_read_back_and_damage_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("new"));
        assert!(cache.get(&Digest::of(b"x")).is_none());
        let digest = cache.put(b"x");
        cache.put(b"x");
        assert_eq!(cache.get(&digest).unwrap(), b"x");
        fs::write(cache.blob(&digest), b"y").unwrap();
        assert!(cache.get(&digest).is_none());
        assert!(!cache.blob(&digest).exists());
    }

    #[test]
    fn a_cache_that_cannot_be_written_is_only_told() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "x").unwrap();
        let cache = Cache::at(folder.path().join("file/below"));
        assert!(cache.trouble().is_none());
        let digest = cache.put(b"x");
        assert!(cache.get(&digest).is_none());
        let why = cache.clone().trouble().unwrap().to_owned();
        assert!(why.contains("file/below") && why.contains("EDGEWRIGHT_CACHE"), "{why}");
    }

    #[test]
    fn many_writers_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let bytes = vec![7; 100_000];
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let digest = cache.put(&bytes);
                    assert_eq!(cache.get(&digest).unwrap(), bytes);
                });
            }
        });
    }

    #[test]
    fn a_note_is_whole_or_missing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        cache.put_note("n", "a b", b"body\nmore");
        assert_eq!(cache.note("n").unwrap(), ("a b".to_owned(), b"body\nmore".to_vec()));
        fs::write(folder.path().join("notes/n"), "broken").unwrap();
        assert!(cache.note("n").is_none());
    }
}
