//! Writing into the repository: a whole folder or a whole file, or nothing.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// Writes a new folder with these files (relative paths with `/`): it is there with all of them, or not at all.
pub(super) fn folder(target: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    if target.symlink_metadata().is_ok() {
        bail!("`{}` is there already", target.display());
    }
    let parent = target.parent().context("a folder without a parent")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create `{}`", parent.display()))?;
    let draft = tempfile::Builder::new()
        .prefix(".edgewright-")
        .tempdir_in(parent)
        .with_context(|| format!("cannot write in `{}`", parent.display()))?;
    // A temporary folder is for its owner alone; one of a repository has the permissions of any other.
    let inner = draft.path().join("folder");
    fs::create_dir(&inner)?;
    for (path, bytes) in files {
        let file = inner.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, bytes).with_context(|| format!("cannot write `{path}`"))?;
    }
    fs::rename(&inner, target).with_context(|| format!("cannot create `{}`", target.display()))
}

/// Writes a file, new or in place of the old one, whose permissions it keeps: all of it, or nothing.
pub fn file(target: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> Result<()> {
        let parent = target.parent().context("a file without a folder")?;
        fs::create_dir_all(parent)?;
        let Ok(old) = target.metadata() else {
            // Created in the open, so that it gets the permissions of any new file.
            let draft = tempfile::Builder::new().prefix(".edgewright-").tempdir_in(parent)?;
            let path = draft.path().join("file");
            fs::write(&path, bytes)?;
            return Ok(fs::rename(&path, target)?);
        };
        let mut draft = tempfile::NamedTempFile::new_in(parent)?;
        draft.write_all(bytes)?;
        draft.as_file().set_permissions(old.permissions())?;
        draft.persist(target)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write `{}`", target.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_written_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("profiles/a");
        let files = [("profile.yaml".to_owned(), b"a".to_vec()), ("values/x.yaml".to_owned(), b"b".to_vec())];
        folder(&target, &files).unwrap();
        assert_eq!(fs::read(target.join("values/x.yaml")).unwrap(), b"b");
        assert!(folder(&target, &files).unwrap_err().to_string().contains("there already"));
        let bad = [("x".to_owned(), Vec::new()), ("x/y".to_owned(), Vec::new())];
        assert!(folder(&dir.path().join("profiles/b"), &bad).is_err());
        assert_eq!(fs::read_dir(dir.path().join("profiles")).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    #[cfg(unix)]
    fn a_file_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt as _;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        file(&path, b"1").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        file(&path, b"2").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"2");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
