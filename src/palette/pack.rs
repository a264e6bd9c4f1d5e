//! A layer as one of `spec.template.packs` (`v1PackImportEntity`).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::difference::{ABSENT, MANIFEST, PACK, apply, difference};
use super::entity::Layer;
use crate::version::is_floating;

/// A pack, and the names that its manifests have here.
pub(super) struct Pack {
    pub(super) said: Map<String, Value>,
    manifests: Vec<String>,
    free: Vec<&'static str>,
}

/// Layers as packs: the manifests of a layer that is a part of another one belong to that one.
pub(super) fn packs(layers: Vec<Layer>, parts: &BTreeMap<&str, &str>) -> Vec<(String, Pack)> {
    let sources: Vec<Option<String>> = layers.iter().map(|layer| layer.source.clone()).collect();
    let twice = |source: &Option<String>| {
        source.is_some() && sources.iter().filter(|other| *other == source).count() > 1
    };
    let mut out: Vec<(String, Pack)> = Vec::new();
    for layer in layers {
        let whole = parts.get(layer.name.as_str());
        if let Some((_, pack)) = whole.and_then(|whole| out.iter_mut().find(|(name, _)| name == whole)) {
            pack.attach(layer.manifests);
            continue;
        }
        let repeated = twice(&layer.source);
        out.push((layer.name.clone(), Pack::new(layer, repeated)));
    }
    out
}

impl Pack {
    /// One that is as an export had it.
    pub(super) fn of(said: Map<String, Value>) -> Self {
        Self { said, manifests: Vec::new(), free: Vec::new() }
    }

    fn new(layer: Layer, repeated: bool) -> Self {
        let mut said = Map::new();
        let (tag, version) = versions(&layer);
        let name = match layer.source {
            Some(source) if repeated => {
                format!("{}--{source}", layer.display.as_deref().unwrap_or(&layer.name))
            }
            Some(source) => source,
            None => layer.name,
        };
        let mut add = |key: &str, value: Option<Value>| {
            said.extend(value.map(|value| (key.to_owned(), value)));
        };
        add("name", Some(json!(name)));
        add("type", Some(json!(layer.kind)));
        add("layer", Some(json!(layer.place)));
        add("version", version.map(Value::String));
        add("tag", tag.map(Value::String));
        add("values", layer.values.map(Value::String));
        add("registry", layer.registry.map(|metadata| json!({ "metadata": metadata })));
        let mut pack = Self { said, manifests: Vec::new(), free: layer.free };
        pack.attach(layer.manifests);
        pack
    }

    fn attach(&mut self, manifests: Vec<(String, String)>) {
        if manifests.is_empty() {
            return;
        }
        let mut list = match self.said.shift_remove("manifests") {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        };
        for (name, content) in manifests {
            list.push(json!({ "name": name, "content": content }));
            self.manifests.push(name);
        }
        let registry = self.said.shift_remove("registry");
        self.said.insert("manifests".into(), Value::Array(list));
        self.said.extend(registry.map(|registry| ("registry".to_owned(), registry)));
    }

    /// What the export's pack says that ours does not.
    pub(super) fn kept(&self, theirs: &Map<String, Value>, absences: bool) -> Map<String, Value> {
        let mut manifests = Map::new();
        let mut ours = self.said.clone();
        if let (Some(Value::Array(own)), Some(Value::Array(list))) =
            (self.said.get("manifests"), theirs.get("manifests"))
        {
            let list = list.iter().filter_map(Value::as_object);
            for ((name, own), theirs) in self.manifests.iter().zip(own).zip(list) {
                let Value::Object(own) = own else { continue };
                let kept = difference(&MANIFEST, own, theirs, absences);
                if !kept.is_empty() {
                    manifests.insert(name.clone(), Value::Object(kept));
                }
            }
            ours.extend(theirs.get("manifests").map(|list| ("manifests".to_owned(), list.clone())));
        }
        let mut kept = difference(&PACK, &ours, theirs, absences);
        if !manifests.is_empty() {
            kept.insert("manifests".into(), Value::Object(manifests));
        }
        if absences && !theirs.contains_key("values") {
            // Here the pack's own are meant; with the pack at hand they would be written out.
            match kept.entry(ABSENT).or_insert_with(|| json!([])) {
                Value::Array(list) if !list.iter().any(|key| key == "values") => list.push(json!("values")),
                _ => {}
            }
        }
        kept
    }

    /// Says that again.
    pub(super) fn apply(&mut self, kept: &Map<String, Value>) {
        if let (Some(Value::Array(own)), Some(Value::Object(manifests))) =
            (self.said.get_mut("manifests"), kept.get("manifests"))
        {
            for (name, own) in self.manifests.iter().zip(own) {
                if let (Some(Value::Object(kept)), Value::Object(own)) = (manifests.get(name.as_str()), own) {
                    apply(&MANIFEST, own, kept, &[]);
                }
            }
        }
        apply(&PACK, &mut self.said, kept, &self.free);
        if self.free.contains(&"values")
            && let Some(theirs) = kept.get("values").and_then(|values| values.get(ABSENT))
        {
            self.said.insert("values".into(), theirs.clone());
        }
    }
}

/// Tag and version: an exact one is both; a group is the tag, and the lock says its version; of anything else, which
/// Palette does not know, the version of the lock.
fn versions(layer: &Layer) -> (Option<String>, Option<String>) {
    let Some(wanted) = layer.wanted.clone() else { return (None, None) };
    let pinned = layer.pinned.clone();
    // To Helm `6.5` is a range.
    let range = layer.kind == "helm" && is_floating(&wanted) && pinned.is_some();
    if is_group(&wanted) {
        (Some(wanted.clone()), pinned.or(Some(wanted)))
    } else if is_exact(&wanted) && !range {
        (Some(wanted.clone()), Some(wanted))
    } else {
        (pinned.clone(), pinned)
    }
}

/// A version, whatever its form, that is no constraint.
pub(super) fn is_exact(wanted: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let wild = |part: &str| matches!(part, "x" | "X");
    !matches!(wanted, "" | "latest") && wanted.chars().all(plain) && !wanted.split('.').any(wild)
}

/// `1.33.x`: all versions of a line, the newest of which Palette takes.
pub(super) fn is_group(wanted: &str) -> bool {
    wanted.strip_suffix(".x").is_some_and(is_exact)
}
