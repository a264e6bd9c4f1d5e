//! Bringing a folder into the state of a rendered catalog.
//!
//! Nothing is deleted and written anew: a file is written where its bytes differ, and what an earlier catalog wrote and
//! this one does not have goes last. Other files of the folder stay, whatever they are.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Deserialize;

use super::CatalogError;
use crate::archive::Files;

/// The list of everything that a catalog wrote: what a later one may remove.
pub(super) const LIST: &str = "api/v1/files.json";

/// What writing a catalog did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were new or differed.
    pub written: usize,
    /// Files that were as they should be.
    pub unchanged: usize,
    /// Files of an earlier catalog that are gone now.
    pub removed: usize,
}

#[derive(Deserialize)]
struct List {
    files: BTreeSet<String>,
}

/// Writes `files` below `dir` (which is created): only what differs, each by rename; then removes what an earlier
/// catalog left there.
pub fn write(dir: &Path, files: &Files) -> Result<Written, CatalogError> {
    let earlier = earlier(dir);
    let folders: BTreeSet<PathBuf> =
        files.iter().filter_map(|(path, _)| dir.join(path).parent().map(Path::to_owned)).collect();
    for folder in &folders {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    let all: Vec<(&str, &[u8])> = files.iter().map(|(path, file)| (path, &*file.bytes)).collect();
    let (list, pages): (Vec<_>, Vec<_>) = all.into_iter().partition(|(path, _)| *path == LIST);
    let differed: Vec<bool> =
        pages.par_iter().map(|(path, bytes)| replace(&dir.join(path), bytes)).collect::<Result<_, _>>()?;
    let mut done = Written::default();
    for differed in differed {
        *(if differed { &mut done.written } else { &mut done.unchanged }) += 1;
    }
    for path in earlier.iter().filter(|path| !files.contains(path)) {
        let full = dir.join(path);
        match fs::remove_file(&full) {
            Ok(()) => done.removed += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(&full)(error)),
        }
        // Folders that became empty go too; one that holds anything refuses.
        let mut folder = full.parent();
        while let Some(empty) = folder.filter(|f| *f != dir && fs::remove_dir(f).is_ok()) {
            folder = empty.parent();
        }
    }
    // The list comes last: until then the earlier one still names what may have to go.
    for (path, bytes) in list {
        let differed = replace(&dir.join(path), bytes)?;
        *(if differed { &mut done.written } else { &mut done.unchanged }) += 1;
    }
    Ok(done)
}

/// Paths that an earlier catalog wrote; none where its list is missing or damaged.
fn earlier(dir: &Path) -> BTreeSet<String> {
    let Ok(text) = fs::read_to_string(dir.join(LIST)) else { return BTreeSet::new() };
    let Ok(list) = serde_json::from_str::<List>(&text) else { return BTreeSet::new() };
    // The list lies in a folder that others may write: it may not name anything outside.
    let inside = |path: &String| {
        !path.contains('\\') && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
    };
    list.files.into_iter().filter(inside).collect()
}

/// Writes one file unless it already has these bytes; whether it was written.
fn replace(path: &Path, bytes: &[u8]) -> Result<bool, CatalogError> {
    if let Ok(meta) = fs::metadata(path)
        && meta.len() == bytes.len() as u64
        && fs::read(path).is_ok_and(|old| old == bytes)
    {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let temp = || -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".edgewright-").tempfile_in(folder)?;
        file.write_all(bytes)?;
        set_mode(file.as_file())?;
        file.persist(path)?;
        Ok(())
    };
    temp().map_err(at(path))?;
    Ok(true)
}

/// Readable for a web server that runs as somebody else: temporary files start as 0600.
#[cfg(unix)]
fn set_mode(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_mode(_file: &fs::File) -> io::Result<()> {
    Ok(())
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> CatalogError + '_ {
    move |source| CatalogError::Io { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> Files {
        let mut files = Files::new();
        for (path, text) in list {
            files.insert(*path, text.as_bytes());
        }
        let names: Vec<_> = list.iter().map(|(path, _)| format!("\"{path}\"")).collect();
        files.insert(LIST, format!("{{\"files\":[{}]}}", names.join(",")).into_bytes());
        files
    }

    #[test]
    fn only_what_differs_is_written_and_only_our_own_files_go() {
        let dir = tempfile::tempdir().unwrap();
        let first = files(&[("a/index.html", "1"), ("b/index.html", "2")]);
        assert_eq!(write(dir.path(), &first).unwrap(), Written { written: 3, unchanged: 0, removed: 0 });
        assert_eq!(write(dir.path(), &first).unwrap(), Written { written: 0, unchanged: 3, removed: 0 });
        fs::write(dir.path().join("kept.txt"), "mine").unwrap();
        let second = files(&[("a/index.html", "1")]);
        assert_eq!(write(dir.path(), &second).unwrap(), Written { written: 1, unchanged: 1, removed: 1 });
        assert!(dir.path().join("kept.txt").exists());
        assert!(!dir.path().join("b").exists());
    }

    #[test]
    fn a_forged_list_removes_nothing_outside() {
        let dir = tempfile::tempdir().unwrap();
        let site = dir.path().join("site");
        fs::create_dir_all(site.join("api/v1")).unwrap();
        fs::write(dir.path().join("victim"), "x").unwrap();
        fs::write(site.join(LIST), r#"{"files":["../victim","/etc/passwd","a//b"]}"#).unwrap();
        assert_eq!(write(&site, &files(&[])).unwrap().removed, 0);
        assert!(dir.path().join("victim").exists());
    }
}
