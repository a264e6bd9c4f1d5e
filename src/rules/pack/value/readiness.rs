//! PK0278: an entry of `readinessCheck` cannot be checked.

use serde_json::Value;

use super::Part;
use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0278 `readiness-check`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0278", name: "readiness-check", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0278.md"),
    check: Check::Pack(check),
};

const POINTER: &str = "/readinessCheck";
/// What says which object is looked at; the core group is empty or left out.
const OBJECT: &[&str] = &["name", "kind", "version"];
/// What says which of its fields must have which value.
const CONDITION: &[&str] = &["keyToCheck", "expectedValue"];
const KNOWN: &[&str] = &[
    "name",
    "namespace",
    "kind",
    "group",
    "version",
    "keyToCheck",
    "expectedValue",
    "keysToCheck",
    "labels",
];

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    if let Some(part) = Part::of(judged, POINTER) {
        judge(&part, out);
    }
}

fn judge(part: &Part<'_>, out: &mut Vec<Diagnostic>) {
    let shape =
        "write `readinessCheck: { v1beta1: [{ name, kind, group, version, keyToCheck, expectedValue }] }`";
    let Value::Object(versions) = &part.value else {
        if !part.value.is_null() {
            part.tell(&RULE, "", "`readinessCheck` is no mapping".to_owned(), shape.to_owned(), out);
        }
        return;
    };
    for (version, list) in versions {
        let inner = format!("/{version}");
        if version != "v1beta1" {
            part.tell(
                &RULE,
                &inner,
                format!("`{version}` is no form of checks: v1beta1 is"),
                shape.to_owned(),
                out,
            );
            continue;
        }
        let Value::Array(list) = list else {
            if !list.is_null() {
                part.tell(&RULE, &inner, "the checks are no list".to_owned(), shape.to_owned(), out);
            }
            continue;
        };
        for (index, check) in list.iter().enumerate() {
            if let Some((why, help)) = wrong(check) {
                part.tell(
                    &RULE,
                    &format!("{inner}/{index}"),
                    why,
                    help.unwrap_or_else(|| shape.to_owned()),
                    out,
                );
            }
        }
    }
}

/// Why a check cannot be made, and what was probably meant.
fn wrong(check: &Value) -> Option<(String, Option<String>)> {
    let Value::Object(map) = check else { return Some(("a check is no mapping".to_owned(), None)) };
    let keys = match map.get("keysToCheck") {
        Some(Value::Array(list)) if !list.is_empty() => list.iter().collect(),
        Some(_) => return Some(("`keysToCheck` of a check is no list".to_owned(), None)),
        None => vec![check],
    };
    let filled = |value: &Value, key: &str| {
        value.get(key).is_some_and(|v| !v.is_null() && v.as_str().is_none_or(|text| !text.is_empty()))
    };
    let mut missing: Vec<&str> = OBJECT.iter().copied().filter(|key| !filled(check, key)).collect();
    missing.extend(CONDITION.iter().copied().filter(|key| !keys.iter().all(|entry| filled(entry, key))));
    if missing.is_empty() {
        return None;
    }
    let near = map.keys().filter(|key| !KNOWN.contains(&key.as_str())).find_map(|key| {
        let near = closest(key, missing.iter().copied())?;
        Some(format!("did you mean `{near}` by `{key}`?"))
    });
    let named = check.get("name").and_then(Value::as_str).map_or(String::new(), |name| format!(" `{name}`"));
    Some((
        format!("check{named} lacks `{}`, and the layer never gets ready by it", missing.join("`, `")),
        near,
    ))
}
