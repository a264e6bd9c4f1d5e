//! A folder of packs in pack-central's layout: any folder with a `pack.json`, at any depth.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::folders::{self, DEPTH, Folder, Head, head};
use super::{Candidate, Fetched, Kind, PackLabel, Pinned, Registry, RegistryError};
use crate::archive::{Digest, Limits, content_digest, read_dir};
use crate::source::Overlay;

/// A folder with a `pack.json`. Name and version come from the file, never from the folder's name.
#[derive(Debug)]
pub struct PackFolder {
    /// Path that people are shown, relative to the workspace.
    pub path: String,
    /// The folder.
    pub dir: PathBuf,
    /// `name`, if it could be read.
    pub name: Option<String>,
    /// `version`, if it could be read.
    pub version: Option<String>,
    label: Arc<PackLabel>,
    overlay: Overlay,
    content: OnceLock<Result<Arc<Fetched>, String>>,
}

impl Folder for PackFolder {
    fn path(&self) -> &str {
        &self.path
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    fn label(&self) -> &Arc<PackLabel> {
        &self.label
    }
}

impl PackFolder {
    fn read(path: String, dir: PathBuf, overlay: Overlay) -> Self {
        let json = dir.join("pack.json");
        let json = match overlay.text(&json) {
            Some(text) => text.as_bytes().to_vec(),
            None => fs::read(json).unwrap_or_default(),
        };
        let Head { name, version, label } = head(&json);
        Self { path, dir, name, version, label, overlay, content: OnceLock::new() }
    }

    /// Its files and their identity; read once.
    pub fn content(&self) -> Result<Arc<Fetched>, RegistryError> {
        let read = || {
            let mut files = read_dir(&self.dir, &Limits::default()).map_err(|error| error.to_string())?;
            for (path, text) in self.overlay.below(&self.dir) {
                files.insert(path, text.as_bytes());
            }
            let content = content_digest(&files).map_err(|error| error.to_string())?;
            Ok(Arc::new(Fetched { path: self.path.clone(), files, content, archive: None, commit: None }))
        };
        let broken = |why: &String| RegistryError::Broken { what: self.path.clone(), why: why.clone() };
        self.content.get_or_init(read).as_ref().map(Arc::clone).map_err(broken)
    }
}

/// A directory registry.
#[derive(Debug)]
pub(super) struct Directory {
    name: String,
    /// Path that people are shown, relative to the workspace.
    path: String,
    dir: PathBuf,
    overlay: Overlay,
    folders: OnceLock<Result<Vec<PackFolder>, String>>,
}

impl Directory {
    pub(super) fn new(name: &str, root: &Path, path: &str, overlay: Overlay) -> Self {
        let path = path.trim_end_matches('/').to_owned();
        let dir = root.join(path.trim_start_matches("./"));
        Self { name: name.to_owned(), dir, path, overlay, folders: OnceLock::new() }
    }

    /// Its packs, sorted by path; listed once.
    fn list(&self) -> Result<&[PackFolder], RegistryError> {
        let list = || {
            let mut found = Vec::new();
            walk(&self.dir, &self.path, DEPTH, &mut found).map_err(|error| error.to_string())?;
            found.sort();
            // One after the other: a thread that waits for others in here could come in a second time and wait for ever.
            let read = |(path, dir)| PackFolder::read(path, dir, self.overlay.clone());
            Ok(found.into_iter().map(read).collect())
        };
        match self.folders.get_or_init(list) {
            Ok(folders) => Ok(folders),
            Err(why) => Err(RegistryError::Broken { what: self.path.clone(), why: why.clone() }),
        }
    }

    fn find(&self, name: &str, version: &str) -> Result<Option<&PackFolder>, RegistryError> {
        folders::find(self.list()?, name, version)
    }
}

/// Finds the folders with a `pack.json`; what is below one belongs to it. Links and hidden folders are passed by.
fn walk(dir: &Path, path: &str, depth: usize, found: &mut Vec<(String, PathBuf)>) -> std::io::Result<()> {
    if dir.join("pack.json").is_file() {
        found.push((path.to_owned(), dir.to_owned()));
        return Ok(());
    }
    if depth == 0 {
        return Ok(());
    }
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{path}/{name}"), depth - 1, found)?;
        }
    }
    Ok(())
}

impl Registry for Directory {
    fn name(&self) -> &str {
        &self.name
    }

    fn holds(&self, kind: Kind) -> bool {
        kind == Kind::Pack
    }

    fn ask(&self) -> Result<(), RegistryError> {
        self.pack_folders().map(drop)
    }

    fn names(&self, kind: Kind) -> Result<Vec<String>, RegistryError> {
        if !self.holds(kind) {
            return Ok(Vec::new());
        }
        Ok(folders::names(self.list()?))
    }

    fn candidates(&self, kind: Kind, name: &str) -> Result<Vec<Candidate>, RegistryError> {
        if !self.holds(kind) {
            return Ok(Vec::new());
        }
        Ok(folders::candidates(self.list()?, name))
    }

    fn fetch(
        &self,
        _kind: Kind,
        name: &str,
        candidate: &Candidate,
        _expected: Option<Digest>,
    ) -> Result<Arc<Fetched>, RegistryError> {
        match self.find(name, &candidate.version)? {
            Some(folder) => folder.content(),
            None => Err(RegistryError::NotFound {
                registry: self.name.clone(),
                what: format!("pack `{name}` {}", candidate.version),
            }),
        }
    }

    fn local(
        &self,
        _kind: Kind,
        name: &str,
        pin: &Pinned<'_>,
    ) -> Result<Option<Arc<Fetched>>, RegistryError> {
        self.find(name, pin.version)?.map(PackFolder::content).transpose()
    }

    fn pack_folders(&self) -> Result<&[PackFolder], RegistryError> {
        self.list()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(packs: &[(&str, &str)]) -> (tempfile::TempDir, Directory) {
        let root = tempfile::tempdir().unwrap();
        for (path, json) in packs {
            let folder = root.path().join("packs").join(path);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("pack.json"), json).unwrap();
            fs::write(folder.join("values.yaml"), "a: 1\n").unwrap();
        }
        let directory = Directory::new("packs", root.path(), "packs/", Overlay::default());
        (root, directory)
    }

    #[test]
    fn packs_are_found_at_any_depth_by_what_their_file_says() {
        let (_root, registry) = registry(&[
            ("nginx-1.0", r#"{"name": "nginx", "version": "1.10.0"}"#),
            ("group/nginx-old", r#"{"name": "nginx", "version": "1.9"}"#),
            ("group/odd", r#"{"name": "nginx", "version": "LTS__18"}"#),
            ("nginx-1.0/nested", r#"{"name": "inner", "version": "1.0.0"}"#),
            (".hidden", r#"{"name": "hidden", "version": "1.0.0"}"#),
            ("broken", "{"),
        ]);
        assert_eq!(registry.names(Kind::Pack).unwrap(), ["nginx"]);
        let versions: Vec<_> =
            registry.candidates(Kind::Pack, "nginx").unwrap().into_iter().map(|c| c.version).collect();
        assert_eq!(versions, ["1.10.0", "1.9", "LTS__18"]);
        assert!(registry.candidates(Kind::Chart, "nginx").unwrap().is_empty());

        let candidate = Candidate { version: "1.9".to_owned(), ..Candidate::default() };
        let fetched = registry.fetch(Kind::Pack, "nginx", &candidate, None).unwrap();
        assert_eq!((fetched.path.as_str(), fetched.files.len()), ("packs/group/nginx-old", 2));
        assert!(fetched.archive.is_none());
        let pin = Pinned { version: "1.9", ..Pinned::default() };
        let again = registry.local(Kind::Pack, "nginx", &pin).unwrap().unwrap();
        assert!(Arc::ptr_eq(&fetched, &again));
        let gone = Pinned { version: "2", ..pin };
        assert!(registry.local(Kind::Pack, "nginx", &gone).unwrap().is_none());
        let folders = registry.pack_folders().unwrap();
        assert!(folders.iter().any(|folder| folder.path == "packs/broken" && folder.name.is_none()));
    }

    #[test]
    fn two_folders_with_one_version_are_refused() {
        let json = r#"{"name": "nginx", "version": "1.0.0"}"#;
        let (_root, registry) = registry(&[("a", json), ("b", json)]);
        assert_eq!(registry.candidates(Kind::Pack, "nginx").unwrap().len(), 1);
        let pin = Pinned { version: "1.0.0", ..Pinned::default() };
        let error = registry.local(Kind::Pack, "nginx", &pin).unwrap_err().to_string();
        assert_eq!(error, "packs/a: packs/b is nginx 1.0.0 too; give one of them another version");
    }

    #[test]
    fn a_missing_folder_is_said() {
        let root = tempfile::tempdir().unwrap();
        let error = Directory::new("packs", root.path(), "none", Overlay::default())
            .names(Kind::Pack)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("none: "), "{error}");
    }
}
