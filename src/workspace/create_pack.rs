//! New packs, in a directory registry of the repository.

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, json};

use super::Workspace;
use super::change::Change;
use super::model::RegistryConfig;
use crate::pack::LayerType;

/// A pack that is to be.
#[derive(Clone, Debug)]
pub struct NewPack {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Name for people.
    pub display_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Place in the stack.
    pub layer_type: LayerType,
    /// What kind of add-on.
    pub addon_type: Option<String>,
    /// Cloud types; `all` where none is given.
    pub clouds: Vec<String>,
    /// Directory registry; the only one unless given.
    pub registry: Option<String>,
    /// Namespace of its releases.
    pub namespace: Option<String>,
    /// Charts: file name and bytes.
    pub charts: Vec<(String, Vec<u8>)>,
    /// Names of the charts, for `values.yaml`.
    pub chart_names: Vec<String>,
    /// Manifests: file name and bytes.
    pub manifests: Vec<(String, Vec<u8>)>,
}

impl Workspace {
    /// A new pack.
    ///
    /// # Errors
    /// Its folder is there, or there is no directory registry for it.
    pub fn new_pack(&self, new: &NewPack) -> Result<Change> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_');
        if new.name.is_empty() || !new.name.chars().all(plain) || new.name.starts_with(['-', '.', '_']) {
            bail!("`{}` is no name of a pack: lower-case letters, digits, `-`, `.` and `_`", new.name);
        }
        crate::version::Version::parse(&new.version)
            .with_context(|| format!("`{}` is no version", new.version))?;
        let directories = self.config.spec.registries.iter().filter_map(|(name, config)| match config {
            RegistryConfig::Directory { path, .. } => Some((name.as_str(), path.as_str())),
            _ => None,
        });
        let all: Vec<_> = directories.collect();
        let (registry, path) = match (&new.registry, &all[..]) {
            (Some(wanted), _) => *all
                .iter()
                .find(|(name, _)| name == wanted)
                .with_context(|| format!("edgewright.yaml has no directory registry `{wanted}`"))?,
            (None, [only]) => *only,
            (None, []) => bail!(
                "edgewright.yaml has no registry in this repository: add `packs: {{ type: directory, path: packs }}` below \
                 `spec.registries`"
            ),
            (None, _) => bail!("several registries lie in this repository: give --registry"),
        };
        let folder =
            format!("{}/{}-{}", path.trim_end_matches('/').trim_start_matches("./"), new.name, new.version);
        if self.root.join(&folder).symlink_metadata().is_ok() {
            bail!("`{folder}` is there already; give another name or --version");
        }
        let title = new.display_name.as_deref().unwrap_or(&new.name);
        let mut pack = Map::new();
        pack.insert("name".into(), json!(new.name));
        pack.insert("displayName".into(), json!(title));
        pack.insert("version".into(), json!(new.version));
        let layer = if new.layer_type == LayerType::Kubernetes { "k8s" } else { new.layer_type.word() };
        pack.insert("layer".into(), json!(layer));
        if new.layer_type == LayerType::Addon {
            pack.insert("addonType".into(), json!(new.addon_type.as_deref().unwrap_or("app services")));
        }
        let clouds = if new.clouds.is_empty() { vec!["all".to_owned()] } else { new.clouds.clone() };
        pack.insert("cloudTypes".into(), json!(clouds));
        let paths = |folder: &str, files: &[(String, Vec<u8>)]| -> Vec<String> {
            files.iter().map(|(name, _)| format!("{folder}/{name}")).collect()
        };
        if !new.charts.is_empty() {
            pack.insert("charts".into(), json!(paths("charts", &new.charts)));
        }
        if !new.manifests.is_empty() {
            pack.insert("kubeManifests".into(), json!(paths("manifests", &new.manifests)));
        }
        if let Some(description) = &new.description {
            pack.insert("annotations".into(), json!({ "description": description }));
        }
        let mut files = vec![
            ("pack.json".to_owned(), format!("{:#}\n", json!(pack)).into_bytes()),
            ("values.yaml".to_owned(), values(new).into_bytes()),
            ("README.md".to_owned(), readme(title, new).into_bytes()),
        ];
        for (folder, list) in [("charts", &new.charts), ("manifests", &new.manifests)] {
            files.extend(list.iter().map(|(name, bytes)| (format!("{folder}/{name}"), bytes.clone())));
        }
        let mut change = Change::folder(&self.root, &folder, files);
        change.notes.push(format!("the pack is in registry `{registry}`"));
        Ok(change)
    }
}

fn readme(title: &str, new: &NewPack) -> String {
    match &new.description {
        Some(description) => format!("# {title}\n\n{description}\n"),
        None => format!("# {title}\n"),
    }
}

fn values(new: &NewPack) -> String {
    let mut text = format!(
        "# Defaults of the pack. Profiles override them, presets change them.\npack:\n  namespace: {}\n  content:\n    # Images \
         that the layer pulls: needed where there is no internet.\n    images: []\n",
        new.namespace.as_deref().unwrap_or(&new.name)
    );
    if !new.chart_names.is_empty() {
        text.push_str("charts:\n");
        for name in &new.chart_names {
            text.push_str("  ");
            text.push_str(name);
            text.push_str(": {}\n");
        }
    }
    text
}
