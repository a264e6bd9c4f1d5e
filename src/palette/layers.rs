//! One of `spec.template.packs` (`v1PackImportEntity`) as a layer.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::chart_values::{self, ChartValues};
use super::import::ImportedFile;
use super::names::{free, slug};
use super::source::{leftover, masked_lines, take_list, take_map, take_some, take_text};
use crate::version::is_floating_pack;

/// Layers as they grow.
#[derive(Default)]
pub(super) struct Layers {
    pub(super) list: Vec<Value>,
    pub(super) files: Vec<ImportedFile>,
    /// Layer name → what of it has no place.
    pub(super) left: Map<String, Value>,
    /// Our name of a registry → how Palette describes it.
    pub(super) registries: Map<String, Value>,
    /// Of each of `list`: its index in the export.
    pub(super) from: Vec<usize>,
    /// Index in the export of the one that is being added.
    at: usize,
    names: BTreeSet<String>,
}

/// What a layer is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Pack,
    Chart,
    Manifests,
}

impl Layers {
    /// Adds layer number `at` of the export; what cannot be kept is said in `notes`.
    pub(super) fn add(&mut self, at: usize, mut from: Map<String, Value>, notes: &mut Vec<String>) {
        self.at = at;
        let original = take_some(&mut from, "name").unwrap_or_else(|| "layer".to_owned());
        // The same pack twice: `<display name>--<name>`.
        let (display, source_name) = match original.split_once("--") {
            Some((display, name)) if !display.is_empty() && !name.is_empty() => (Some(display), name),
            _ => (None, original.as_str()),
        };
        let name = free(&slug(display.unwrap_or(source_name), "layer"), |name| self.names.contains(name));
        self.names.insert(name.clone());
        let mut note = |text: String| notes.push(format!("layer `{name}`: {text}"));

        let registry = self.registry(&mut from, &mut note);
        let source = source(&mut from, registry.as_ref(), &mut note);
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
            Source::Manifests => {
                if manifests.is_empty() {
                    note("it has no manifests, so that nothing of it can be a layer here; it is kept as an annotation".into());
                    from.insert("type".into(), json!("manifest"));
                    if let Some(values) = values {
                        from.insert("values".into(), json!(values));
                    }
                    self.left.insert(name, Value::Object(from));
                    return;
                }
                out.insert("manifests".into(), json!(manifests));
                self.whole_values(&name, values, &mut out, &mut note);
            }
            Source::Pack => {
                let reference = reference(source_name, registry, &mut from, &mut note);
                out.insert("pack".into(), reference);
                if !manifests.is_empty() {
                    out.insert("manifests".into(), json!(manifests));
                }
                self.whole_values(&name, values, &mut out, &mut note);
            }
            Source::Chart => {
                let reference = reference(source_name, registry, &mut from, &mut note);
                out.insert("chart".into(), reference);
                if let Some(values) = values {
                    let unwrapped = chart_values::unwrap(source_name, &values);
                    self.chart_values(&name, unwrapped, &mut out, &mut from, &mut note);
                }
            }
        }
        // A version that is not a group is the whole truth already.
        if let Some(left) = leftover(from) {
            self.left.insert(name.clone(), left);
        }
        let namespace = out.get("namespace").cloned();
        self.list.push(Value::Object(out));
        self.from.push(at);
        if source == Source::Chart && !manifests.is_empty() {
            note("its manifests are a layer of their own now, directly after it".into());
            let own =
                free(&slug(&format!("{name}-manifests"), "manifests"), |name| self.names.contains(name));
            self.names.insert(own.clone());
            let mut layer = Map::new();
            layer.insert("name".into(), json!(own));
            layer.insert("manifests".into(), json!(manifests));
            layer.extend(namespace.map(|namespace| ("namespace".to_owned(), namespace)));
            self.list.push(Value::Object(layer));
            self.from.push(at);
        }
    }

    /// The registry by our name, and what Palette says about it.
    fn registry(
        &mut self,
        from: &mut Map<String, Value>,
        note: &mut impl FnMut(String),
    ) -> Option<(String, Map<String, Value>)> {
        let mut described = match from.shift_remove("registry") {
            Some(Value::Object(mut registry)) => {
                let described = take_map(&mut registry, "metadata");
                if let Some(left) = leftover(registry) {
                    from.insert("registry".into(), left);
                }
                described
            }
            Some(Value::String(name)) => Map::from_iter([("name".to_owned(), Value::String(name))]),
            Some(other) if !other.is_null() => {
                from.insert("registry".into(), other);
                Map::new()
            }
            _ => Map::new(),
        };
        // The YAML dialect that Terraform users keep in git.
        for (theirs, ours) in [
            ("registryName", "name"),
            ("registry_name", "name"),
            ("registry_uid", "uid"),
            ("registryUid", "uid"),
        ] {
            if let Some(text) = take_some(from, theirs) {
                described.entry(ours).or_insert(Value::String(text));
            }
        }
        let name = described.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if name.is_empty() {
            if let Some(Value::String(uid)) = described.get("uid") {
                note(format!("its registry has no name, only the uid `{uid}`, which means nothing here"));
                from.insert("registryUid".into(), json!(uid));
            }
            return None;
        }
        let ours = slug(&name, "registry");
        match self.registries.get(&ours) {
            None => {
                self.registries.insert(ours.clone(), Value::Object(described.clone()));
            }
            Some(known) => {
                let uid = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
                let (known, here) = (uid(known.get("uid")), uid(described.get("uid")));
                if let Some(here) = here.filter(|here| known.as_ref().is_some_and(|known| known != here)) {
                    note(format!("registry `{name}` has the uid `{here}` here and another one elsewhere"));
                    from.insert("registryUid".into(), json!(here));
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
            let Some(content) = take_text(&mut manifest, "content") else {
                note(format!("manifest `{name}` has no content in the export and is left out"));
                continue;
            };
            if let Some(left) = leftover(manifest) {
                note(format!("of manifest `{name}` this has no place here: {left}"));
            }
            let ours = slug(&name, "manifest");
            let path = |name: &str| format!("manifests/{layer}/{name}.yaml");
            let ours = free(&ours, |name| paths.contains(&path(name)));
            if ours != name {
                note(format!("manifest `{name}` is called `{ours}` here"));
            }
            report_masked(&path(&ours), &content, note);
            let from = Some(format!("packs/{}/manifests/{index}/content", self.at));
            self.files.push(ImportedFile { path: path(&ours), text: content, from });
            paths.push(path(&ours));
        }
        paths
    }

    /// Values as they are, byte for byte: a full copy, which stands alone.
    fn whole_values(
        &mut self,
        layer: &str,
        values: Option<String>,
        out: &mut Map<String, Value>,
        note: &mut impl FnMut(String),
    ) {
        let Some(text) = values else { return };
        let path = format!("values/{layer}.yaml");
        report_masked(&path, &text, note);
        out.insert("values".into(), json!(path));
        out.insert("defaults".into(), json!(false));
        let from = Some(format!("packs/{}/values", self.at));
        self.files.push(ImportedFile { path, text, from });
    }

    /// Values of a chart layer, taken out of their wrapping.
    fn chart_values(
        &mut self,
        layer: &str,
        values: ChartValues,
        out: &mut Map<String, Value>,
        from: &mut Map<String, Value>,
        note: &mut impl FnMut(String),
    ) {
        if let Some(display) = values.display_name {
            out.entry("displayName").or_insert(json!(display));
        }
        self.whole_values(layer, values.text, out, note);
        if let Some(namespace) = values.namespace {
            out.insert("namespace".into(), json!(namespace));
        }
        if let Some(release) = values.release {
            out.insert("release".into(), json!(release));
        }
        if let Some(priority) = values.priority {
            out.insert("installPriority".into(), json!(priority));
        }
        for text in values.notes {
            note(text);
        }
        if let Some(left) = values.left {
            note("some of its values are not the chart's and have no place here; they are kept as an annotation".into());
            from.insert("values".into(), left);
        }
    }
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
            from.insert("type".into(), json!(word));
            Source::Pack
        }
        ("helm", _) | ("oci", Some("helm")) => Source::Chart,
        // Packs of the two kinds of pack registry: which one it was is said by the registry.
        ("spectro" | "oci", _) => Source::Pack,
        (other, _) => {
            note(format!("type `{other}` is not known here; it is written as a pack"));
            from.insert("type".into(), json!(word));
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
        "os" | "cni" | "csi" => word.as_str(),
        "k8s" | "kubernetes" => "kubernetes",
        other => {
            note(format!("layer type `{other}` is not known here; it is an add-on now"));
            from.insert("layer".into(), json!(other));
            return;
        }
    };
    if source == Source::Pack {
        out.insert("type".into(), json!(ours));
    } else {
        note(format!("only a pack can be of layer type `{ours}` here; it is an add-on now"));
        from.insert("layer".into(), json!(word));
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
            from.insert("version".into(), json!(version));
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
            from.insert("tag".into(), json!(wanted));
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

fn report_masked(path: &str, text: &str, note: &mut impl FnMut(String)) {
    for line in masked_lines(text) {
        note(format!("{path}:{line}: a masked secret; put a sensitive variable in its place"));
    }
}
