//! PR0303: labels or annotations of a namespace that will not get there.

use indexmap::IndexMap;
use serde_json::Value;

use super::origin;
use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::resolve::{ResolvedLayer, ResolvedProfile};
use crate::rules::{Check, Context, Rule};
use crate::yaml::push_pointer;

/// PR0303 `namespace-metadata`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0303", name: "namespace-metadata", severity: Severity::Error },
    docs: include_str!("../docs/PR0303.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        if let Some(index) = layer.index {
            let written = &resolved.profile.spec.layers[index];
            of_layer(resolved, index, "namespaceLabels", &written.namespace_labels, out);
            of_layer(resolved, index, "namespaceAnnotations", &written.namespace_annotations, out);
        }
        of_values(layer, "namespaceLabels", out);
        of_values(layer, "namespaceAnnotations", out);
    }
}

/// `namespaceLabels: { key: value }` of a layer.
fn of_layer(
    resolved: &ResolvedProfile,
    index: usize,
    field: &str,
    pairs: &IndexMap<String, String>,
    out: &mut Vec<Diagnostic>,
) {
    let document = &resolved.profile.document;
    for (key, value) in pairs {
        let pointer = push_pointer(&format!("/spec/layers/{index}/{field}"), key);
        let (place, why) = match (key_fault(key), value_fault(field, value)) {
            (Some(why), _) => {
                (document.key_place(&pointer), format!("`{key}` is no key of a {}: {why}", word(field)))
            }
            (None, Some(why)) => {
                (document.place(&pointer), format!("`{value}` is no value of a label: {why}"))
            }
            (None, None) => continue,
        };
        out.push(Diagnostic::new(RULE.lint, place, why).pointer(pointer).help(HELP));
    }
}

/// `pack.namespaceLabels: { namespace: "k=v,k=v" }` in the values of a pack.
fn of_values(layer: &ResolvedLayer, field: &str, out: &mut Vec<Diagnostic>) {
    let pointer = format!("/pack/{field}");
    let additional = layer.values.value.pointer("/pack/additionalNamespaces").and_then(Value::as_object);
    let namespaces = || {
        let charts = layer.charts.iter().map(|chart| chart.namespace.as_str());
        let additional = additional.into_iter().flat_map(|map| map.keys().map(String::as_str));
        std::iter::once(layer.namespace.as_str()).chain(charts).chain(additional)
    };
    let sure = layer.unresolved.is_none() || layer.source.pack().is_some();
    for (namespace, text, place) in origin::entries(layer, &pointer) {
        let pointer = push_pointer(&pointer, namespace);
        let finding =
            |message: String| Diagnostic::new(RULE.lint, place.clone(), message).pointer(pointer.clone());
        if sure
            && !namespace.contains("{{")
            && !namespaces().any(|name| name == namespace || name.contains("{{"))
        {
            let near = closest(namespace, namespaces());
            out.push(
                finding(format!(
                    "layer `{}` has no namespace `{namespace}` that could get this {}",
                    layer.name,
                    word(field)
                ))
                .help(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!(
                        "it installs into `{}`; others stand below `pack.additionalNamespaces`",
                        layer.namespace
                    ),
                }),
            );
            continue;
        }
        for pair in text.split(',').filter(|pair| !pair.contains("{{") && !pair.trim().is_empty()) {
            let fault = match pair.split_once('=') {
                None => Some(format!("`{}` has no `=`, and would be left out", pair.trim())),
                Some((key, value)) => key_fault(key.trim())
                    .map(|why| format!("`{}` is no key of a {}: {why}", key.trim(), word(field)))
                    .or_else(|| {
                        value_fault(field, value.trim())
                            .map(|why| format!("`{}` is no value of a label: {why}", value.trim()))
                    }),
            };
            out.extend(fault.map(|message| finding(message).help("write `key=value,key=value`")));
        }
    }
}

const HELP: &str = "a key is `name` or `domain/name`, in at most 63 letters, digits, `-`, `_` and `.`; so is the value of a label";

fn word(field: &str) -> &'static str {
    if field == "namespaceLabels" { "label" } else { "annotation" }
}

/// What is wrong with the key of a label or an annotation.
pub(in crate::rules) fn key_fault(key: &str) -> Option<&'static str> {
    let name = match key.split_once('/') {
        Some((domain, name)) => {
            let label = |part: &str| origin::label_fault(part).is_none();
            if domain.len() > 253 || !domain.split('.').all(label) {
                return Some("what stands before the `/` is no domain");
            }
            name
        }
        None => key,
    };
    if name.is_empty() { Some("the name is empty") } else { name_fault(name) }
}

/// What is wrong with the value of a label; annotations may have any.
fn value_fault(field: &str, value: &str) -> Option<&'static str> {
    if field == "namespaceLabels" { label_value_fault(value) } else { None }
}

/// What is wrong with the value of a label.
pub(in crate::rules) fn label_value_fault(value: &str) -> Option<&'static str> {
    if value.is_empty() || value.contains("{{") { None } else { name_fault(value) }
}

fn name_fault(name: &str) -> Option<&'static str> {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if name.len() > 63 {
        Some("it has more than 63 characters")
    } else if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        Some("only letters, digits, `-`, `_` and `.` are allowed")
    } else if !edge(name.chars().next()) || !edge(name.chars().last()) {
        Some("it starts and ends with a letter or digit")
    } else {
        None
    }
}
