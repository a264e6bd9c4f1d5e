//! Reading a published tree, wherever it lies.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::verify::Report;
use crate::transport::{Address, Client, Request, Response, TransportError, join};
use crate::trust::FetchError;

/// Gives a file of a published tree: its path and the most bytes that are wanted (one more may come). `None`: not there.
pub type Source<'a> = dyn Fn(&str, u64) -> Result<Option<Vec<u8>>, FetchError> + Sync + 'a;

/// Opens a published tree: a folder, or an address.
pub fn open(location: &str) -> Result<Box<Source<'static>>, TransportError> {
    let base = match Address::parse(location)? {
        Address::Path(folder) => return Ok(Box::new(move |path, max| read_file(&folder, path, max))),
        Address::Url(url) => url.to_string(),
    };
    let client = Client::default();
    Ok(Box::new(move |path, max| {
        let path = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        let answer = join(&base, &format!("./{path}"))
            .and_then(|address| client.get(&address, &Request::whole(max)))
            .and_then(Response::bytes);
        match answer {
            Ok(bytes) => Ok(Some(bytes)),
            // Stores of objects answer 403 for what is not there.
            Err(TransportError::Status { code: 403, .. }) => Ok(None),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }))
}

/// Files of a folder that nothing signed speaks of, and that are no earlier state of the signed part either.
pub fn unvouched(folder: &Path, report: &Report) -> std::io::Result<Vec<String>> {
    let all = list(folder)?;
    Ok(all.into_keys().filter(|path| !is_bundle(path) && !report.reached.contains(path)).collect())
}

/// Reads a file of a folder. Only regular files are read, and no link is followed: the folder may be a stick that somebody found.
pub fn read_file(folder: &Path, path: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
    let full = folder.join(path);
    let metadata = match fs::symlink_metadata(&full) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !metadata.is_file() {
        return Err("it is no regular file".into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(max)).unwrap_or_default());
    fs::File::open(&full)?.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Paths (with `/`) and sizes of all regular files below a folder; empty where there is none.
pub(super) fn list(folder: &Path) -> std::io::Result<BTreeMap<String, u64>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![(PathBuf::new(), String::new())];
    while let Some((relative, prefix)) = waiting.pop() {
        let entries = match fs::read_dir(folder.join(&relative)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let path = format!("{prefix}{}", name.to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                waiting.push((relative.join(&name), format!("{path}/")));
            } else if kind.is_file() {
                files.insert(path, entry.metadata()?.len());
            }
        }
    }
    Ok(files)
}

/// Whether a file belongs to the signed part of the tree: named by digest or version, never changed (but `timestamp.json`).
pub(super) fn is_bundle(path: &str) -> bool {
    ["metadata/", "targets/", "blobs/", "deltas/"].iter().any(|folder| path.starts_with(folder))
}
