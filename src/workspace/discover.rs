//! Which files of the repository are ours: `edgewright.yaml`, profiles, channels, appliances.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::source::Overlay;

/// Name of the workspace file.
pub const CONFIG_FILE: &str = "edgewright.yaml";

/// What a discovered file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// `edgewright.yaml`.
    Config,
    /// `profiles/**/profile.yaml`.
    Profile,
    /// `profiles/**/channels.yaml`.
    Channels,
    /// `appliances/**/*.yaml`: appliances and groups, several documents.
    Appliances,
}

/// A file that discovery found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Relative to the workspace, with `/`.
    pub(super) path: String,
    /// Where it lies.
    pub(super) absolute: PathBuf,
    /// What it holds.
    pub(super) kind: FileKind,
}

/// The nearest folder with `edgewright.yaml`: `start` itself or one above it.
pub(super) fn find_root(start: &Path) -> Option<&Path> {
    start.ancestors().find(|folder| folder.join(CONFIG_FILE).is_file())
}

/// What a path below the workspace holds, as discovery sees it; `None` for everything else.
pub fn kind_of(path: &str) -> Option<FileKind> {
    let name = path.rsplit('/').next()?;
    match path.split_once('/') {
        None => (path == CONFIG_FILE).then_some(FileKind::Config),
        Some(("profiles", _)) if name == "profile.yaml" => Some(FileKind::Profile),
        Some(("profiles", _)) if name == "channels.yaml" => Some(FileKind::Channels),
        Some(("appliances", _)) => {
            let yaml = [".yaml", ".yml"].iter().any(|ending| name.ends_with(ending));
            yaml.then_some(FileKind::Appliances)
        }
        Some(_) => None,
    }
}

/// What a walk through the repository found, each sorted by path.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Files of ours.
    pub(super) found: Vec<Found>,
    /// Every other file below `profiles/`.
    pub(super) beside: Vec<String>,
    /// Entries that could not be read, with the reason.
    pub(super) failed: Vec<(String, String)>,
}

/// All files of ours below `root` or standing in `overlay`, sorted by path, and the entries that could not be read (with the
/// reason).
///
/// `.gitignore` files of the workspace count, those of the machine and the user do not: everybody sees the same files.
/// Symbolic links are not followed.
pub(super) fn walk(root: &Path, overlay: &Overlay) -> Walk {
    let walked = Mutex::new(Walk::default());
    // Ten thousand folders are mostly waiting for the system: each core lists its share.
    WalkBuilder::new(root)
        .standard_filters(false)
        .git_ignore(true)
        .require_git(false)
        .filter_entry(|entry| {
            let name = entry.file_name();
            match entry.depth() {
                0 => true,
                1 => ["profiles", "appliances", CONFIG_FILE].iter().any(|ours| name == *ours),
                _ => name != ".git",
            }
        })
        .build_parallel()
        .run(|| {
            Box::new(|entry| {
                see(root, entry, &walked);
                WalkState::Continue
            })
        });
    let walked = walked.into_inner().unwrap_or_else(PoisonError::into_inner);
    let Walk { mut found, mut beside, mut failed } = walked;
    for (path, _) in overlay.below(root) {
        let absolute = root.join(&path);
        match kind_of(&path) {
            _ if absolute.exists() => {}
            Some(kind) => found.push(Found { path, absolute, kind }),
            None if path.starts_with("profiles/") => beside.push(path),
            None => {}
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    beside.sort_unstable();
    failed.sort_unstable();
    Walk { found, beside, failed }
}

/// Sorts one entry in.
fn see(root: &Path, entry: Result<DirEntry, ignore::Error>, walked: &Mutex<Walk>) {
    let walked = || walked.lock().unwrap_or_else(PoisonError::into_inner);
    match entry {
        Ok(entry) if entry.file_type().is_some_and(|t| t.is_file()) => {
            let path = shown(root, entry.path());
            if let Some(kind) = kind_of(&path) {
                let absolute = entry.into_path();
                walked().found.push(Found { path, absolute, kind });
            } else if path.starts_with("profiles/") {
                walked().beside.push(path);
            }
        }
        Ok(entry) if entry.path_is_symlink() => {
            let path = shown(root, entry.path());
            if kind_of(&path).is_some() || entry.path().is_dir() {
                let why = "a symbolic link is not followed: put the files themselves here";
                walked().failed.push((path, why.to_owned()));
            }
        }
        Ok(_) => {}
        Err(error) => walked().failed.push((shown_of(root, &error), error.to_string())),
    }
}

/// A path below the workspace as people are shown it: relative, with `/`.
pub(super) fn shown(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn shown_of(root: &Path, error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithPath { path, .. } => shown(root, path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            shown_of(root, err)
        }
        _ => ".".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_files_and_other_folders_are_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        for path in [
            "edgewright.yaml",
            "profiles/a/profile.yaml",
            "profiles/a/values/profile.yml",
            "profiles/a/channels.yaml",
            "profiles/generated/profile.yaml",
            "profiles/.git/profile.yaml",
            "appliances/east/stores.yaml",
            "appliances/README.md",
            "target/profiles/x/profile.yaml",
            "edgewright/edgewright.yaml",
        ] {
            let file = root.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        std::fs::write(root.join(".gitignore"), "generated\n").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(root.join("target/profiles"), root.join("profiles/link")).unwrap();
        let Walk { found, failed, .. } = walk(root, &Overlay::default());
        let paths: Vec<_> = found.iter().map(|f| f.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "appliances/east/stores.yaml",
                "edgewright.yaml",
                "profiles/a/channels.yaml",
                "profiles/a/profile.yaml"
            ]
        );
        #[cfg(unix)]
        assert_eq!(failed.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["profiles/link"]);
        assert_eq!(find_root(&root.join("profiles/a")), Some(root));
    }
}
