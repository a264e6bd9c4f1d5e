//! Which layers stand in a profile's stack: those written, and those that presets bring along.

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::presets;
use super::resolved::AddedBy;
use crate::archive::Digest;
use crate::pack::{BroughtLayer, Pack};
use crate::registry::Kind;
use crate::source::Place;
use crate::workspace::model::{ConfigSpec, Layer, Profile, RegistryConfig};
use crate::yaml::Spanned;

/// What a layer asks a registry for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Pack or chart.
    pub kind: Kind,
    /// Name in the registry.
    pub name: String,
    /// Version, group, `latest` or constraint.
    pub wanted: String,
    /// Registry of `edgewright.yaml`; empty where none is named and not just one could be meant.
    pub registry: String,
}

/// One layer of the stack, before its reference is looked up.
#[derive(Clone, Debug)]
pub(super) struct StackLayer {
    pub(super) name: String,
    /// Index in `spec.layers`.
    pub(super) index: Option<usize>,
    pub(super) added_by: Option<AddedBy>,
    /// What the preset says about a brought layer.
    pub(super) brought: Option<BroughtLayer>,
    pub(super) reference: Option<Reference>,
    pub(super) place: Place,
}

impl StackLayer {
    /// The layer as written; a brought layer is written nowhere.
    pub(super) fn written<'p>(&self, profile: &'p Profile) -> Option<&'p Layer> {
        self.index.map(|index| &profile.spec.layers[index])
    }
}

/// The reference of a layer as written.
pub fn reference(layer: &Layer, config: &ConfigSpec) -> Option<Reference> {
    let (kind, name, wanted, registry) = match (&layer.pack, &layer.chart) {
        (Some(pack), _) => (Kind::Pack, &pack.name, &pack.version, &pack.registry),
        (None, Some(chart)) => (Kind::Chart, &chart.name, &chart.version, &chart.registry),
        (None, None) => return None,
    };
    Some(Reference {
        kind,
        name: name.value.clone(),
        wanted: wanted.value.clone(),
        registry: registry_name(config, kind, registry.as_deref().map(String::as_str)),
    })
}

/// The registry meant: the one named, else the only one that is made for this kind, else the only one that can hold it.
fn registry_name(config: &ConfigSpec, kind: Kind, named: Option<&str>) -> String {
    if let Some(name) = named {
        return name.to_owned();
    }
    let only = |fits: &dyn Fn(&RegistryConfig) -> bool| {
        let mut fitting = config.registries.iter().filter(|(_, r)| fits(r)).map(|(name, _)| name);
        fitting.next().filter(|_| fitting.next().is_none()).cloned()
    };
    let made_for = |registry: &RegistryConfig| match kind {
        Kind::Pack => matches!(registry, RegistryConfig::Directory { .. } | RegistryConfig::Git { .. }),
        Kind::Chart => matches!(registry, RegistryConfig::Helm { .. }),
    };
    let can_hold = |r: &RegistryConfig| made_for(r) || matches!(r, RegistryConfig::Oci { .. });
    only(&made_for).or_else(|| only(&can_hold)).unwrap_or_default()
}

/// The stack of a profile. `content` looks up the pack of a layer; it is asked once per layer, in the order of the
/// stack, and a layer whose pack is not known brings nothing.
pub(super) fn expand(
    profile: &Profile,
    config: &ConfigSpec,
    mut content: impl FnMut(&StackLayer) -> Option<Arc<Pack>>,
) -> Vec<StackLayer> {
    let written = &profile.spec.layers;
    let mut stack = Stack {
        config,
        names: written.iter().map(|layer| layer.name.value.clone()).collect(),
        packs: written.iter().filter_map(|layer| Some(layer.pack.as_ref()?.name.value.clone())).collect(),
        layers: Vec::new(),
    };
    for (index, layer) in written.iter().enumerate() {
        let top = StackLayer {
            name: layer.name.value.clone(),
            index: Some(index),
            added_by: None,
            brought: None,
            reference: reference(layer, config),
            place: profile.place(layer.name.span),
        };
        stack.put(top, &layer.presets, layer.defaults, &mut content);
    }
    stack.layers
}

struct Stack<'c> {
    config: &'c ConfigSpec,
    names: BTreeSet<String>,
    /// Packs that stand in the stack already: an explicit layer takes the place of a brought one, and none comes twice.
    packs: BTreeSet<String>,
    layers: Vec<StackLayer>,
}

impl Stack<'_> {
    fn put(
        &mut self,
        layer: StackLayer,
        presets: &IndexMap<String, Spanned<String>>,
        defaults: bool,
        content: &mut impl FnMut(&StackLayer) -> Option<Arc<Pack>>,
    ) {
        let pack = content(&layer);
        let bringer = layer.name.clone();
        let registry = layer.reference.as_ref().map(|r| r.registry.clone()).unwrap_or_default();
        self.layers.push(layer);
        let Some(pack) = pack else { return };
        for preset in presets::choose(&pack, presets, defaults).bring {
            for brought in &preset.layers {
                // Each pack comes once, so that packs that bring each other end somewhere.
                if !self.packs.insert(brought.pack.clone()) {
                    continue;
                }
                let named = brought.registry.as_deref().unwrap_or(&registry);
                let wanted = if brought.version.is_empty() { "latest" } else { &brought.version };
                let layer = StackLayer {
                    name: self.free_name(&brought.name, &bringer),
                    index: None,
                    added_by: Some(AddedBy {
                        layer: bringer.clone(),
                        group: preset.group.clone(),
                        preset: preset.name.clone(),
                    }),
                    reference: Some(Reference {
                        kind: Kind::Pack,
                        name: brought.pack.clone(),
                        wanted: wanted.to_owned(),
                        registry: registry_name(
                            self.config,
                            Kind::Pack,
                            Some(named).filter(|n| !n.is_empty()),
                        ),
                    }),
                    place: brought.place.clone(),
                    brought: Some(brought.clone()),
                };
                self.put(layer, &IndexMap::new(), true, content);
            }
        }
    }

    fn free_name(&mut self, name: &str, bringer: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 1;
        while !self.names.insert(free.clone()) {
            free = match number {
                1 => format!("{bringer}-{name}"),
                n => format!("{bringer}-{name}-{n}"),
            };
            number += 1;
        }
        free
    }
}

/// Digest over what a lock is made for: references and presets of the profile, and the definitions of `registries` and of
/// those that it names. Values and comments do not count.
pub fn inputs<'a>(
    profile: &Profile,
    config: &ConfigSpec,
    registries: impl Iterator<Item = &'a str>,
) -> Digest {
    let mut used: BTreeSet<String> = registries.map(str::to_owned).collect();
    let mut layers = Vec::new();
    for layer in &profile.spec.layers {
        let Some(reference) = reference(layer, config) else { continue };
        let mut chosen: Vec<(&str, &str)> =
            layer.presets.iter().map(|(group, name)| (group.as_str(), name.value.as_str())).collect();
        chosen.sort_unstable();
        layers.push(json!([
            layer.name.value,
            reference.kind.word(),
            reference.name,
            reference.wanted,
            reference.registry,
            chosen,
            layer.defaults,
        ]));
        used.insert(reference.registry);
    }
    let definitions: Map<String, Value> =
        used.into_iter().map(|name| (name.clone(), definition(config.registry(&name)))).collect();
    Digest::of(json!([1, layers, definitions]).to_string().as_bytes())
}

fn definition(registry: Option<&RegistryConfig>) -> Value {
    match registry {
        None => Value::Null,
        Some(RegistryConfig::Directory { path }) => json!(["directory", path]),
        Some(RegistryConfig::Git { url, path, reference, .. }) => json!(["git", url, path, reference]),
        // Where charts must be signed, locks say by whom.
        Some(RegistryConfig::Helm { url, keyring: Some(keyring), .. }) => json!(["helm", url, keyring]),
        Some(RegistryConfig::Oci { url, keyring: Some(keyring), .. }) => json!(["oci", url, keyring]),
        Some(RegistryConfig::Helm { url, .. }) => json!(["helm", url]),
        Some(RegistryConfig::Oci { url, .. }) => json!(["oci", url]),
    }
}
