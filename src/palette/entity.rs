//! A profile as Palette's document (`v1ClusterProfileImportEntity`): what our files say, then what an import kept.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::difference::{METADATA, OPTION, ROOT, SPEC, TEMPLATE, VARIABLE, apply, difference};
use super::pack::{Pack, packs};
use super::variables;

/// What Palette stores as the value of a tag that has none.
pub(super) const NO_VALUE: &str = "spectro__tag";

/// Prefix of the annotations that an import writes.
const PREFIX: &str = "palette/";

/// In the annotations of a layer: the layer of the export that its manifests belong to.
pub(super) const PART_OF: &str = "(part of)";

/// A layer as Palette knows one.
#[derive(Debug, Default)]
pub(super) struct Layer {
    /// Name here.
    pub(super) name: String,
    /// What tells it from its twin.
    pub(super) display: Option<String>,
    /// `spectro`, `oci`, `helm` or `manifest`.
    pub(super) kind: String,
    /// Name of the pack or chart.
    pub(super) source: Option<String>,
    /// `os`, `k8s`, `cni`, `csi` or `addon`.
    pub(super) place: String,
    /// What the profile asks for.
    pub(super) wanted: Option<String>,
    /// What the lock says.
    pub(super) pinned: Option<String>,
    /// How Palette describes the registry.
    pub(super) registry: Option<Map<String, Value>>,
    /// Values as text.
    pub(super) values: Option<String>,
    /// Keys that say nothing which the profile itself says.
    pub(super) free: Vec<&'static str>,
    /// Manifests: name here, and text.
    pub(super) manifests: Vec<(String, String)>,
}

impl Layer {
    /// All its texts.
    pub(super) fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        self.values.iter_mut().chain(self.manifests.iter_mut().map(|(_, text)| text))
    }
}

/// Palette's document, in the parts that are compared with an export.
pub(super) struct Entity {
    pub(super) root: Map<String, Value>,
    pub(super) metadata: Map<String, Value>,
    pub(super) spec: Map<String, Value>,
    pub(super) template: Map<String, Value>,
    /// With the layer's name.
    pub(super) packs: Vec<(String, Pack)>,
    /// With the variable's name.
    pub(super) variables: Vec<(String, Map<String, Value>)>,
}

impl Entity {
    /// What our files say; `document` is `profile.yaml`.
    pub(super) fn new(document: &Value, layers: Vec<Layer>) -> Self {
        let metadata = document.get("metadata").unwrap_or(&Value::Null);
        let spec = document.get("spec").unwrap_or(&Value::Null);
        let text = |at: &Value, key: &str| at.get(key).and_then(Value::as_str).map(str::to_owned);
        let labels: Map<String, Value> = metadata
            .get("tags")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(key, value)| {
                let value = value.as_str().filter(|value| !value.is_empty()).unwrap_or(NO_VALUE);
                (key.clone(), json!(value))
            })
            .collect();
        let system = document.get("kind").is_some_and(|kind| kind == "SystemProfile");
        let profile_type = match spec.get("type").and_then(Value::as_str) {
            _ if system => "system",
            Some("infrastructure") => "infra",
            Some("add-on") => "add-on",
            _ => "cluster",
        };
        let name = text(metadata, "displayName").or_else(|| text(metadata, "name")).unwrap_or_default();
        let variables = spec.get("variables").and_then(Value::as_array);
        let variables =
            variables.into_iter().flatten().filter_map(|v| Some((text(v, "name")?, variables::theirs(v))));
        let map = |value: Value| value.as_object().cloned().unwrap_or_default();
        Self {
            root: Map::new(),
            metadata: map(json!({
                "name": name,
                "description": text(metadata, "description").unwrap_or_default(),
                "labels": labels,
            })),
            spec: map(json!({ "version": text(metadata, "version").unwrap_or_default() })),
            template: map(json!({
                "type": profile_type,
                "cloudType": text(spec, "cloud").unwrap_or_else(|| "all".to_owned()),
            })),
            packs: packs(layers, &parts(metadata)),
            variables: variables.collect(),
        }
    }

    /// What an export says that our files do not, as annotations. `theirs` gives the place in the export of each layer.
    pub(super) fn kept(
        &self,
        export: &Map<String, Value>,
        places: &BTreeMap<String, usize>,
        absences: bool,
    ) -> Map<String, Value> {
        let none = Map::new();
        let inner = |map: &Map<String, Value>, key: &str| match map.get(key) {
            Some(Value::Object(inner)) => inner.clone(),
            _ => Map::new(),
        };
        let (metadata, spec) = (inner(export, "metadata"), inner(export, "spec"));
        let template = inner(&spec, "template");
        let empty = |map: &Map<String, Value>, key: &str, ours: &mut Map<String, Value>| match map.get(key) {
            // A list is compared item by item.
            Some(list @ Value::Array(_)) => drop(ours.insert(key.to_owned(), list.clone())),
            _ => drop(ours.insert(key.to_owned(), json!([]))),
        };
        let (mut our_spec, mut our_template) = (self.spec.clone(), self.template.clone());
        empty(&spec, "variables", &mut our_spec);
        empty(&template, "packs", &mut our_template);
        our_spec.insert("template".into(), Value::Object(template.clone()));
        let mut root = self.root.clone();
        for key in ["metadata", "spec"] {
            root.extend(export.get(key).map(|value| (key.to_owned(), value.clone())));
        }

        let list = |map: &Map<String, Value>, key: &str| match map.get(key) {
            Some(Value::Array(list)) => list.clone(),
            _ => Vec::new(),
        };
        let theirs = list(&template, "packs");
        let mut layers = Map::new();
        for (name, pack) in &self.packs {
            let Some(Value::Object(theirs)) = places.get(name).and_then(|index| theirs.get(*index)) else {
                continue;
            };
            let kept = pack.kept(theirs, absences);
            if !kept.is_empty() {
                layers.insert(name.clone(), Value::Object(kept));
            }
        }
        let mut variables = Map::new();
        for theirs in list(&spec, "variables") {
            let Value::Object(theirs) = theirs else { continue };
            let name = theirs.get("name").and_then(Value::as_str);
            let Some((name, ours)) = self.variables.iter().find(|(ours, _)| Some(ours.as_str()) == name)
            else {
                continue;
            };
            let kept = variable_kept(ours, &theirs, absences);
            if !kept.is_empty() {
                variables.insert(name.clone(), Value::Object(kept));
            }
        }
        let parts = [
            ("layers", layers),
            ("variables", variables),
            ("metadata", difference(&METADATA, &self.metadata, &metadata, absences)),
            ("template", difference(&TEMPLATE, &our_template, &template, absences)),
            ("spec", difference(&SPEC, &our_spec, &spec, absences)),
            ("profile", difference(&ROOT, &root, export, false)),
        ];
        let said = parts.into_iter().filter(|(_, kept)| *kept != none);
        said.map(|(key, kept)| (format!("{PREFIX}{key}"), Value::Object(kept))).collect()
    }

    /// Says again what an import kept in the annotations.
    pub(super) fn apply(&mut self, metadata: &Value) {
        let kept = |key: &str| annotation(metadata, key).and_then(Value::as_object);
        if let Some(layers) = kept("layers") {
            for (name, pack) in &mut self.packs {
                if let Some(Value::Object(kept)) = layers.get(name.as_str()) {
                    pack.apply(kept);
                }
            }
        }
        if let Some(variables) = kept("variables") {
            for (name, variable) in &mut self.variables {
                if let Some(Value::Object(kept)) = variables.get(name.as_str()) {
                    apply_variable(variable, kept);
                }
            }
        }
        for extra in annotation(metadata, "packs").and_then(Value::as_array).into_iter().flatten() {
            let Some(Value::Object(pack)) = extra.get("pack") else { continue };
            let after = extra.get("after").and_then(Value::as_str);
            let place = after.map_or(Some(0), |after| {
                self.packs.iter().position(|(name, _)| name == after).map(|index| index + 1)
            });
            let pack = Pack::of(pack.clone());
            let place = place.unwrap_or(self.packs.len());
            // Several behind one layer stand in order.
            let behind = self.packs[place..].iter().take_while(|(name, _)| name.is_empty()).count();
            self.packs.insert(place + behind, (String::new(), pack));
        }
        let packs = self.packs.iter().map(|(_, pack)| Value::Object(pack.said.clone())).collect();
        self.template.insert("packs".into(), Value::Array(packs));
        let variables = self.variables.iter().map(|(_, variable)| Value::Object(variable.clone())).collect();
        self.spec.insert("variables".into(), Value::Array(variables));
        for (key, shape, map) in [
            ("metadata", &METADATA, &mut self.metadata),
            ("template", &TEMPLATE, &mut self.template),
            ("spec", &SPEC, &mut self.spec),
            ("profile", &ROOT, &mut self.root),
        ] {
            if let Some(kept) = kept(key) {
                apply(shape, map, kept, &[]);
            }
        }
    }

    /// The whole document; [`Entity::apply`] comes first.
    pub(super) fn document(self) -> Value {
        let Self { root, metadata, mut spec, template, .. } = self;
        let variables = spec.shift_remove("variables");
        spec.insert("template".into(), Value::Object(template));
        spec.extend(variables.map(|variables| ("variables".to_owned(), variables)));
        let mut out = Map::from_iter([
            ("metadata".to_owned(), Value::Object(metadata)),
            ("spec".to_owned(), Value::Object(spec)),
        ]);
        out.extend(root);
        Value::Object(out)
    }
}

/// What an import kept below `palette/KEY`.
pub(super) fn annotation<'a>(metadata: &'a Value, key: &str) -> Option<&'a Value> {
    metadata.get("annotations")?.get(format!("{PREFIX}{key}"))
}

/// Layers whose manifests belong to another one: name → that one's.
fn parts(metadata: &Value) -> BTreeMap<&str, &str> {
    let layers = annotation(metadata, "layers").and_then(Value::as_object);
    let layers = layers.into_iter().flatten();
    layers.filter_map(|(name, kept)| Some((name.as_str(), kept.get(PART_OF)?.as_str()?))).collect()
}

fn variable_kept(
    ours: &Map<String, Value>,
    theirs: &Map<String, Value>,
    absences: bool,
) -> Map<String, Value> {
    let mut options = Map::new();
    let mut compared = ours.clone();
    if let (Some(Value::Array(own)), Some(Value::Array(list))) = (ours.get("options"), theirs.get("options"))
    {
        for theirs in list.iter().filter_map(Value::as_object) {
            let value = theirs.get("value").map(variables::text).unwrap_or_default();
            let own = own.iter().filter_map(Value::as_object).find(|own| own["value"] == value);
            let Some(own) = own else { continue };
            let kept = difference(&OPTION, own, theirs, absences);
            if !kept.is_empty() {
                options.insert(value, Value::Object(kept));
            }
        }
        compared.insert("options".into(), Value::Array(list.clone()));
    }
    let mut kept = difference(&VARIABLE, &compared, theirs, absences);
    if !options.is_empty() {
        kept.insert("options".into(), Value::Object(options));
    }
    kept
}

fn apply_variable(variable: &mut Map<String, Value>, kept: &Map<String, Value>) {
    if let (Some(Value::Array(own)), Some(Value::Object(options))) =
        (variable.get_mut("options"), kept.get("options"))
    {
        for own in own.iter_mut().filter_map(Value::as_object_mut) {
            let value = own.get("value").and_then(Value::as_str).unwrap_or_default().to_owned();
            if let Some(Value::Object(kept)) = options.get(&value) {
                apply(&OPTION, own, kept, &[]);
            }
        }
    }
    apply(&VARIABLE, variable, kept, &[]);
}
