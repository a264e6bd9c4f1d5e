//! New layers of a profile, written into `profile.yaml` with all its comments kept.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use super::Workspace;
use super::beside::read_text;
use super::create::{Change, check_profile};
use super::discover::shown;
use super::model::{Profile, RegistryConfig};
use crate::diagnostics::closest;
use crate::source::SourceFile;
use crate::version::Version;
use crate::yaml::{self, Node, edit};

/// What a new layer is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewSource {
    /// A pack, by name.
    Pack(String),
    /// A chart, by name.
    Chart(String),
    /// Manifests alone.
    Manifests,
}

/// A new layer.
#[derive(Clone, Debug)]
pub struct NewLayer {
    /// What it is made of.
    pub source: NewSource,
    /// Name; else made from the source.
    pub name: Option<String>,
    /// Version or constraint; else the newest pack of this repository, `latest`, or the newest release of a chart.
    pub version: Option<String>,
    /// Registry; else none is named where there is just one.
    pub registry: Option<String>,
    /// Chosen presets, group and preset.
    pub presets: Vec<(String, String)>,
    /// Values file: of the profile's folder, or one that is copied into it.
    pub values: Option<PathBuf>,
    /// Manifest files: of the profile's folder, or copied into it.
    pub manifests: Vec<PathBuf>,
    /// Namespace.
    pub namespace: Option<String>,
    /// Order of installation.
    pub priority: Option<i64>,
}

/// A pack in a directory registry of the repository.
struct RepositoryPack {
    registry: String,
    name: String,
    version: String,
}

impl Workspace {
    /// Adds a layer on top of a profile's stack.
    ///
    /// # Errors
    /// A layer of that name is there, a file is not, or the layer would be no valid one.
    pub fn add_layer(&self, profile: &Profile, new: &NewLayer) -> Result<Change> {
        let mut change = Change {
            id: profile.id.clone(),
            version: profile.version().to_owned(),
            folder: shown(&self.root, &profile.dir),
            new_folder: false,
            files: Vec::new(),
            beside: Vec::new(),
            notes: Vec::new(),
        };
        let name = layer_name(new)?;
        if let Some(taken) = profile.spec.layers.iter().find(|l| l.name.value == name) {
            let line = profile.place(taken.name.span).start().line;
            bail!("the profile has a layer `{name}` already (line {line}); give another --name");
        }
        let mut layer = Map::new();
        layer.insert("name".into(), json!(name));
        match &new.source {
            NewSource::Pack(pack) => {
                layer.insert("pack".into(), self.pack_reference(pack, new, &mut change.notes)?);
            }
            NewSource::Chart(chart) => {
                layer.insert("chart".into(), self.chart_reference(chart, new, &mut change.notes)?);
            }
            NewSource::Manifests => {}
        }
        if !new.presets.is_empty() {
            let presets: Map<String, Value> =
                new.presets.iter().map(|(group, preset)| (group.clone(), json!(preset))).collect();
            layer.insert("presets".into(), Value::Object(presets));
        }
        if let Some(values) = &new.values {
            let into = format!("values/{name}.yaml");
            let path = beside(profile, values, &into, "values file", &mut change.files)?;
            layer.insert("values".into(), json!(path));
        }
        let mut manifests = Vec::new();
        for manifest in &new.manifests {
            let file = manifest.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let into = format!("manifests/{file}");
            manifests.push(beside(profile, manifest, &into, "manifest", &mut change.files)?);
        }
        if !manifests.is_empty() {
            layer.insert("manifests".into(), json!(manifests));
        }
        if let Some(namespace) = &new.namespace {
            layer.insert("namespace".into(), json!(namespace));
        }
        if let Some(priority) = new.priority {
            layer.insert("installPriority".into(), json!(priority));
        }

        let layer = Value::Object(layer);
        let document = &profile.document;
        let edits = match document.at("/spec/layers") {
            Some(_) => edit::append_item(document, "/spec/layers", &layer),
            None => edit::insert_entry(document, "/spec", "layers", &json!([layer])),
        };
        let edits = edits.with_context(|| format!("cannot edit `{}`", profile.file.path()))?;
        let text = edit::apply(profile.file.text(), &edits);
        check_profile(&change.folder, &text)?;
        change.files.push(("profile.yaml".to_owned(), text.into_bytes()));
        Ok(change)
    }

    fn pack_reference(&self, name: &str, new: &NewLayer, notes: &mut Vec<String>) -> Result<Value> {
        let registries = self.registries_for(true);
        let registry = self.chosen_registry(&registries, new.registry.as_deref(), "packs")?;
        let packs = self.repository_packs();
        let here = |pack: &&RepositoryPack| registry.is_none_or(|registry| pack.registry == registry);
        let found: Vec<_> = packs.iter().filter(here).filter(|p| p.name == name).collect();
        let only_directories = registry.is_some_and(|registry| {
            matches!(self.config.spec.registries.get(registry), Some(RegistryConfig::Directory { .. }))
        });
        if found.is_empty() && only_directories {
            let near = closest(name, packs.iter().filter(here).map(|p| p.name.as_str()));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            bail!("registry `{}` has no pack `{name}`{hint}", registry.unwrap_or_default());
        }
        let newest = found
            .iter()
            .filter_map(|p| Some((Version::parse(&p.version).ok()?, p)))
            .max_by(|a, b| (a.0.prerelease().is_empty(), &a.0).cmp(&(b.0.prerelease().is_empty(), &b.0)));
        let version = match (&new.version, newest) {
            (Some(version), _) => version.clone(),
            (None, Some((_, pack))) => {
                notes.push(format!(
                    "no --version: took {}, the newest in registry `{}`",
                    pack.version, pack.registry
                ));
                pack.version.clone()
            }
            (None, None) => {
                notes.push("no --version: `latest`, which the lock pins".to_owned());
                "latest".to_owned()
            }
        };
        Ok(reference(name, &version, new.registry.as_deref().or(registry)))
    }

    fn chart_reference(&self, name: &str, new: &NewLayer, notes: &mut Vec<String>) -> Result<Value> {
        let registries = self.registries_for(false);
        let registry = self.chosen_registry(&registries, new.registry.as_deref(), "charts")?;
        if new.version.is_none() {
            notes.push("no --version: the newest release, which the lock pins".to_owned());
        }
        Ok(reference(name, new.version.as_deref().unwrap_or_default(), new.registry.as_deref().or(registry)))
    }

    /// Names of the registries that may have packs, or charts.
    fn registries_for(&self, packs: bool) -> Vec<&str> {
        let fits = |config: &RegistryConfig| match config {
            RegistryConfig::Directory { .. } | RegistryConfig::Git { .. } => packs,
            RegistryConfig::Helm { .. } => !packs,
            RegistryConfig::Oci { .. } => true,
        };
        let all = self.config.spec.registries.iter();
        all.filter(|(_, config)| fits(config)).map(|(name, _)| name.as_str()).collect()
    }

    /// The registry that is asked for, or the only one.
    fn chosen_registry<'a>(
        &self,
        known: &[&'a str],
        wanted: Option<&'a str>,
        what: &str,
    ) -> Result<Option<&'a str>> {
        match (wanted, known) {
            (Some(wanted), _) if known.contains(&wanted) => Ok(Some(wanted)),
            (Some(wanted), _) if self.config.spec.registries.contains_key(wanted) => {
                bail!("registry `{wanted}` is of a type that has no {what}")
            }
            (Some(wanted), _) => {
                let hint = match closest(wanted, known.iter().copied()) {
                    Some(near) => format!("; did you mean `{near}`?"),
                    None if known.is_empty() => String::new(),
                    None => format!("; there are: {}", known.join(", ")),
                };
                bail!("edgewright.yaml has no registry `{wanted}`{hint}")
            }
            (None, [only]) => Ok(Some(only)),
            (None, []) => {
                bail!("edgewright.yaml has no registry for {what}: add one below `spec.registries`")
            }
            (None, many) => {
                bail!("several registries may have {what}: give --registry ({})", many.join(", "))
            }
        }
    }

    /// Name and version of every pack in the directory registries of the repository.
    fn repository_packs(&self) -> Vec<RepositoryPack> {
        let mut packs = Vec::new();
        for (registry, config) in &self.config.spec.registries {
            let RegistryConfig::Directory { path } = config else { continue };
            let Ok(folders) = self.root.join(path).read_dir() else { continue };
            for folder in folders.flatten() {
                let Ok(text) = read_text(&self.overlay, &folder.path().join("pack.json"), "pack.json") else {
                    continue;
                };
                let stream = yaml::parse(&SourceFile::new("pack.json", text));
                let Some(document) = stream.documents.first() else { continue };
                let text = |key| document.root().get(key).and_then(Node::text).map(str::to_owned);
                if let (Some(name), Some(version)) = (text("name"), text("version")) {
                    packs.push(RepositoryPack { registry: registry.clone(), name, version });
                }
            }
        }
        packs
    }
}

fn reference(name: &str, version: &str, registry: Option<&str>) -> Value {
    let mut reference = Map::new();
    reference.insert("name".into(), json!(name));
    reference.insert("version".into(), json!(version));
    if let Some(registry) = registry {
        reference.insert("registry".into(), json!(registry));
    }
    Value::Object(reference)
}

/// The name asked for, or that of the pack, the chart or the first manifest, as a layer may be called.
fn layer_name(new: &NewLayer) -> Result<String> {
    if let Some(name) = &new.name {
        return Ok(name.clone());
    }
    let from = match &new.source {
        NewSource::Pack(name) | NewSource::Chart(name) => name.clone(),
        NewSource::Manifests => {
            let first = new.manifests.first().context("a layer needs a pack, a chart or a manifest")?;
            first.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
        }
    };
    let mut name: String = from
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(63)
        .collect();
    name = name.trim_matches('-').to_owned();
    if name.is_empty() {
        bail!("`{from}` makes no name of a layer: give --name");
    }
    Ok(name)
}

/// The path by which `profile.yaml` names a file: one that lies in its folder, or a copy at `into`.
fn beside(
    profile: &Profile,
    given: &Path,
    into: &str,
    what: &str,
    files: &mut Vec<(String, Vec<u8>)>,
) -> Result<String> {
    let candidates = [given.to_path_buf(), profile.dir.join(given)];
    let Some(path) = candidates.iter().find(|path| path.is_file()) else {
        bail!(
            "{what} `{}` does not exist, neither here nor in `{}`",
            given.display(),
            profile.file.path().rsplit_once('/').map_or(".", |(folder, _)| folder)
        );
    };
    let absolute = path.canonicalize().with_context(|| format!("cannot read `{}`", path.display()))?;
    if absolute.starts_with(&profile.dir) {
        return Ok(shown(&profile.dir, &absolute));
    }
    let text = read_text(&profile.overlay, &absolute, &given.display().to_string())?;
    if profile.dir.join(into).exists() || files.iter().any(|(path, _)| path == into) {
        bail!(
            "`{}` would be copied to `{into}`, which is there already; name that one instead",
            given.display()
        );
    }
    files.push((into.to_owned(), text.into_bytes()));
    Ok(into.to_owned())
}
