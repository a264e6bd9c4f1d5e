//! One of `spec.template.packs` (`v1PackImportEntity`) as a layer, and a layer as one of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::app::ORDER;
use super::entity::{self, PART_OF};
use super::import::{ImportOptions, ImportedFile};
use super::names::{free, slug};
use super::source::{take_list, take_map, take_some, take_text};
use crate::version::is_floating_pack;

/// Layers as they grow.
#[derive(Default)]
pub(super) struct Layers {
    pub(super) list: Vec<Value>,
    pub(super) files: Vec<ImportedFile>,
    /// Layers whose manifests belong to another one, as annotations say it.
    pub(super) parts: Map<String, Value>,
    /// Packs that nothing here can stand for, as annotations keep them.
    pub(super) homeless: Vec<Value>,
    /// Our name of a registry → how Palette describes it.
    pub(super) registries: Map<String, Value>,
    /// Registries that charts come from.
    pub(super) charts: BTreeSet<String>,
    /// Of each of `list`: its index in the export.
    pub(super) from: Vec<usize>,
    /// Index in the export of the one that is being added.
    at: usize,
    names: BTreeSet<String>,
    /// Palette's registries by uid or name → our names.
    called: BTreeMap<String, String>,
}

/// What a layer is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Pack,
    Chart,
    Manifests,
}

impl Layers {
    pub(super) fn new(options: &ImportOptions) -> Self {
        Self { called: options.registries.clone(), ..Self::default() }
    }

    /// Adds layer number `at` of the export; what cannot be kept is said in `notes`.
    pub(super) fn add(&mut self, at: usize, mut from: Map<String, Value>, notes: &mut Vec<String>) {
        self.at = at;
        let whole = from.clone();
        let original = take_some(&mut from, "name").unwrap_or_else(|| "layer".to_owned());
        // The same pack twice: `<display name>--<name>`.
        let (display, source_name) = match original.split_once("--") {
            Some((display, name)) if !display.is_empty() && !name.is_empty() => (Some(display), name),
            _ => (None, original.as_str()),
        };
        let name = free(&slug(display.unwrap_or(source_name), "layer"), |name| self.names.contains(name));
        let mut note = |text: String| notes.push(format!("layer `{name}`: {text}"));

        let registry = self.registry(&mut from, &mut note);
        let source = source(&mut from, registry.as_ref(), &mut note);
        if source == Source::Manifests && take_list(&mut from.clone(), "manifests").is_empty() {
            note(
                "it has no manifests, so that nothing of it can be a layer here; it is kept as an annotation"
                    .into(),
            );
            let after = self.list.last().map_or(Value::Null, |layer| layer["name"].clone());
            self.homeless.push(json!({ "after": after, "pack": whole }));
            return;
        }
        self.names.insert(name.clone());
        let mut out = Map::new();
        out.insert("name".into(), json!(name));
        if let Some(display) = display {
            out.insert("displayName".into(), json!(display));
        }
        layer_type(&mut from, source, &mut out, &mut note);
        let values = take_text(&mut from, "values").filter(|text| !text.is_empty());
        let manifests = self.manifests(&name, take_list(&mut from, "manifests"), &mut note);
        let registry = registry.map(|(name, _)| name);
        match source {
            Source::Manifests => drop(out.insert("manifests".into(), json!(manifests))),
            Source::Pack => {
                out.insert("pack".into(), reference(source_name, registry, &mut from, &mut note));
                if !manifests.is_empty() {
                    out.insert("manifests".into(), json!(manifests));
                }
            }
            Source::Chart => {
                self.charts.extend(registry.clone());
                out.insert("chart".into(), reference(source_name, registry, &mut from, &mut note));
            }
        }
        if let Some(values) = values {
            self.values(&name, values, source == Source::Chart, &mut out);
        }
        if let Some(order) = from.get(ORDER).and_then(Value::as_i64).filter(|order| *order != 0) {
            out.insert("installPriority".into(), json!(order));
        }
        self.list.push(Value::Object(out));
        self.from.push(at);
        if source == Source::Chart && !manifests.is_empty() {
            note("its manifests are a layer of their own now, directly after it".into());
            let own =
                free(&slug(&format!("{name}-manifests"), "manifests"), |name| self.names.contains(name));
            self.names.insert(own.clone());
            self.list.push(json!({ "name": own, "manifests": manifests }));
            self.from.push(at);
            self.parts.insert(own, json!({ PART_OF: name }));
        }
    }

    /// The registry by our name, and what Palette says about it.
    fn registry(
        &mut self,
        from: &mut Map<String, Value>,
        note: &mut impl FnMut(String),
    ) -> Option<(String, Map<String, Value>)> {
        let mut described = match from.shift_remove("registry") {
            Some(Value::Object(mut registry)) => take_map(&mut registry, "metadata"),
            Some(Value::String(name)) => Map::from_iter([("name".to_owned(), Value::String(name))]),
            Some(other) if !other.is_null() => {
                from.insert("registry".into(), other);
                Map::new()
            }
            _ => Map::new(),
        };
        if let Some(uid) = take_some(from, "registryUid") {
            described.entry("uid").or_insert(Value::String(uid));
        }
        let text = |key: &str| described.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (name, uid) = (text("name"), text("uid"));
        let called = self.called.get(&uid).or_else(|| self.called.get(&name)).cloned();
        if name.is_empty() && called.is_none() {
            if !uid.is_empty() {
                note(format!(
                    "its registry has no name, only the uid `{uid}`: say which one it is (`--registry-map {uid}=NAME`)"
                ));
            }
            return None;
        }
        let ours = called.unwrap_or_else(|| slug(&name, "registry"));
        match self.registries.get(&ours) {
            None => {
                self.registries.insert(ours.clone(), Value::Object(described.clone()));
            }
            Some(known) => {
                if known.get("uid").is_some_and(|known| known != &json!(uid)) && !uid.is_empty() {
                    note(format!("registry `{name}` has the uid `{uid}` here and another one elsewhere"));
                }
            }
        }
        Some((ours, described))
    }

    /// Writes the manifests of a layer to files, and returns their paths.
    fn manifests(&mut self, layer: &str, from: Vec<Value>, note: &mut impl FnMut(String)) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        for (index, manifest) in from.into_iter().enumerate() {
            let Value::Object(mut manifest) = manifest else {
                note(format!("manifest {manifest} is no mapping and is left out"));
                continue;
            };
            let name = take_some(&mut manifest, "name").unwrap_or_else(|| "manifest".to_owned());
            let content = take_text(&mut manifest, "content").unwrap_or_else(|| {
                note(format!("manifest `{name}` has no content in the export; its file is empty"));
                String::new()
            });
            let ours = slug(&name, "manifest");
            let path = |name: &str| format!("manifests/{layer}/{name}.yaml");
            let ours = free(&ours, |name| paths.contains(&path(name)));
            if ours != name {
                note(format!("manifest `{name}` is called `{ours}` here"));
            }
            let from = Some(format!("packs/{}/manifests/{index}/content", self.at));
            self.files.push(ImportedFile { path: path(&ours), text: content, from });
            paths.push(path(&ours));
        }
        paths
    }

    /// Values as they are, byte for byte: a full copy, which stands alone. Those of a chart stay wrapped, too.
    fn values(&mut self, layer: &str, text: String, wrapped: bool, out: &mut Map<String, Value>) {
        let path = format!("values/{layer}.yaml");
        out.insert("values".into(), json!(path));
        out.insert("defaults".into(), json!(false));
        if wrapped {
            out.insert("wrapped".into(), json!(true));
        }
        let from = Some(format!("packs/{}/values", self.at));
        self.files.push(ImportedFile { path, text, from });
    }
}

/// The layers of `profile.yaml` as Palette knows them, as far as that file and those beside it say it.
pub(super) fn plain(document: &Value, read: &dyn Fn(&str) -> Option<String>) -> Vec<entity::Layer> {
    let layers = document.pointer("/spec/layers").and_then(Value::as_array).into_iter().flatten();
    layers.map(|layer| of_document(document, layer, read)).collect()
}

fn of_document(document: &Value, layer: &Value, read: &dyn Fn(&str) -> Option<String>) -> entity::Layer {
    let text = |pointer: &str| layer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let metadata = document.get("metadata").unwrap_or(&Value::Null);
    let (source, what) = match (layer.get("pack"), layer.get("chart")) {
        (Some(pack), _) => (Some(pack), "pack"),
        (None, Some(chart)) => (Some(chart), "chart"),
        (None, None) => (None, "manifests"),
    };
    let said = |key: &str| source.and_then(|source| source.get(key)?.as_str()).map(str::to_owned);
    let registry = said("registry")
        .and_then(|ours| entity::annotation(metadata, "registries")?.get(&ours)?.as_object().cloned());
    let oci =
        registry.as_ref().is_some_and(|registry| registry.get("kind").is_some_and(|kind| kind == "oci"));
    let mut out = entity::Layer {
        name: text("/name").unwrap_or_default(),
        display: text("/displayName"),
        kind: match what {
            "pack" if oci => "oci",
            "pack" => "spectro",
            "chart" => "helm",
            _ => "manifest",
        }
        .to_owned(),
        source: said("name"),
        place: match text("/type").as_deref() {
            Some("kubernetes") => "k8s".to_owned(),
            Some(word) => word.to_owned(),
            None => "addon".to_owned(),
        },
        wanted: said("version"),
        registry,
        values: text("/values").and_then(|path| read(&path)),
        ..entity::Layer::default()
    };
    if layer.get("values").is_none() {
        out.free.push("values");
    }
    if said("registry").is_none() {
        out.free.push("registry");
    }
    for path in layer.get("manifests").and_then(Value::as_array).into_iter().flatten() {
        let Some(path) = path.as_str() else { continue };
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        out.manifests.push((stem.to_owned(), read(path).unwrap_or_default()));
    }
    out
}

fn source(
    from: &mut Map<String, Value>,
    registry: Option<&(String, Map<String, Value>)>,
    note: &mut impl FnMut(String),
) -> Source {
    let word = take_some(from, "type").unwrap_or_else(|| "spectro".to_owned());
    let provider = registry.and_then(|(_, described)| described.get("providerType")).and_then(Value::as_str);
    match (word.as_str(), provider) {
        ("manifest", _) => Source::Manifests,
        (_, Some("zarf")) | ("zarf", _) => {
            note("a Zarf package has no counterpart here; it is written as a pack, which no registry will have".into());
            Source::Pack
        }
        ("helm", _) | ("oci", Some("helm")) => Source::Chart,
        // Packs of the two kinds of pack registry: which one it was is said by the registry.
        ("spectro" | "oci", _) => Source::Pack,
        (other, _) => {
            note(format!("type `{other}` is not known here; it is written as a pack"));
            Source::Pack
        }
    }
}

fn layer_type(
    from: &mut Map<String, Value>,
    source: Source,
    out: &mut Map<String, Value>,
    note: &mut impl FnMut(String),
) {
    let word = take_some(from, "layer").unwrap_or_else(|| "addon".to_owned());
    let ours = match word.as_str() {
        "addon" => return,
        "kernel" | "os" | "cni" | "csi" => word.as_str(),
        "k8s" | "kubernetes" => "kubernetes",
        other => {
            note(format!("layer type `{other}` is not known here; it is an add-on now"));
            return;
        }
    };
    if source == Source::Pack {
        out.insert("type".into(), json!(ours));
    } else {
        note(format!("only a pack can be of layer type `{ours}` here; it is an add-on now"));
    }
}

/// The reference: the tag, which may be a group, else the version that it meant at the time of the export.
fn reference(
    name: &str,
    registry: Option<String>,
    from: &mut Map<String, Value>,
    note: &mut impl FnMut(String),
) -> Value {
    let version = take_some(from, "version");
    let tag = take_some(from, "tag");
    let wanted = match (&tag, &version) {
        (Some(tag), Some(version)) if tag != version => {
            if is_floating_pack(tag) || tag.contains("__") {
                note(format!("it follows `{tag}`, which was {version} at the time of the export"));
            } else {
                note(format!("its tag is `{tag}`, its version `{version}`; the tag is used"));
            }
            tag.clone()
        }
        (Some(text), _) | (None, Some(text)) => text.clone(),
        (None, None) => {
            note("it has no version; it takes the newest one".into());
            "latest".to_owned()
        }
    };
    // A named group (`LTS__18.4.x`): the name has no counterpart.
    let wanted = match wanted.rsplit_once("__") {
        Some((group, plain)) if plain.starts_with(|c: char| c.is_ascii_digit()) => {
            note(format!("the group `{group}` of its version has no counterpart here"));
            plain.to_owned()
        }
        _ => wanted,
    };
    let mut reference = Map::new();
    reference.insert("name".into(), json!(name));
    reference.insert("version".into(), json!(wanted));
    reference.extend(registry.map(|registry| ("registry".to_owned(), json!(registry))));
    Value::Object(reference)
}
