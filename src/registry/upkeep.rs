//! What the cache holds: how much of it, whether it is whole, and what can go.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Cache, git};
use crate::archive::Digest;

/// A file that is written beside its place is taken for left behind when it is older.
const LEFT_BEHIND: Duration = Duration::from_secs(60 * 60);

/// What a thing in the cache is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// An archive, a manifest, or a pack as a canonical tar: named by its digest.
    Blob,
    /// An index of a Helm repository.
    Index,
    /// What a host said: validators, tags, commits of branches.
    Note,
    /// A partial copy of a git repository.
    Git,
    /// Something that a killed process left behind.
    Leftover,
}

impl Held {
    /// One word, in the plural.
    pub fn word(self) -> &'static str {
        match self {
            Self::Blob => "blobs",
            Self::Index => "indexes",
            Self::Note => "notes",
            Self::Git => "git",
            Self::Leftover => "leftovers",
        }
    }
}

/// One thing in the cache.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub held: Held,
    /// File, or folder of a git repository.
    pub path: PathBuf,
    /// Its bytes.
    pub size: u64,
    /// When it was last used, within half a day.
    pub used: SystemTime,
}

impl Cache {
    /// Everything in it, sorted by kind and path. A cache that is not there holds nothing.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn items(&self) -> io::Result<Vec<Item>> {
        let mut items = Vec::new();
        for folder in entries(&self.folder().join("blobs/sha256"))? {
            for file in entries(&folder)? {
                add(&mut items, Held::Blob, file)?;
            }
        }
        for (held, folder) in [(Held::Index, "indexes"), (Held::Note, "notes")] {
            for file in entries(&self.folder().join(folder))? {
                add(&mut items, held, file)?;
            }
        }
        for folder in entries(&self.folder().join("git"))? {
            add(&mut items, Held::Git, folder)?;
        }
        items.sort_by(|a, b| (a.held, &a.path).cmp(&(b.held, &b.path)));
        Ok(items)
    }

    /// What nobody used for `age`, and what killed processes left behind; never the blobs in `keep`. Nothing is removed yet.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn idle(&self, age: Duration, keep: &BTreeSet<Digest>) -> io::Result<Vec<Item>> {
        let now = SystemTime::now();
        let old = |item: &Item, age: Duration| {
            age.is_zero() || now.duration_since(item.used).is_ok_and(|d| d >= age)
        };
        let kept =
            |item: &Item| item.held == Held::Blob && digest_of(&item.path).is_some_and(|d| keep.contains(&d));
        let idle = |item: &Item| match item.held {
            Held::Leftover => old(item, LEFT_BEHIND),
            _ => old(item, age) && !kept(item),
        };
        Ok(self.items()?.into_iter().filter(idle).collect())
    }

    /// Removes a thing; whether it was still there. Processes that use it either have it open or get it anew.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(&self, item: &Item) -> io::Result<bool> {
        let removed = match item.held {
            Held::Git => git::remove_copy(&item.path),
            _ => fs::remove_file(&item.path),
        };
        match removed {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether a blob is what its name says; `None` for things that are judged whenever they are read.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn is_whole(item: &Item) -> io::Result<Option<bool>> {
        if item.held != Held::Blob {
            return Ok(None);
        }
        let bytes = fs::read(&item.path)?;
        Ok(Some(digest_of(&item.path) == Some(Digest::of(&bytes))))
    }
}

fn digest_of(path: &Path) -> Option<Digest> {
    path.file_name()?.to_str()?.parse().ok()
}

fn add(items: &mut Vec<Item>, held: Held, path: PathBuf) -> io::Result<()> {
    // Another process may have taken it away by now.
    let data = match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        data => data?,
    };
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (held, size, used) = if data.is_dir() {
        let lock = fs::metadata(path.join(git::LOCK)).and_then(|data| data.modified());
        (held, folder_size(&path)?, lock.or_else(|_| data.modified())?)
    } else if name.starts_with(".tmp") {
        (Held::Leftover, data.len(), data.modified()?)
    } else {
        (held, data.len(), data.modified()?)
    };
    items.push(Item { held, path, size, used });
    Ok(())
}

fn folder_size(folder: &Path) -> io::Result<u64> {
    let mut size = 0;
    for path in entries(folder)? {
        size += match fs::symlink_metadata(&path) {
            Ok(data) if data.is_dir() => folder_size(&path)?,
            Ok(data) => data.len(),
            Err(_) => 0,
        };
    }
    Ok(size)
}

/// What stands in a folder, sorted; nothing where there is none.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let listed = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        listed => listed?,
    };
    let mut paths = listed.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_used_goes_and_what_is_wanted_stays() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        assert!(cache.items().unwrap().is_empty());
        let (old, wanted, young) = (cache.put(b"old"), cache.put(b"wanted"), cache.put(b"young"));
        cache.put_note("n", "", b"");
        let long_ago = SystemTime::now() - Duration::from_secs(90 * 24 * 60 * 60);
        for item in cache.items().unwrap() {
            if item.held == Held::Blob && digest_of(&item.path) != Some(young) {
                let file = fs::File::options().write(true).open(&item.path).unwrap();
                file.set_modified(long_ago).unwrap();
            }
        }
        fs::write(folder.path().join("notes/.tmpX"), "half").unwrap();
        let month = Duration::from_secs(30 * 24 * 60 * 60);
        let idle = cache.idle(month, &BTreeSet::from([wanted])).unwrap();
        assert_eq!(idle.iter().filter_map(|item| digest_of(&item.path)).collect::<Vec<_>>(), [old]);
        assert!(cache.remove(&idle[0]).unwrap() && !cache.remove(&idle[0]).unwrap());
        // Reading it is using it.
        assert!(cache.get(&wanted).is_some());
        assert!(cache.idle(month, &BTreeSet::new()).unwrap().is_empty());
        let all = cache.idle(Duration::ZERO, &BTreeSet::new()).unwrap();
        assert_eq!(
            all.iter().map(|item| item.held).collect::<Vec<_>>(),
            [Held::Blob, Held::Blob, Held::Note]
        );
    }

    #[test]
    fn a_damaged_blob_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        cache.put(b"x");
        let item = cache.items().unwrap().remove(0);
        assert_eq!(Cache::is_whole(&item).unwrap(), Some(true));
        fs::write(&item.path, "y").unwrap();
        assert_eq!(Cache::is_whole(&item).unwrap(), Some(false));
    }
}
