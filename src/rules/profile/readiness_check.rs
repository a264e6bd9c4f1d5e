//! PR0309: a readiness check that nobody could make.

use serde_json::Value;

use super::origin;
use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// PR0309 `readiness-check`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0309", name: "readiness-check", severity: Severity::Warning },
    docs: include_str!("../docs/PR0309.md"),
    check: Check::Profile(check),
};

/// Keys of an entry; `keysToCheck` is a list of key and value for several conditions.
const KEYS: &[&str] =
    &["name", "namespace", "kind", "group", "version", "keyToCheck", "expectedValue", "keysToCheck"];

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        let Some(checks) = layer.values.value.get("readinessCheck") else { continue };
        // A list is one leaf: all its entries stand where it stands.
        if let Some(place) = origin::written(layer, "/readinessCheck") {
            let pointer = "/readinessCheck";
            out.push(finding(
                &place,
                pointer,
                "`readinessCheck` is a map with the list `v1beta1`".to_owned(),
            ));
            continue;
        }
        let Some(versions) = checks.as_object() else { continue };
        for (version, entries) in versions {
            let pointer = crate::yaml::push_pointer("/readinessCheck", version);
            let Some(place) = origin::written(layer, &pointer) else { continue };
            if version != "v1beta1" {
                out.push(finding(
                    &place,
                    &pointer,
                    format!("`readinessCheck` knows `v1beta1`, not `{version}`"),
                ));
                continue;
            }
            let Some(entries) = entries.as_array() else {
                out.push(finding(&place, &pointer, "`readinessCheck.v1beta1` is a list".to_owned()));
                continue;
            };
            for (index, entry) in entries.iter().enumerate() {
                let which = match entry.get("name").and_then(Value::as_str) {
                    Some(name) => format!("readiness check `{name}`"),
                    None => format!("readiness check {}", index + 1),
                };
                let faults = faults(entry).into_iter().map(|why| format!("{which} {why}"));
                out.extend(faults.map(|message| finding(&place, &format!("{pointer}/{index}"), message)));
            }
        }
    }
}

fn finding(place: &Place, pointer: &str, message: String) -> Diagnostic {
    Diagnostic::new(RULE.lint, place.clone(), message).pointer(pointer).help(
        "an entry has `name`, `kind`, `group` and `version` of the object, `keyToCheck` (a path in it) and `expectedValue`",
    )
}

fn faults(entry: &Value) -> Vec<String> {
    let Some(map) = entry.as_object() else { return vec!["is no map".to_owned()] };
    let mut found = Vec::new();
    for key in map.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let hint = closest(key, KEYS.iter().copied())
            .map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
        found.push(format!("has a key `{key}` that nobody knows{hint}"));
    }
    let lacks = |map: &serde_json::Map<String, Value>, key: &str| match map.get(key) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(_) => false,
    };
    for key in ["name", "kind", "version"] {
        if lacks(map, key) {
            found.push(format!("lacks `{key}`"));
        }
    }
    let pair = |map: &serde_json::Map<String, Value>, found: &mut Vec<String>| {
        for key in ["keyToCheck", "expectedValue"] {
            if lacks(map, key) {
                found.push(format!("lacks `{key}`"));
            }
        }
    };
    match map.get("keysToCheck") {
        None => pair(map, &mut found),
        Some(Value::Array(list)) if !list.is_empty() => {
            for item in list {
                match item.as_object() {
                    Some(item) => pair(item, &mut found),
                    None => found.push("has an entry in `keysToCheck` that is no map".to_owned()),
                }
            }
        }
        Some(_) => found.push("needs a list with entries as `keysToCheck`".to_owned()),
    }
    found
}
