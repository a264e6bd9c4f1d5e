//! Style sheet, script, search index and images: files whose names carry the digest of their bytes.

use std::collections::BTreeMap;
use std::path::Path;

use super::index::{Content, Index, folder_of};
use super::markdown::{self, Targets};
use super::paths;
use super::{CatalogError, CatalogInput, search};
use crate::archive::{Digest, Files};

/// Images that a README may show, by the ending of their name.
const IMAGES: [&str; 6] = ["png", "jpg", "jpeg", "gif", "webp", "svg"];
/// Largest image that is copied, in bytes.
const LARGEST: usize = 256 * 1024;

/// The assets and their names.
pub(super) struct Assets {
    pub(super) files: Files,
    /// Path of the style sheet.
    pub(super) css: String,
    /// Path of the script.
    pub(super) js: String,
    /// Path of the search index.
    pub(super) search: String,
}

impl Assets {
    /// Collects all assets; `style.css` and `catalog.js` of the user's folder replace ours.
    pub(super) fn new(input: &CatalogInput, index: &Index) -> Result<Self, CatalogError> {
        let mut files = Files::new();
        let own = |name: &str, embedded: &str| match input.templates.as_ref().map(|dir| dir.join(name)) {
            Some(path) if path.is_file() => std::fs::read_to_string(&path)
                .map_err(|source| CatalogError::Io { path: path.display().to_string(), source }),
            _ => Ok(embedded.to_owned()),
        };
        let css = own("style.css", include_str!("../../site-templates/style.css"))?;
        let js = own("catalog.js", include_str!("../../site-templates/catalog.js"))?;
        let css = insert(&mut files, "style", "css", css.into_bytes());
        let js = insert(&mut files, "catalog", "js", js.into_bytes());
        let search = insert(&mut files, "search", "js", search::index_script(index));
        for (name, bytes) in images(input, index) {
            files.insert(name, bytes);
        }
        Ok(Self { files, css, js, search })
    }
}

fn insert(files: &mut Files, stem: &str, ending: &str, bytes: Vec<u8>) -> String {
    let digest = Digest::of(&bytes).to_string();
    let path = format!("assets/{stem}.{}.{ending}", &digest[..12]);
    files.insert(path.clone(), bytes);
    path
}

/// Name of an image in the catalog; `None` where it is of no known kind or too large.
fn image_path(target: &str, bytes: &[u8]) -> Option<String> {
    let ending = target.rsplit_once('.')?.1.to_ascii_lowercase();
    if !IMAGES.contains(&ending.as_str()) || bytes.len() > LARGEST {
        return None;
    }
    let digest = Digest::of(bytes).to_string();
    Some(format!("assets/{}.{ending}", &digest[..16]))
}

/// Every image that a README shows.
fn images(input: &CatalogInput, index: &Index) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for profile in &index.profiles {
        for version in &profile.versions {
            let folder = folder_of(version.resolved.profile.file.path());
            for folder in [folder, folder_of(folder)] {
                let path = if folder.is_empty() { "README.md".into() } else { format!("{folder}/README.md") };
                let Ok(text) = std::fs::read_to_string(input.workspace.root.join(path)) else { continue };
                let read = |target: &str| read_image(&input.workspace.root, folder, target);
                collect(&text, &read, &mut found);
            }
        }
    }
    for source in index.packs.values().chain(index.charts.values()) {
        for version in &source.versions {
            let (text, files) = match version.content {
                Content::Pack(pack) => (pack.readme.as_deref(), &pack.files),
                Content::Chart(chart) => (chart.files.text("README.md"), &chart.files),
            };
            let read = |target: &str| files.get(&paths::join("", target)?).map(|bytes| bytes.to_vec());
            collect(text.unwrap_or_default(), &read, &mut found);
        }
    }
    found
}

fn collect(text: &str, read: &dyn Fn(&str) -> Option<Vec<u8>>, found: &mut BTreeMap<String, Vec<u8>>) {
    for target in markdown::image_targets(text) {
        if let Some(bytes) = read(&target)
            && let Some(path) = image_path(&target, &bytes)
        {
            found.insert(path, bytes);
        }
    }
}

/// An image of the repository, never one outside of it: neither by its path nor by a link.
fn read_image(root: &Path, folder: &str, target: &str) -> Option<Vec<u8>> {
    if target.contains([':', '\\']) || target.starts_with('/') {
        return None;
    }
    let path = root.join(paths::join(folder, target)?);
    let real = path.canonicalize().ok()?;
    if !real.starts_with(root.canonicalize().ok()?) {
        return None;
    }
    let meta = std::fs::metadata(&real).ok()?;
    (meta.is_file() && meta.len() <= LARGEST as u64).then(|| std::fs::read(&real).ok()).flatten()
}

/// Targets of a README in the repository.
pub(super) struct RepositoryTargets<'t, 'a> {
    pub(super) index: &'t Index<'a>,
    /// Folder of the README.
    pub(super) folder: &'t str,
    /// What leads from the page to the top of the tree.
    pub(super) root: String,
}

impl Targets for RepositoryTargets<'_, '_> {
    fn link(&self, target: &str) -> Option<String> {
        link(self.index, self.folder, target, &self.root)
    }

    fn image(&self, target: &str) -> Option<String> {
        let bytes = read_image(&self.index.input.workspace.root, self.folder, target)?;
        Some(format!("{}{}", self.root, image_path(target, &bytes)?))
    }
}

/// Targets of a README in a pack or chart.
pub(super) struct PackTargets<'t, 'a> {
    pub(super) index: &'t Index<'a>,
    pub(super) files: &'t Files,
    /// Folder of the pack as people are shown it.
    pub(super) folder: &'t str,
    /// What leads from the page to the top of the tree.
    pub(super) root: String,
}

impl Targets for PackTargets<'_, '_> {
    fn link(&self, target: &str) -> Option<String> {
        if target == "values.yaml" {
            return Some("#values".to_owned());
        }
        link(self.index, self.folder, target, &self.root)
    }

    fn image(&self, target: &str) -> Option<String> {
        let bytes = self.files.get(&paths::join("", target)?)?;
        Some(format!("{}{}", self.root, image_path(target, bytes)?))
    }
}

/// The page of a folder of the repository (or of its `README.md` or `profile.yaml`).
fn link(index: &Index, folder: &str, target: &str, root: &str) -> Option<String> {
    let path = paths::join(folder, target)?;
    let folder = path
        .strip_suffix("/README.md")
        .or_else(|| path.strip_suffix("/profile.yaml"))
        .or_else(|| path.strip_suffix("/pack.json"))
        .unwrap_or(&path);
    Some(format!("{root}{}", paths::href(index.folders.get(folder)?)))
}
