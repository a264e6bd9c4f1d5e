//! Files beside a profile: values, manifests, README. A path in a profile never leads out of its folder.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::model::Profile;
use crate::source::{Overlay, SourceFile};

/// Bytes that a text file of the repository may have.
pub const MAX_TEXT: u64 = 32 << 20;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is none.
    #[error("`{0}` does not exist")]
    Missing(String),
    /// The path is absolute, leads upwards, or goes through a symbolic link.
    #[error("`{0}` is no path below the folder of the profile")]
    Outside(String),
    /// It is a folder, a device, ….
    #[error("`{0}` is not a regular file")]
    NotAFile(String),
    /// It is no text.
    #[error("`{0}` is not UTF-8 text")]
    NotText(String),
    /// It is too large.
    #[error("`{0}` is larger than {limit} MiB", limit = MAX_TEXT >> 20)]
    TooLarge(String),
    /// The system refused.
    #[error("`{0}`: {1}")]
    Io(String, std::io::Error),
}

impl Profile {
    /// Path that people are shown for a file beside the profile.
    pub fn shown(&self, relative: &str) -> String {
        match self.file.path().rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{relative}"),
            None => relative.to_owned(),
        }
    }

    /// Reads a text file that the profile names, relative to its folder.
    pub fn read(&self, relative: &str) -> Result<Arc<SourceFile>, FileError> {
        let text = match below(&self.dir, relative) {
            Ok(path) => read_text(&self.overlay, &path, relative)?,
            // Written in the editor, not yet on the disk.
            Err(FileError::Missing(missing)) => match self.overlay.text(&self.dir.join(relative)) {
                Some(text) => text.to_owned(),
                None => return Err(FileError::Missing(missing)),
            },
            Err(other) => return Err(other),
        };
        Ok(SourceFile::new(self.shown(relative), text))
    }
}

/// `folder/relative`, unless that leaves the folder: by its spelling, or through a symbolic link on the way.
pub fn below(folder: &Path, relative: &str) -> Result<PathBuf, FileError> {
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0']);
    if !relative.split('/').all(plain) || Path::new(relative).is_absolute() {
        return Err(FileError::Outside(relative.to_owned()));
    }
    let mut path = folder.to_path_buf();
    for part in relative.split('/') {
        path.push(part);
        match path.symlink_metadata() {
            Ok(meta) if meta.is_symlink() => return Err(FileError::Outside(relative.to_owned())),
            Ok(_) => {}
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Err(FileError::Missing(relative.to_owned()));
            }
            Err(e) => return Err(FileError::Io(relative.to_owned(), e)),
        }
    }
    Ok(path)
}

/// The text of a regular file or what stands in for it, shown as `shown` in errors; a byte order mark is taken off by the
/// YAML parser.
pub fn read_text(overlay: &Overlay, path: &Path, shown: &str) -> Result<String, FileError> {
    if let Some(text) = overlay.text(path) {
        return Ok(text.to_owned());
    }
    let io = |e: std::io::Error| match e.kind() {
        ErrorKind::NotFound => FileError::Missing(shown.to_owned()),
        _ => FileError::Io(shown.to_owned(), e),
    };
    let meta = path.metadata().map_err(io)?;
    if !meta.is_file() {
        return Err(FileError::NotAFile(shown.to_owned()));
    }
    let file = File::open(path).map_err(io)?;
    let mut bytes = Vec::with_capacity(meta.len().min(MAX_TEXT) as usize + 1);
    file.take(MAX_TEXT + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_TEXT {
        return Err(FileError::TooLarge(shown.to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| FileError::NotText(shown.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leaves_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("values")).unwrap();
        std::fs::write(dir.path().join("values/a.yaml"), "a: 1\n").unwrap();
        assert!(below(dir.path(), "values/a.yaml").is_ok());
        for bad in ["../x", "/etc/passwd", "values/../../x", "values//a.yaml", "./a", "", "values\\a"] {
            assert!(matches!(below(dir.path(), bad), Err(FileError::Outside(_))), "{bad}");
        }
        assert!(matches!(below(dir.path(), "values/b.yaml"), Err(FileError::Missing(_))));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc", dir.path().join("link")).unwrap();
            assert!(matches!(below(dir.path(), "link/passwd"), Err(FileError::Outside(_))));
        }
    }
}
