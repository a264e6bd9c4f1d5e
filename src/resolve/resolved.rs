//! The finished value of resolving: immutable, and the only thing that later stages read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::origins::Origins;
use super::references::{self, Used};
use crate::archive::Digest;
use crate::chart::Chart;
use crate::diagnostics::Diagnostic;
use crate::pack::{LayerType, Pack};
use crate::registry::Provenance;
use crate::source::{Place, SourceFile};
use crate::workspace::model::Profile;
use crate::yaml::{Document, Node};

/// One profile version with its layers pinned.
#[derive(Clone, Debug)]
pub struct ResolvedProfile {
    /// The profile as written.
    pub profile: Arc<Profile>,
    /// Layers in the order of the stack, lowest first; a brought layer stands directly after its bringer.
    pub layers: Vec<ResolvedLayer>,
    /// What the lock beside the profile is worth.
    pub lock: LockState,
    /// What was found wrong while resolving, with the lints of [`super::lints`] and of `yaml`: a values file or
    /// manifest that is missing or unreadable, a preset that the pack does not have, a macro that nobody defines.
    pub reported: Vec<Diagnostic>,
    references: OnceLock<Vec<Used>>,
}

impl ResolvedProfile {
    /// A profile of these layers.
    pub fn new(
        profile: Arc<Profile>,
        layers: Vec<ResolvedLayer>,
        lock: LockState,
        reported: Vec<Diagnostic>,
    ) -> Self {
        Self { profile, layers, lock, reported, references: OnceLock::new() }
    }

    /// All references to variables, macros, system names and other packs, in the order of the layers; looked for once.
    pub fn references(&self) -> &[Used] {
        self.references.get_or_init(|| references::used(&self.layers))
    }
}

/// What the lock beside a profile is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockState {
    /// There is none.
    Missing,
    /// It was made for other references, presets or registries.
    Stale,
    /// It fits the profile.
    Current,
    /// The profile has no references to lock.
    NotNeeded,
}

/// A layer of the stack, with what it resolves to.
#[derive(Clone, Debug)]
pub struct ResolvedLayer {
    /// Name, unique in the profile.
    pub name: String,
    /// What people see; the name where nothing else is given.
    pub display_name: String,
    /// Index in `spec.layers`; `None` for a brought layer.
    pub index: Option<usize>,
    /// What brought it.
    pub added_by: Option<AddedBy>,
    /// Place in the stack.
    pub layer_type: LayerType,
    /// What it is made of.
    pub source: LayerSource,
    /// Version, constraint or group that the profile asks for.
    pub wanted: Option<String>,
    /// Name of the registry.
    pub registry: Option<String>,
    /// What the lock pins.
    pub pin: Option<Pin>,
    /// Why the content is not that of a pin. A pack of a directory registry may be there all the same
    /// (`NotLocked`, `Changed`), so that it can be judged while it is edited; nothing releases it before it is locked.
    pub unresolved: Option<Unresolved>,
    /// Chosen presets, group → name: by the layer, by default, or by the comment in the pack's `values.yaml`.
    pub presets: IndexMap<String, String>,
    /// Its own values as they are written, in `profile.yaml` or a file beside it; `None` where there are none, or none
    /// that can be read. Read them with [`crate::yaml::Resolver::Go`].
    pub own: Option<Document>,
    /// Effective values of the whole layer: of the pack (`pack`, `charts`, `manifests`) or of the chart.
    pub values: EffectiveValues,
    /// The charts that it installs, in order.
    pub charts: Vec<LayerChart>,
    /// The manifests that it applies, in order: of the pack, then those attached by the profile.
    pub manifests: Vec<LayerManifest>,
    /// Namespace of its releases.
    pub namespace: String,
    /// Ascending order of installation; ties go by list order.
    pub priority: i64,
    /// Where the profile (or the preset) names it.
    pub place: Place,
}

impl ResolvedLayer {
    /// Where the effective value at `pointer` is written: itself, or the nearest value around it.
    pub fn values_place(&self, pointer: &str) -> Place {
        let mut around = pointer;
        loop {
            let origin = self.values.origins.get(around).or_else(|| self.values.removed.get(around));
            if let Some(origin) = origin {
                // A list is one leaf; its items can be told apart in the document that it is of.
                let document = match (&origin.kind, &self.source) {
                    (OriginKind::Layer, _) => self.own.as_ref(),
                    (OriginKind::Default, LayerSource::Pack(_, Some(pack))) => pack.values.as_ref(),
                    (OriginKind::Default, LayerSource::Chart(_, Some(chart))) => chart.values.as_ref(),
                    _ => None,
                };
                let item = document.filter(|_| around != pointer).and_then(|d: &Document| d.at(pointer));
                let place = item.map(Node::place).or_else(|| origin.place.clone());
                return place.unwrap_or_else(|| self.place.clone());
            }
            match around.rsplit_once('/') {
                Some((parent, _)) => around = parent,
                None => return self.place.clone(),
            }
        }
    }
}

/// What brought a layer into the stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedBy {
    /// Layer whose pack has the preset.
    pub layer: String,
    /// Group of the preset.
    pub group: String,
    /// Name of the preset.
    pub preset: String,
}

/// What a layer is made of.
#[derive(Clone, Debug)]
pub enum LayerSource {
    /// A pack, by name; the pack unless unresolved.
    Pack(String, Option<Arc<Pack>>),
    /// A chart, by name; the chart unless unresolved.
    Chart(String, Option<Arc<Chart>>),
    /// Manifests of the profile alone.
    Manifests,
}

impl LayerSource {
    /// `pack`, `chart` or `manifests`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pack(..) => "pack",
            Self::Chart(..) => "chart",
            Self::Manifests => "manifests",
        }
    }

    /// Name of the pack or chart.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Pack(name, _) | Self::Chart(name, _) => Some(name),
            Self::Manifests => None,
        }
    }

    /// The pack.
    pub fn pack(&self) -> Option<&Arc<Pack>> {
        match self {
            Self::Pack(_, pack) => pack.as_ref(),
            _ => None,
        }
    }

    /// The chart of a chart layer.
    pub fn chart(&self) -> Option<&Arc<Chart>> {
        match self {
            Self::Chart(_, chart) => chart.as_ref(),
            _ => None,
        }
    }
}

/// What a reference resolved to: one entry of the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Exact version as the registry spells it.
    pub version: String,
    /// Address of the archive; `None` in a directory or git registry.
    pub url: Option<String>,
    /// Digest of the fetched bytes; `None` in a directory or git registry.
    pub sha256: Option<Digest>,
    /// Size of the fetched bytes.
    pub size: Option<u64>,
    /// Digest of the OCI manifest; `None` in other registries.
    pub manifest: Option<Digest>,
    /// Commit of a git registry.
    pub commit: Option<String>,
    /// Digest of the canonical tar of the pack's folder or of the unpacked archive.
    pub content: Digest,
    /// Who signed it, where its registry has a keyring.
    pub provenance: Option<Provenance>,
    /// `appVersion` of a chart.
    pub app_version: Option<String>,
    /// Whether its makers gave it up.
    pub deprecated: bool,
}

/// Why a reference has no content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// The lock does not name it, or there is no lock.
    NotLocked,
    /// Locked, but its bytes are not here (`fetch` gets them).
    NotFetched,
    /// The bytes here are not those of the lock.
    Changed {
        /// What the lock says.
        locked: Digest,
        /// What is here.
        found: Digest,
    },
    /// No such registry in `edgewright.yaml`; empty: none is named, and there is not just one that could be meant.
    NoRegistry(String),
    /// Nothing of that name or version.
    NotFound(String),
    /// It is there but cannot be read.
    Broken(String),
}

/// What is to be said of a layer, and the command that helps.
impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLocked => f.write_str("is not locked (edgewright lock)"),
            Self::NotFetched => f.write_str("is locked but not here (edgewright fetch)"),
            Self::Changed { locked, found } => write!(
                f,
                "is not what the lock says: locked {}, found {} (edgewright lock)",
                locked.short(),
                found.short()
            ),
            Self::NoRegistry(name) if name.is_empty() => {
                f.write_str("names no registry, and there is not just one that could be meant")
            }
            Self::NoRegistry(name) => {
                write!(f, "needs the registry `{name}`, which edgewright.yaml does not name")
            }
            Self::NotFound(what) => write!(f, "is not to be found: {what}"),
            Self::Broken(what) => write!(f, "cannot be read: {what}"),
        }
    }
}

/// Where an effective value comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// What kind of origin.
    pub kind: OriginKind,
    /// The line that says so.
    pub place: Option<Place>,
}

/// Kinds of origin, as the catalog words them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginKind {
    /// Default of the pack or chart.
    Default,
    /// A preset: group and name.
    Preset(String, String),
    /// The layer's own values.
    Layer,
    /// Values of the preset that brought the layer.
    Brought,
}

/// Effective values and the origin of each leaf.
#[derive(Clone, Debug, Default)]
pub struct EffectiveValues {
    /// The merged values, references untouched; an object.
    pub value: Value,
    /// The defaults alone (before presets and layer values), to show what differs.
    pub defaults: Arc<Value>,
    /// The origin of each leaf.
    pub origins: Origins,
    /// JSON pointer of each key that a `null` took away → where that stands. Helm merges a chart's own defaults once
    /// more, so that a chart's values must still say `null` there: see [`EffectiveValues::for_chart`].
    pub removed: BTreeMap<String, Origin>,
}

impl EffectiveValues {
    /// The values of one chart (`pointer`: [`LayerChart::values_pointer`]), with a `null` at each key taken away.
    pub fn for_chart(&self, pointer: &str) -> Value {
        let mut values = match self.value.pointer(pointer) {
            Some(Value::Object(map)) => map.clone(),
            _ => serde_json::Map::new(),
        };
        for removed in self.removed.keys() {
            if let Some(inner) = removed.strip_prefix(pointer).filter(|inner| inner.starts_with('/')) {
                put_null(&mut values, inner);
            }
        }
        Value::Object(values)
    }

    /// The images that `pack.content.images` lists, sorted, each once.
    pub fn images(&self) -> Vec<String> {
        let list = self.value.pointer("/pack/content/images").and_then(Value::as_array);
        let images: BTreeSet<&str> = list
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.get("image")?.as_str())
            .filter(|image| !image.is_empty())
            .collect();
        images.into_iter().map(str::to_owned).collect()
    }
}

/// Sets `null` at `pointer`, through maps alone.
fn put_null(map: &mut serde_json::Map<String, Value>, pointer: &str) {
    let mut parts = pointer.split('/').skip(1).map(|p| p.replace("~1", "/").replace("~0", "~")).peekable();
    let mut map = map;
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            map.entry(part).or_insert(Value::Null);
            return;
        }
        match map.entry(part).or_insert_with(|| Value::Object(serde_json::Map::new())) {
            Value::Object(inner) => map = inner,
            _ => return,
        }
    }
}

/// A chart that a layer installs.
#[derive(Clone, Debug)]
pub struct LayerChart {
    /// Name of the chart.
    pub name: String,
    /// The chart.
    pub chart: Arc<Chart>,
    /// Its archive as published, where the layer is opaque.
    pub archive: Option<Arc<[u8]>>,
    /// Helm release name.
    pub release: String,
    /// Namespace.
    pub namespace: String,
    /// Pointer of its values in the layer's effective values (`/charts/podinfo`, or empty: all of them).
    pub values_pointer: String,
}

/// A manifest that a layer applies.
#[derive(Clone, Debug)]
pub struct LayerManifest {
    /// Name, unique in the layer: the file's stem.
    pub name: String,
    /// Its text.
    pub file: Arc<SourceFile>,
    /// Whether it is a pack's manifest with Helm template text: it becomes a chart of its own, with the values below
    /// `manifests.<name>`.
    pub templated: bool,
}
