//! App profiles: their tiers become add-on layers.
//!
//! A tier of an operator or a container is an instance of a pack; one of a chart or of manifests is what a cluster profile
//! has as well. What only the Dev engine understands (properties, outputs of other tiers) is kept in annotations and said.

use serde_json::{Map, Value, json};

use super::import::ImportedFile;
use super::names::{free, slug};
use super::source::{take_list, take_map, take_some, take_text};
use super::variables::MASK;

/// In the normal form of an app profile: what a tier says beside what a layer can.
pub(super) const TIERS: &str = "tiers";

/// Key of a pack in the normal form of an app profile: its order of installation.
pub(super) const ORDER: &str = "installOrder";

/// The API's form (`v1AppProfileEntity`) as a cluster profile.
pub(super) fn of_api(mut root: Map<String, Value>) -> Map<String, Value> {
    let metadata = take_map(&mut root, "metadata");
    let mut spec = take_map(&mut root, "spec");
    let tiers = take_list(&mut take_map(&mut spec, "template"), "appTiers");
    let version = spec.shift_remove("version");
    profile(metadata, version, None, tiers, root)
}

/// The YAML form that Terraform users keep in git.
pub(super) fn of_terraform(root: &mut Map<String, Value>) -> Map<String, Value> {
    let mut metadata = Map::new();
    for key in ["name", "description", "labels", "tags"] {
        metadata.extend(root.shift_remove(key).map(|value| (key.to_owned(), value)));
    }
    let version = root.shift_remove("version");
    let cloud = root.shift_remove("cloud");
    let tiers = take_list(root, "pack");
    profile(metadata, version, cloud, tiers, std::mem::take(root))
}

fn profile(
    metadata: Map<String, Value>,
    version: Option<Value>,
    cloud: Option<Value>,
    tiers: Vec<Value>,
    mut rest: Map<String, Value>,
) -> Map<String, Value> {
    let mut left = Map::new();
    let mut names: Vec<String> = Vec::new();
    let mut packs = Vec::new();
    for item in tiers {
        let Value::Object(from) = item else {
            packs.push(item);
            continue;
        };
        let (pack, layer, rest) = tier(from);
        // As the layers will be called.
        let layer = free(&slug(&layer, "layer"), |name| names.iter().any(|other| other == name));
        names.push(layer.clone());
        if !rest.is_empty() {
            left.insert(layer, Value::Object(rest));
        }
        packs.push(Value::Object(pack));
    }
    let mut spec = Map::new();
    spec.extend(version.map(|version| ("version".to_owned(), version)));
    let cloud = cloud.unwrap_or_else(|| json!("all"));
    spec.insert("template".into(), json!({ "type": "add-on", "cloudType": cloud, "packs": packs }));
    if !left.is_empty() {
        rest.insert(TIERS.into(), Value::Object(left));
    }
    rest.insert("metadata".into(), Value::Object(metadata));
    rest.insert("spec".into(), Value::Object(spec));
    rest
}

/// A tier as a pack, the name that its layer starts from, and what only an app profile knows.
fn tier(mut from: Map<String, Value>) -> (Map<String, Value>, String, Map<String, Value>) {
    let name = take_some(&mut from, "name").unwrap_or_else(|| "layer".to_owned());
    let kind = take_some(&mut from, "type").unwrap_or_else(|| "manifest".to_owned());
    let mut source = take_map(&mut from, "source_app_tier");
    let source_name = take_some(&mut source, "name");
    let mut pack = Map::new();
    let mut layer = name.clone();
    let mut left = Map::new();
    let word = match kind.as_str() {
        "manifest" | "helm" => kind.as_str(),
        // A pack of a pack registry.
        _ => {
            left.insert("type".into(), json!(kind));
            "spectro"
        }
    };
    pack.insert(
        "name".into(),
        json!(match &source_name {
            Some(source) if word != "manifest" && *source != name => format!("{name}--{source}"),
            Some(source) if word != "manifest" => source.clone(),
            _ => name.clone(),
        }),
    );
    if word != "manifest" && source_name.is_none() {
        // As `Layers::add` reads it.
        layer = name.split_once("--").map_or(name.clone(), |(display, _)| display.to_owned());
    }
    pack.insert("type".into(), json!(word));
    pack.insert("layer".into(), json!("addon"));
    let version = take_text(&mut from, "version").or_else(|| take_text(&mut source, "version"));
    pack.extend(version.filter(|_| word != "manifest").map(|version| ("version".to_owned(), json!(version))));
    let mut registry = Map::new();
    let uid = ["registryUid", "registry_uid"].iter().find_map(|key| take_some(&mut from, key));
    registry.extend(take_some(&mut source, "registry_name").map(|name| ("name".to_owned(), json!(name))));
    registry.extend(uid.map(|uid| ("uid".to_owned(), json!(uid))));
    if !registry.is_empty() {
        if word == "manifest" {
            left.insert("registry".into(), Value::Object(registry));
        } else {
            pack.insert("registry".into(), json!({ "metadata": registry }));
        }
    }
    for key in ["values", "manifests"] {
        pack.extend(from.shift_remove(key).map(|value| (key.to_owned(), value)));
    }
    if let Some(manifests) = from.shift_remove("manifest") {
        pack.insert("manifests".into(), manifests);
    }
    for key in ["install_order", ORDER] {
        pack.extend(from.shift_remove(key).map(|order| (ORDER.to_owned(), order)));
    }
    if let Some(properties) = from.shift_remove("properties") {
        left.insert("properties".into(), masked(properties));
    }
    if !source.is_empty() {
        left.insert("source_app_tier".into(), Value::Object(source));
    }
    left.extend(from);
    left.retain(|_, value| !value.is_null());
    (pack, layer, left)
}

/// Properties without the secrets among them: a placeholder may stay.
fn masked(properties: Value) -> Value {
    let secret = |key: &str, value: &Value| {
        let key = key.to_lowercase();
        let named = ["password", "secret", "token", "privatekey"].iter().any(|word| key.contains(word));
        let text = value.as_str().unwrap_or_default();
        named && !text.is_empty() && !text.starts_with("${") && !text.contains("{{")
    };
    match properties {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(key, value)| if secret(&key, &value) { (key, json!(MASK)) } else { (key, value) })
                .collect(),
        ),
        Value::Array(list) => Value::Array(
            list.into_iter()
                .map(|mut item| {
                    let name = item.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
                    if let Some(value) = item.get_mut("value").filter(|value| secret(&name, value)) {
                        *value = json!(MASK);
                    }
                    item
                })
                .collect(),
        ),
        other => other,
    }
}

/// What is said about tiers that know more than a layer can.
pub(super) fn notes(tiers: &Map<String, Value>, notes: &mut Vec<String>) {
    for (layer, left) in tiers {
        if let Some(kind) = left.get("type").and_then(Value::as_str) {
            notes.push(format!("layer `{layer}`: a tier of type `{kind}` is a layer of its pack now"));
        }
        let names: Vec<&str> = match left.get("properties") {
            Some(Value::Object(map)) => map.keys().map(String::as_str).collect(),
            Some(Value::Array(list)) => list.iter().filter_map(|item| item.get("name")?.as_str()).collect(),
            _ => continue,
        };
        notes.push(format!(
            "layer `{layer}`: properties ({}) have no counterpart; they are kept as an annotation: write them as values of \
             the pack",
            names.join(", ")
        ));
    }
}

/// References that only the Dev engine fills in, with their places: outputs of other tiers, and names of the app itself.
pub(super) fn outputs(files: &[ImportedFile], notes: &mut Vec<String>) {
    const NAMES: [(&str, &str); 4] = [
        (".spectro.app.", "is an output of another tier"),
        (".spectro.system.apptier.", "is known to app profiles alone"),
        (".spectro.system.appprofile.", "is known to app profiles alone"),
        (".spectro.system.appdeployment.", "is known to app profiles alone"),
    ];
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            for (name, why) in NAMES {
                for (start, _) in line.match_indices(name) {
                    let rest = &line[start..];
                    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '}' | '|' | '"' | '\''));
                    notes.push(format!(
                        "{}:{}:{}: `{}` {why}, and has no counterpart here: put a variable in its place",
                        file.path,
                        number + 1,
                        line[..start].chars().count() + 1,
                        &rest[..end.unwrap_or(rest.len())]
                    ));
                }
            }
        }
    }
}
