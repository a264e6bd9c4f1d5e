//! The flat YAML form that Terraform users keep in git (`terraform-spectrocloud-modules`), and the API's form of it.

use serde_json::{Map, Value, json};

use super::source::{take_map, take_some};

/// Where a pack says its registry, in that form: theirs, and what it means.
const REGISTRY_KEYS: [(&str, &str); 5] = [
    ("registry", "name"),
    ("registryName", "name"),
    ("registry_name", "name"),
    ("registry_uid", "uid"),
    ("registryUid", "uid"),
];

/// The API's form of a flat profile. What has no place in it stays at the top.
pub(super) fn normal(mut root: Map<String, Value>) -> Map<String, Value> {
    let mut metadata = Map::new();
    let mut spec = Map::new();
    let mut template = Map::new();
    for (part, keys) in [
        (&mut metadata, &["name", "description", "labels", "tags"][..]),
        (&mut spec, &["version", "variables"]),
        (&mut template, &["type", "cloudType", "packs"]),
    ] {
        for key in keys {
            part.extend(root.shift_remove(*key).map(|value| ((*key).to_owned(), value)));
        }
    }
    template.entry("cloudType").or_insert_with(|| json!("all"));
    if let Some(Value::Array(packs)) = template.get_mut("packs") {
        for pack in packs.iter_mut().filter_map(Value::as_object_mut) {
            registry(pack);
        }
    }
    spec.insert("template".into(), Value::Object(template));
    root.insert("metadata".into(), Value::Object(metadata));
    root.insert("spec".into(), Value::Object(spec));
    root
}

fn registry(pack: &mut Map<String, Value>) {
    if matches!(pack.get("registry"), Some(Value::Object(_))) {
        return;
    }
    let mut described = Map::new();
    for (theirs, ours) in REGISTRY_KEYS {
        if let Some(text) = take_some(pack, theirs) {
            described.entry(ours).or_insert(Value::String(text));
        }
    }
    if !described.is_empty() {
        pack.insert("registry".into(), json!({ "metadata": described }));
    }
}

/// The flat form of a document in the API's form. `rest`: what stands at the top beside it.
pub(super) fn flat(document: Value, rest: Option<&Map<String, Value>>) -> Value {
    let Value::Object(mut root) = document else { return document };
    let mut metadata = take_map(&mut root, "metadata");
    let mut spec = take_map(&mut root, "spec");
    let mut template = take_map(&mut spec, "template");
    let mut out = Map::new();
    let mut take = |from: &mut Map<String, Value>, key: &str| {
        let value = from.shift_remove(key).filter(|value| !value.is_null());
        out.extend(value.map(|value| (key.to_owned(), value)));
    };
    take(&mut metadata, "name");
    take(&mut metadata, "description");
    take(&mut template, "type");
    take(&mut template, "cloudType");
    take(&mut spec, "version");
    let tags: Vec<Value> = take_map(&mut metadata, "labels")
        .into_iter()
        .map(|(key, value)| match value.as_str() {
            None | Some("" | super::entity::NO_VALUE) => json!(key),
            Some(value) => json!(format!("{key}:{value}")),
        })
        .collect();
    if !tags.is_empty() {
        out.insert("tags".into(), Value::Array(tags));
    }
    out.extend(rest.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
    let variables = spec.shift_remove("variables");
    let variables = variables.filter(|list| list.as_array().is_some_and(|list| !list.is_empty()));
    out.extend(variables.map(|list| ("variables".to_owned(), list)));
    let packs = match template.shift_remove("packs") {
        Some(Value::Array(packs)) => packs.into_iter().map(pack).collect(),
        _ => Vec::new(),
    };
    out.insert("packs".into(), Value::Array(packs));
    Value::Object(out)
}

fn pack(pack: Value) -> Value {
    let Value::Object(mut pack) = pack else { return pack };
    let mut described = match pack.shift_remove("registry") {
        Some(Value::Object(mut registry)) => take_map(&mut registry, "metadata"),
        _ => Map::new(),
    };
    let mut out = Map::new();
    for key in ["name", "type", "layer"] {
        out.extend(pack.shift_remove(key).map(|value| (key.to_owned(), value)));
    }
    for (theirs, ours) in [("uid", "registry_uid"), ("name", "registry")] {
        out.extend(take_some(&mut described, theirs).map(|text| (ours.to_owned(), json!(text))));
    }
    out.extend(pack);
    Value::Object(out)
}
