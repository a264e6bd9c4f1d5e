//! Folders of schemas that people bring: kubeconform's two layouts.
//!
//! `v1.33.0-standalone-strict/deployment-apps-v1.json` (also without the folder), and `GROUP/KIND_VERSION.json` as the
//! catalogs of CRDs have it. A schema is read when an object asks for it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::embedded::catalog;
use super::minor::Minor;
use super::shape::{Dialect, Shape};

/// A folder of JSON schemas.
#[derive(Debug)]
pub struct Location {
    folder: PathBuf,
    read: Mutex<HashMap<PathBuf, Option<Arc<Shape>>>>,
}

impl Location {
    /// The schemas in a folder.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), read: Mutex::default() }
    }

    /// The schema of a kind for a minor.
    pub(super) fn find(&self, group: &str, version: &str, kind: &str, minor: Minor) -> Option<Arc<Shape>> {
        self.candidates(group, version, kind, minor).into_iter().find_map(|path| self.read(path))
    }

    fn candidates(&self, group: &str, version: &str, kind: &str, minor: Minor) -> Vec<PathBuf> {
        // Names come from files: none of them leads out of the folder.
        let plain = |text: &str| {
            text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')) && !text.contains("..")
        };
        if ![group, version, kind].into_iter().all(plain) {
            return Vec::new();
        }
        let kind = kind.to_lowercase();
        let native = match group.split('.').next() {
            Some("") | None => format!("{kind}-{version}.json"),
            Some(first) => format!("{kind}-{}-{version}.json", first.to_lowercase()),
        };
        let custom = format!("{kind}_{version}.json");
        let folders = ["-standalone-strict", "-standalone", "-local-strict", "-local", ""];
        let versions = [format!("v{minor}.0"), "master".to_owned()];
        let mut paths: Vec<PathBuf> = versions
            .iter()
            .flat_map(|version| folders.iter().map(move |folder| format!("{version}{folder}")))
            .map(|folder| self.folder.join(folder).join(&native))
            .collect();
        paths.push(self.folder.join(&native));
        if !group.is_empty() {
            paths.push(self.folder.join(group).join(&custom));
        }
        paths.push(self.folder.join(&custom));
        paths
    }

    fn read(&self, path: PathBuf) -> Option<Arc<Shape>> {
        let mut known = self.read.lock().ok()?;
        if let Some(shape) = known.get(&path) {
            return shape.clone();
        }
        let shape = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
        let shape = shape.map(|json| {
            // A reference to a definition of Kubernetes' own is read from the embedded ones.
            let dialect = Dialect { names: &|name| catalog().name(name), crd: false, prunes: false };
            Arc::new(dialect.shape(&json))
        });
        known.insert(path, shape.clone());
        shape
    }
}
