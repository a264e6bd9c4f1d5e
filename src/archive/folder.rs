//! Reading a folder as files.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::error::{ArchiveError, Fault};
use super::files::{File, Files};
use super::path;
use super::read::Limits;

/// The regular files below a folder. Symbolic links and special files are errors, so that no folder can reach outside of
/// itself; `.git` is skipped.
pub fn read_dir(root: &Path, limits: &Limits) -> Result<Files, ArchiveError> {
    let mut files = Files::new();
    let mut walk = Walk { limits, entries: 0, total: 0 };
    walk.folder(root, "", &mut files)?;
    Ok(files)
}

struct Walk<'a> {
    limits: &'a Limits,
    entries: usize,
    total: u64,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, prefix: &str, files: &mut Files) -> Result<(), ArchiveError> {
        let io = |source| ArchiveError::Io { path: folder.to_owned(), source };
        for entry in fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let (file_name, full) = (entry.file_name(), entry.path());
            if file_name == ".git" {
                continue;
            }
            self.entries += 1;
            if self.entries > self.limits.entries {
                return Err(ArchiveError::TooLarge { limit: self.limits.entries as u64, unit: "entries" });
            }
            let Some(text) = file_name.to_str() else {
                return Err(ArchiveError::entry(format!("{prefix}{}", file_name.display()), Fault::NotUtf8));
            };
            let name = format!("{prefix}{text}");
            path::clean(name.as_bytes(), self.limits.path_bytes)?;
            let kind = entry.file_type().map_err(io)?;
            if kind.is_dir() {
                self.folder(&full, &format!("{name}/"), files)?;
            } else if kind.is_file() {
                let file = self.file(&full, &name)?;
                files.insert_file(name, file);
            } else {
                return Err(ArchiveError::entry(
                    name,
                    if kind.is_symlink() { Fault::Link } else { Fault::Device },
                ));
            }
        }
        Ok(())
    }

    fn file(&mut self, full: &Path, name: &str) -> Result<File, ArchiveError> {
        let io = |source| ArchiveError::Io { path: full.to_owned(), source };
        let mut opened = fs::File::open(full).map_err(io)?;
        let metadata = opened.metadata().map_err(io)?;
        let limit = self.limits.file_bytes;
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(limit)).unwrap_or_default());
        // The file may grow while it is read.
        opened.by_ref().take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(io)?;
        if bytes.len() as u64 > limit {
            return Err(ArchiveError::entry(name, Fault::FileTooLarge(limit)));
        }
        self.total += bytes.len() as u64;
        if self.total > self.limits.total_bytes {
            return Err(ArchiveError::TooLarge { limit: self.limits.total_bytes, unit: "bytes" });
        }
        Ok(File { bytes: bytes.into(), executable: executable(&metadata) })
    }
}

#[cfg(unix)]
fn executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn executable(_metadata: &fs::Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_its_regular_files_without_git() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("charts/.git")).unwrap();
        fs::create_dir_all(at(".git")).unwrap();
        fs::write(at(".git/config"), "x").unwrap();
        fs::write(at("pack.json"), "{}").unwrap();
        fs::write(at("charts/x.tgz"), "x").unwrap();
        let files = read_dir(folder.path(), &Limits::default()).unwrap();
        assert_eq!(files.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["charts/x.tgz", "pack.json"]);

        std::os::unix::fs::symlink("/etc/passwd", at("charts/link")).unwrap();
        let error = read_dir(folder.path(), &Limits::default()).unwrap_err();
        assert!(matches!(error, ArchiveError::Entry { fault: Fault::Link, .. }), "{error}");
        assert!(error.to_string().contains("charts/link"));
        assert!(matches!(read_dir(&at("none"), &Limits::default()), Err(ArchiveError::Io { .. })));
    }
}
