//! Layers of a profile put in, moved and taken out, with all comments of `profile.yaml` kept.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use super::Workspace;
use super::beside::{below, read_text};
use super::change::Change;
use super::create::check_profile;
use super::discover::shown;
use super::draft::Draft;
use super::model::{LayerValues, Profile, ProfileKind, ProfileType};
use crate::diagnostics::closest;
use crate::pack::LayerType;
use crate::yaml::edit;

const LAYERS: &str = "/spec/layers";

/// What a new layer is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewSource {
    /// A pack.
    Pack(NewReference),
    /// A chart.
    Chart(NewReference),
    /// Manifests alone.
    Manifests,
}

/// A reference to a pack or a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReference {
    /// Name in the registry.
    pub name: String,
    /// Version or constraint.
    pub version: String,
    /// Registry of `edgewright.yaml`.
    pub registry: Option<String>,
}

/// A place among the layers of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// Above all layers of its type and below those of higher types.
    ByType,
    /// The first of all is 1.
    At(usize),
    /// Directly below this layer.
    Before(String),
    /// Directly above this layer.
    After(String),
}

/// A new layer.
#[derive(Clone, Debug)]
pub struct NewLayer {
    /// What it is made of.
    pub source: NewSource,
    /// Its type, where its pack says one.
    pub layer_type: Option<LayerType>,
    /// Where it goes.
    pub position: Position,
    /// Name; else made from the source.
    pub name: Option<String>,
    /// Name for people.
    pub display_name: Option<String>,
    /// Chosen presets, group and preset.
    pub presets: Vec<(String, String)>,
    /// Values file: of the profile's folder, or one that is copied into it.
    pub values: Option<PathBuf>,
    /// Manifest files: of the profile's folder, or copied into it.
    pub manifests: Vec<PathBuf>,
    /// Namespace.
    pub namespace: Option<String>,
    /// Helm release name of a chart.
    pub release: Option<String>,
    /// Order of installation.
    pub priority: Option<i64>,
}

impl Workspace {
    /// Adds a layer to a profile's stack; `types` are those of the layers that it has.
    ///
    /// # Errors
    /// A layer of that name is there, a file is not, the type has no place in the profile, or the layer would be no valid one.
    pub fn add_layer(&self, profile: &Profile, new: &NewLayer, types: &[LayerType]) -> Result<Change> {
        let mut change = Change::new(&self.root);
        let name = layer_name(new)?;
        must_be_free(profile, &name)?;
        let own_type = new.layer_type.unwrap_or(LayerType::Addon);
        must_fit(profile, own_type, types)?;
        let mut layer = Map::new();
        layer.insert("name".into(), json!(name));
        if let Some(text) = &new.display_name {
            layer.insert("displayName".into(), json!(text));
        }
        match &new.source {
            NewSource::Pack(pack) => _ = layer.insert("pack".into(), reference(pack)),
            NewSource::Chart(chart) => _ = layer.insert("chart".into(), reference(chart)),
            NewSource::Manifests => {}
        }
        if !new.presets.is_empty() {
            let presets: Map<String, Value> =
                new.presets.iter().map(|(group, preset)| (group.clone(), json!(preset))).collect();
            layer.insert("presets".into(), Value::Object(presets));
        }
        if let Some(values) = &new.values {
            let into = format!("values/{name}.yaml");
            layer.insert("values".into(), json!(beside(profile, values, &into, "values file", &mut change)?));
        }
        let mut manifests = Vec::new();
        for manifest in &new.manifests {
            let file = manifest.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            manifests.push(beside(profile, manifest, &format!("manifests/{file}"), "manifest", &mut change)?);
        }
        if !manifests.is_empty() {
            layer.insert("manifests".into(), json!(manifests));
        }
        if let Some(namespace) = &new.namespace {
            layer.insert("namespace".into(), json!(namespace));
        }
        if let Some(release) = &new.release {
            layer.insert("release".into(), json!(release));
        }
        if let Some(priority) = new.priority {
            layer.insert("installPriority".into(), json!(priority));
        }

        let layer = Value::Object(layer);
        let index = match &new.position {
            // Behind the last layer that stands as low or lower.
            Position::ByType => types.iter().rposition(|other| *other <= own_type).map_or(0, |last| last + 1),
            other => place(profile, other, None)?,
        };
        let mut draft = Draft::new(profile.file.path(), profile.file.text());
        let mut wanted = items(&draft)?;
        wanted.insert(index.min(wanted.len()), layer.clone());
        draft.make(|document| match document.at(LAYERS) {
            Some(_) => edit::insert_item(document, LAYERS, index, &layer),
            None => edit::insert_entry(document, "/spec", "layers", &json!([layer])),
        })?;
        for key in ["pack", "chart", "presets", "manifests"] {
            let folded = |other: usize| {
                let node = profile.document.at(&format!("{LAYERS}/{other}/{key}"));
                node.is_some_and(edit::is_flow)
            };
            if (0..profile.spec.layers.len()).any(folded) && layer.get(key).is_some() {
                // As its neighbours have it.
                draft.make(|document| edit::fold(document, &format!("{LAYERS}/{index}/{key}")))?;
            }
        }
        draft.must_be(LAYERS, &wanted)?;
        finish(profile, &draft, &mut change)?;
        Ok(change)
    }

    /// Takes a layer out of a profile's stack. Files that only it named are deleted, or told of in the notes.
    ///
    /// # Errors
    /// There is no such layer.
    pub fn remove_layer(&self, profile: &Profile, name: &str, delete_files: bool) -> Result<Change> {
        let index = index_of(profile, name)?;
        let mut draft = Draft::new(profile.file.path(), profile.file.text());
        let mut wanted = items(&draft)?;
        wanted.remove(index);
        draft.make(|document| edit::remove_item(document, LAYERS, index))?;
        draft.must_be(LAYERS, &wanted)?;
        let mut change = Change::new(&self.root);
        finish(profile, &draft, &mut change)?;
        let others: Vec<String> = (0..profile.spec.layers.len())
            .filter(|other| *other != index)
            .flat_map(|other| files_of(profile, other))
            .collect();
        for file in files_of(profile, index) {
            if others.contains(&file) {
                continue;
            }
            let shown = profile.shown(&file);
            match below(&profile.dir, &file) {
                Ok(path) if delete_files => {
                    let bytes = std::fs::read(&path).with_context(|| format!("cannot read `{shown}`"))?;
                    change.delete(&shown, bytes);
                }
                Ok(_) => change.notes.push(format!(
                    "nothing names `{shown}` any more: --delete-files takes it out too, or delete it"
                )),
                // What is not there, or not below the profile, is not ours to delete.
                Err(_) => {}
            }
        }
        Ok(change)
    }

    /// Moves a layer to another place of the stack; `types` are those of the layers.
    ///
    /// # Errors
    /// There is no such layer, or it would stand above one of a higher type.
    pub fn move_layer(
        &self,
        profile: &Profile,
        name: &str,
        to: &Position,
        types: &[LayerType],
    ) -> Result<Change> {
        let from = index_of(profile, name)?;
        let to = match to {
            Position::ByType => bail!("say where: --before LAYER, --after LAYER or --to NUMBER"),
            to => place(profile, to, Some(from))?,
        };
        let mut order = types.to_vec();
        if from < order.len() && to < order.len() {
            let moved = order.remove(from);
            order.insert(to, moved);
            let was_sorted = types.is_sorted();
            if was_sorted && !order.is_sorted() {
                bail!(
                    "`{name}` is of type {}: the order is os, kubernetes, cni, csi, addon, lowest first",
                    moved.word()
                );
            }
        }
        let mut draft = Draft::new(profile.file.path(), profile.file.text());
        let mut wanted = items(&draft)?;
        let layer = wanted.remove(from);
        wanted.insert(to, layer);
        draft.make(|document| edit::move_item(document, LAYERS, from, to))?;
        draft.must_be(LAYERS, &wanted)?;
        let mut change = Change::new(&self.root);
        finish(profile, &draft, &mut change)?;
        Ok(change)
    }
}

/// The new text of `profile.yaml`, once its schema takes it.
pub(super) fn finish(profile: &Profile, draft: &Draft, change: &mut Change) -> Result<()> {
    let folder = profile.file.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    check_profile(folder, draft.text())?;
    change.edit(profile.file.path(), profile.file.text(), draft.text());
    Ok(())
}

/// The layers as they are written.
fn items(draft: &Draft) -> Result<Vec<Value>> {
    Ok(match draft.value(LAYERS)? {
        Value::Array(items) => items,
        _ => Vec::new(),
    })
}

/// The index of the layer with this name.
pub(super) fn index_of(profile: &Profile, name: &str) -> Result<usize> {
    let layers = &profile.spec.layers;
    if let Some(index) = layers.iter().position(|layer| layer.name.value == name) {
        return Ok(index);
    }
    let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    let hint = match closest(name, names.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if names.is_empty() => "; it has none".to_owned(),
        None => format!("; it has: {}", names.join(", ")),
    };
    bail!("{} has no layer `{name}`{hint}", profile.label())
}

/// Refuses a name that another layer has.
pub(super) fn must_be_free(profile: &Profile, name: &str) -> Result<()> {
    if let Some(taken) = profile.spec.layers.iter().find(|l| l.name.value == name) {
        let line = profile.place(taken.name.span).start().line;
        bail!("the profile has a layer `{name}` already (line {line}); give another name");
    }
    Ok(())
}

/// Refuses a layer whose type has no place in the profile, or one that is taken.
fn must_fit(profile: &Profile, own: LayerType, types: &[LayerType]) -> Result<()> {
    let kind = match (profile.kind, profile.spec.profile_type.as_ref().map(|t| t.value)) {
        (ProfileKind::SystemProfile, _) => "a system",
        (_, Some(ProfileType::AddOn)) => "an add-on",
        (_, Some(ProfileType::Infrastructure)) if own == LayerType::Addon => {
            bail!(
                "an infrastructure profile has no add-ons: make it `type: full`, or put them into a profile of their own"
            )
        }
        _ => {
            let taken = types.iter().position(|other| *other == own && own != LayerType::Addon);
            if let Some(layer) = taken.and_then(|index| profile.spec.layers.get(index)) {
                bail!(
                    "the profile has its {} layer already, `{}`: `edgewright layer remove` it first, or `layer set` another pack",
                    own.word(),
                    layer.name
                );
            }
            return Ok(());
        }
    };
    if own != LayerType::Addon {
        bail!("{kind} profile has add-ons alone, and this is a layer of type {}", own.word());
    }
    Ok(())
}

/// The index at which a layer stands afterwards, `moving` the one at that index or none.
fn place(profile: &Profile, position: &Position, moving: Option<usize>) -> Result<usize> {
    let many = profile.spec.layers.len();
    let others = if moving.is_some() { many.saturating_sub(1) } else { many };
    let shift = |index: usize| usize::from(moving.is_some_and(|from| from < index));
    let next_to = |name: &str| -> Result<usize> {
        let index = index_of(profile, name)?;
        if moving == Some(index) {
            bail!("a layer cannot stand beside itself");
        }
        Ok(index)
    };
    match position {
        Position::ByType => Ok(others),
        Position::At(0) => bail!("layers are counted from 1, the lowest"),
        Position::At(number) if *number > others + 1 => {
            bail!("there are {many} layers: {number} is no place among them")
        }
        Position::At(number) => Ok(number - 1),
        Position::Before(name) => next_to(name).map(|index| index - shift(index)),
        Position::After(name) => next_to(name).map(|index| index + 1 - shift(index)),
    }
}

/// The files beside the profile that a layer names.
pub(super) fn files_of(profile: &Profile, index: usize) -> Vec<String> {
    let Some(layer) = profile.spec.layers.get(index) else { return Vec::new() };
    let values = layer.values.as_ref().and_then(|values| match &values.value {
        LayerValues::File(path) => Some(path.clone()),
        LayerValues::Inline(_) => None,
    });
    values.into_iter().chain(layer.manifests.iter().map(|file| file.value.clone())).collect()
}

fn reference(new: &NewReference) -> Value {
    let mut reference = Map::new();
    reference.insert("name".into(), json!(new.name));
    reference.insert("version".into(), json!(new.version));
    if let Some(registry) = &new.registry {
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
        NewSource::Pack(reference) | NewSource::Chart(reference) => reference.name.clone(),
        NewSource::Manifests => {
            let first = new.manifests.first().context("a layer needs a pack, a chart or a manifest")?;
            first.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
        }
    };
    // A chart in a registry of containers may have a path for a name.
    let last = from.rsplit('/').next().unwrap_or(&from);
    let mut name: String = last
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
fn beside(profile: &Profile, given: &Path, into: &str, what: &str, change: &mut Change) -> Result<String> {
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
    let target = profile.shown(into);
    let taken = profile.dir.join(into).symlink_metadata().is_ok();
    if taken || change.files().iter().any(|file| file.path == target) {
        bail!(
            "`{}` would be copied to `{into}`, which is there already; name that one instead",
            given.display()
        );
    }
    change.create(target, text);
    Ok(into.to_owned())
}
