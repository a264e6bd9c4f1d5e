//! The schemas in `schemas/` and the types in `workspace::model` say the same.
//!
//! Documents with every property filled are changed at every node: key removed, key misspelt, value replaced by each
//! type. Whatever the types refuse the schema must refuse; what the schema alone refuses is listed here.

use std::collections::BTreeSet;

use edgewright::diagnostics::{Diagnostic, render};
use edgewright::schema::{self, Kind};
use edgewright::source::SourceFile;
use edgewright::workspace::model;
use edgewright::yaml::{self, Document};
use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn document(value: &Value) -> Document {
    let stream = yaml::parse(&SourceFile::new("t.yaml", value.to_string()));
    assert!(stream.diagnostics.is_empty(), "{:?}", stream.diagnostics);
    stream.documents.into_iter().next().expect("a document")
}

/// The types' opinion of `metadata` and `spec`: `None`, or the pointer and message of what they refuse.
fn refused<M: DeserializeOwned, S: DeserializeOwned>(document: &Document) -> Option<(String, String)> {
    let part = |name: &str, read: &dyn Fn(yaml::Node<'_>) -> Result<(), yaml::ReadError>| match document
        .at(&format!("/{name}"))
    {
        None => Some((String::new(), format!("missing field `{name}`"))),
        Some(node) => read(node).err().map(|e| (format!("/{name}{}", e.pointer), e.message)),
    };
    part("metadata", &|node| yaml::from_node::<M>(node).map(drop))
        .or_else(|| part("spec", &|node| yaml::from_node::<S>(node).map(drop)))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Name {
    name: String,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct NameAndLabels {
    name: String,
    #[serde(default)]
    labels: IndexMap<String, String>,
}

type Refused = fn(&Document) -> Option<(String, String)>;

/// Every kind with documents that together use every property.
fn full() -> Vec<(Kind, Refused, Value)> {
    let profile = json!({
        "apiVersion": "edgewright/v1",
        "kind": "ClusterProfile",
        "metadata": {
            "name": "vm", "displayName": "VM", "version": "1.2.0", "description": "d", "tags": {"a": "", "b": null},
            "scope": "project", "project": "retail", "owners": ["team"],
            "clonedFrom": {"id": "base", "version": "1.0.0"}, "annotations": {"palette/x": [1]}
        },
        "spec": {
            "type": "add-on",
            "cloud": "all",
            "variables": [{
                "name": "net", "displayName": "Net", "description": "d", "format": "ipv4cidr", "inputType": "dropdown",
                "options": [{"value": "10.0.0.0/8", "label": "l", "description": "d"}], "required": true,
                "default": "10.0.0.0/8", "regex": ".*", "hidden": false, "readOnly": false, "sensitive": false
            }],
            "layers": [
                {
                    "name": "a", "displayName": "A", "type": "addon",
                    "pack": {"name": "p", "version": ">=1.0", "registry": "packs"}, "manifests": ["m.yaml"],
                    "presets": {"access": "proxied"}, "values": {"a": 1}, "defaults": true, "namespace": "apps",
                    "namespaceLabels": {"a": "b"}, "namespaceAnnotations": {"a": "b"}, "installPriority": 10,
                },
                {
                    "name": "b", "chart": {"name": "c", "version": "^6.5", "registry": "charts"},
                    "values": "values/b.yaml", "release": "b", "opaque": true, "wrapped": true
                }
            ]
        }
    });
    let channels = json!({
        "apiVersion": "edgewright/v1",
        "kind": "Channels",
        "metadata": {"name": "vm", "scope": "project", "project": "retail"},
        "spec": {"stable": {
            "version": "1.2.0", "minVersion": "1.1.0", "paused": false, "waves": [{"after": "24h", "percent": 100}]
        }}
    });
    let group = json!({
        "apiVersion": "edgewright/v1",
        "kind": "ApplianceGroup",
        "metadata": {"name": "east"},
        "spec": {
            "selector": {"matchLabels": {"region": "east"}}, "priority": 1,
            "profiles": [{"id": "a", "channel": "stable"}, {"id": "r/b", "version": "1.2.0"}],
            "variables": {"net": "10.0.0.0/8"},
            "window": {"cron": "0 2 * * *", "duration": "2h", "timezone": "UTC"}
        }
    });
    let appliance = json!({
        "apiVersion": "edgewright/v1",
        "kind": "Appliance",
        "metadata": {"name": "store", "labels": {"region": "east"}},
        "spec": {
            "id": "edge-1", "recipient": "age1abc", "kubernetes": "managed",
            "profiles": [{"id": "a", "channel": "stable"}, {"id": "r/b", "version": "1.2.0"}],
            "variables": {"net": 1},
            "window": {"cron": "0 2 * * *", "duration": "2h", "timezone": "UTC"}
        }
    });
    let workspace = json!({
        "apiVersion": "edgewright/v1",
        "kind": "Workspace",
        "metadata": {"name": "acme"},
        "spec": {
            "registries": {
                "packs": {"type": "directory", "path": "packs"},
                "central": {"type": "git", "url": "u", "path": "p", "ref": "main"},
                "charts": {"type": "helm", "url": "https://c"},
                "oci": {"type": "oci", "url": "oci://r/p"}
            },
            "macros": {"tenant": {"ntp": "n"}, "projects": {"retail": {"ntp": 1}}},
            "kubernetes": {"versions": ["1.33"]},
            "check": {"rules": {"YA0103": "warning", "PL0101": {"severity": "error", "max": 3}}, "ignore": ["*.txt"]},
            "site": {"base-url": "https://e", "title": "t", "templates": "site-templates"},
            "release": {"previous": "out", "deltas-from": 3, "roles": {"targets": {"signer": "cmd:x"}}}
        }
    });
    vec![
        (Kind::Profile, refused::<model::ProfileMetadata, model::ProfileSpec>, profile),
        (Kind::Channels, refused::<model::ChannelsMetadata, IndexMap<String, model::Channel>>, channels),
        (Kind::Appliance, refused::<Name, model::GroupSpec>, group),
        (Kind::Appliance, refused::<NameAndLabels, model::ApplianceSpec>, appliance),
        (Kind::Workspace, refused::<Name, model::ConfigSpec>, workspace),
    ]
}

/// Pointers of every node below `metadata` and `spec`.
fn pointers(value: &Value, pointer: &str, out: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(k, v)| (yaml::push_pointer(pointer, k), v)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(i, v)| (format!("{pointer}/{i}"), v)).collect(),
        _ => Vec::new(),
    };
    for (child, value) in children {
        if child.starts_with("/metadata") || child.starts_with("/spec") {
            out.push(child.clone());
            pointers(value, &child, out);
        }
    }
}

fn parent_and_key(pointer: &str) -> (&str, String) {
    let (parent, key) = pointer.rsplit_once('/').expect("no root");
    (parent, key.replace("~1", "/").replace("~0", "~"))
}

/// The document with the node at `pointer` removed, misspelt, or of another type.
fn variants(full: &Value, pointer: &str) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    let (parent, key) = parent_and_key(pointer);
    let mut without = full.clone();
    if let Some(Value::Object(map)) = without.pointer_mut(parent) {
        let value = map.shift_remove(&key).expect("it is there");
        let mut misspelt = without.clone();
        misspelt
            .pointer_mut(parent)
            .and_then(Value::as_object_mut)
            .expect("as before")
            .insert(format!("zz{key}"), value);
        out.push(("removed".to_owned(), without));
        out.push(("misspelt".to_owned(), misspelt));
    }
    for other in
        [json!("a"), json!(7), json!(1.5), json!(true), json!(["a"]), json!({"a": "b"}), json!([]), json!({})]
    {
        let mut changed = full.clone();
        *changed.pointer_mut(pointer).expect("it is there") = other.clone();
        out.push((format!("replaced by {other}"), changed));
    }
    out
}

/// What only the schema refuses, beside the wording of values (`value-not-allowed`).
fn only_in_the_schema(diagnostic: &Diagnostic) -> bool {
    let d = diagnostic;
    if d.lint == schema::NOT_ALLOWED {
        return true;
    }
    let scalar_only =
        d.lint == schema::WRONG_TYPE && (d.pointer.contains("/variables/") || d.pointer.contains("/macros/"));
    // `type` of a ClusterProfile, `project` of a profile in project scope: one depends on another key.
    let depends = d.lint == schema::MISSING_KEY
        && (d.message == "`spec` lacks `type`" || d.message == "`metadata` lacks `project`");
    scalar_only || depends
}

#[test]
fn what_the_types_refuse_the_schema_refuses_and_the_other_way_round() {
    let mut tried = 0;
    for (kind, refused, full) in full() {
        let found = schema::validate(kind, &document(&full));
        assert!(found.is_empty(), "{}: {found:#?}", kind.name());
        assert_eq!(refused(&document(&full)), None, "{}", kind.name());
        let mut all = Vec::new();
        pointers(&full, "", &mut all);
        for pointer in &all {
            for (what, changed) in variants(&full, pointer) {
                let document = document(&changed);
                let found = schema::validate(kind, &document);
                let refused = refused(&document);
                let case = format!("{} {pointer} {what}: types {refused:?}, schema {found:#?}", kind.name());
                if refused.is_some() {
                    assert!(!found.is_empty(), "only the types refuse {case}");
                } else {
                    assert!(found.iter().all(only_in_the_schema), "only the schema refuses {case}");
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 1500, "{tried} documents tried");
}

/// Names in a serde error: ``unknown field `x`, expected one of `a`, `b` ``.
fn expected_fields(message: &str) -> Option<BTreeSet<String>> {
    let list = message.strip_prefix("unknown field `")?.split_once("`, expected ")?.1;
    Some(list.split('`').skip(1).step_by(2).map(str::to_owned).collect())
}

#[test]
fn every_field_of_a_type_is_a_property_of_the_schema_and_in_the_full_documents() {
    let mut compared = 0;
    for (kind, refused, full) in full() {
        let schema: Value = serde_json::from_str(schema::of(kind)).expect("JSON");
        let mut all = Vec::new();
        pointers(&full, "", &mut all);
        for pointer in all.iter().filter(|p| full.pointer(p).is_some_and(Value::is_object)) {
            let mut changed = full.clone();
            changed
                .pointer_mut(pointer)
                .and_then(Value::as_object_mut)
                .expect("an object")
                .insert("zz".into(), json!("a"));
            let Some((_, message)) = refused(&document(&changed)) else { continue };
            let Some(mut fields) = expected_fields(&message) else { continue };
            if pointer.starts_with("/spec/registries/") {
                fields.insert("type".to_owned());
            }
            let object = full.pointer(pointer).and_then(Value::as_object).expect("an object");
            assert!(object.keys().all(|key| fields.contains(key)), "{pointer}: {fields:?}");
            assert!(
                knows(&schema, &fields),
                "no schema in {} has exactly the properties {fields:?}",
                kind.name()
            );
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared} mappings compared");
}

/// Whether some schema below has exactly these properties.
fn knows(schema: &Value, fields: &BTreeSet<String>) -> bool {
    match schema {
        Value::Object(map) => {
            let own = map.get("properties").and_then(Value::as_object);
            own.is_some_and(|own| own.keys().cloned().collect::<BTreeSet<_>>() == *fields)
                || map.values().any(|child| knows(child, fields))
        }
        Value::Array(list) => list.iter().any(|child| knows(child, fields)),
        _ => false,
    }
}

#[test]
fn findings_as_json_fit_their_schema() {
    let profile =
        json!({"apiVersion": "edgewright/v2", "kind": "SystemProfil", "metadata": {"nam": 1}, "spec": []});
    let mut findings = schema::validate(Kind::Profile, &document(&profile));
    let place = findings[0].place.clone();
    findings.push(Diagnostic::new(schema::OTHER, place.clone(), "without help"));
    assert!(findings.iter().any(|f| f.fix.is_some()) && findings.iter().any(|f| f.help.is_none()));
    findings[0] = findings[0].clone().related(place, "here too");
    let text = render::json(&render::Report::new(&findings, &[], render::Summary::of(&findings)));
    let stream = yaml::parse(&SourceFile::new("findings.json", text));
    let faults = schema::validate(Kind::Findings, &stream.documents[0]);
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_property_has_a_description() {
    for kind in Kind::ALL {
        let schema: Value = serde_json::from_str(schema::of(kind)).expect("JSON");
        described(&schema, &schema, kind.name());
    }
}

fn described(root: &Value, schema: &Value, path: &str) {
    let Value::Object(map) = schema else {
        if let Value::Array(list) = schema {
            for child in list {
                described(root, child, path);
            }
        }
        return;
    };
    for (key, child) in map {
        let path = format!("{path}/{key}");
        match (key.as_str(), child) {
            ("properties", Value::Object(properties)) => {
                for (name, property) in properties {
                    let path = format!("{path}/{name}");
                    let target =
                        property.get("$ref").and_then(Value::as_str).and_then(|r| root.pointer(&r[1..]));
                    let has = [Some(property), target]
                        .into_iter()
                        .flatten()
                        .any(|s| s.get("description").is_some());
                    // Conditions (`if`, `then`, `not`) only narrow what is described elsewhere.
                    let narrows = path.contains("/if/") || path.contains("/then/") || path.contains("/else/");
                    assert!(has || narrows, "{path} has no description");
                    described(root, property, &path);
                }
            }
            (_, child) => described(root, child, &path),
        }
    }
}
