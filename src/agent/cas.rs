//! Bytes by digest: what was fetched, verified on the way in and again on the way out.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::durable;
use super::error::{AgentError, at};
use super::state::State;
use crate::archive::Digest;

/// Path of stored bytes.
pub(super) fn path(state: &State, digest: Digest) -> PathBuf {
    let hex = digest.to_string();
    state.at(&format!("cas/sha256/{}/{hex}", &hex[..2]))
}

/// Path of bytes that are still being fetched. Its name is its digest and its size is signed, so it needs no notes beside it.
pub(super) fn part(state: &State, digest: Digest) -> PathBuf {
    state.at(&format!("cas/part/{digest}"))
}

/// Whether bytes of that size are there, without reading them.
pub(super) fn has(state: &State, digest: Digest, size: u64) -> bool {
    fs::symlink_metadata(path(state, digest)).is_ok_and(|found| found.is_file() && found.len() == size)
}

/// Stored bytes, if they are there and still what their name says; otherwise they are removed, to be fetched anew.
pub(super) fn read(state: &State, digest: Digest) -> Result<Option<Vec<u8>>, AgentError> {
    let path = path(state, digest);
    let Some(bytes) = durable::read(&path)? else { return Ok(None) };
    if Digest::of(&bytes) == digest {
        return Ok(Some(bytes));
    }
    durable::remove(&path)?;
    Ok(None)
}

/// Stores bytes that were compared with `digest` already.
pub(super) fn put(state: &State, digest: Digest, bytes: &[u8]) -> Result<(), AgentError> {
    let path = path(state, digest);
    create_shelf(&path)?;
    durable::write(&path, bytes, durable::PRIVATE)
}

/// Takes a finished, verified and synced part into the store.
pub(super) fn adopt(state: &State, digest: Digest) -> Result<(), AgentError> {
    let path = path(state, digest);
    create_shelf(&path)?;
    fs::rename(part(state, digest), &path).map_err(at(&path))?;
    durable::sync_folder(path.parent().unwrap_or(state.root()))
}

fn create_shelf(path: &std::path::Path) -> Result<(), AgentError> {
    path.parent().map_or(Ok(()), |shelf| durable::create_folder(shelf, 0o700))
}

/// Removes everything but `keep`; gives the number of bytes that were freed.
pub(super) fn collect(state: &State, keep: &BTreeSet<Digest>) -> Result<u64, AgentError> {
    let mut freed = 0;
    let mut folders = vec![state.at("cas/part")];
    let shelves = state.at("cas/sha256");
    folders.extend(durable::names(&shelves)?.iter().map(|name| shelves.join(name)));
    for folder in folders {
        for name in durable::names(&folder)? {
            if name.parse().is_ok_and(|digest: Digest| keep.contains(&digest)) {
                continue;
            }
            let path = folder.join(name);
            freed += fs::symlink_metadata(&path).map_or(0, |found| found.len());
            durable::remove(&path)?;
        }
    }
    Ok(freed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_bytes_are_not_given_out() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        let digest = Digest::of(b"content");
        put(&state, digest, b"content").unwrap();
        assert!(has(&state, digest, 7));
        assert_eq!(read(&state, digest).unwrap().unwrap(), b"content");
        fs::write(path(&state, digest), b"Content").unwrap();
        assert_eq!(read(&state, digest).unwrap(), None);
        assert!(!has(&state, digest, 7));
    }

    #[test]
    fn what_nothing_refers_to_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        put(&state, a, b"a").unwrap();
        put(&state, b, b"b").unwrap();
        fs::write(part(&state, Digest::of(b"c")), b"half").unwrap();
        assert_eq!(collect(&state, &[a].into()).unwrap(), 5);
        assert!(has(&state, a, 1) && !has(&state, b, 1));
    }
}
