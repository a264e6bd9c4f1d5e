//! Variables, macros and references to them.

mod default_needed;
mod duplicate_variable;
mod invalid_default;
mod invalid_regex;
mod reference_in_template;
mod sensitive_default;
mod undefined_variable;
mod unknown_system_name;
mod unquoted_reference;
mod unresolved_reference;
mod unused_variable;

use serde_json::Value;

use super::Rule;
use crate::resolve::ResolvedProfile;
use crate::source::{Place, Span};
use crate::template::{self, ReferenceKind};
use crate::yaml::{self, Node, push_pointer};

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    unquoted_reference::RULE,
    undefined_variable::RULE,
    unused_variable::RULE,
    duplicate_variable::RULE,
    invalid_default::RULE,
    default_needed::RULE,
    sensitive_default::RULE,
    invalid_regex::RULE,
    unknown_system_name::RULE,
    reference_in_template::RULE,
    unresolved_reference::RULE,
];

/// A reference in values or manifests.
struct Used {
    name: String,
    place: Place,
    pointer: String,
    /// What is wrong with the reference itself.
    error: Option<String>,
}

/// All references of one kind in the effective values and manifests of a profile.
fn used(resolved: &ResolvedProfile, kind: ReferenceKind) -> Vec<Used> {
    let mut found = Vec::new();
    for layer in &resolved.layers {
        let mut leaves = Vec::new();
        strings(&layer.values.value, String::new(), &mut leaves);
        for (pointer, text) in leaves {
            let origin = layer.values.origins.get(&pointer).and_then(|o| o.place.clone());
            let place = origin.unwrap_or_else(|| layer.place.clone());
            for reference in template::references(text).into_iter().filter(|r| r.kind == kind) {
                found.push(Used {
                    name: reference.name,
                    place: place.clone(),
                    pointer: pointer.clone(),
                    error: reference.error,
                });
            }
        }
        for manifest in &layer.manifests {
            let stream = yaml::parse(&manifest.file);
            if stream.diagnostics.is_empty() {
                for document in &stream.documents {
                    scalars(document.root(), kind, &mut found, 0);
                }
            } else {
                // Helm's template text is often no YAML: its references are found in the text itself.
                for reference in
                    template::references(manifest.file.text()).into_iter().filter(|r| r.kind == kind)
                {
                    let span = Span::new(reference.range.start, reference.range.end);
                    let place = Place::new(&manifest.file, span);
                    found.push(Used {
                        name: reference.name,
                        place,
                        pointer: String::new(),
                        error: reference.error,
                    });
                }
            }
        }
    }
    found
}

fn strings<'a>(value: &'a Value, pointer: String, out: &mut Vec<(String, &'a str)>) {
    match value {
        Value::String(text) => out.push((pointer, text)),
        Value::Array(items) => {
            // Lists are one leaf: their origin is that of the list.
            for item in items {
                strings_of(item, &pointer, out);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                strings(value, push_pointer(&pointer, key), out);
            }
        }
        _ => {}
    }
}

fn strings_of<'a>(value: &'a Value, pointer: &str, out: &mut Vec<(String, &'a str)>) {
    match value {
        Value::String(text) => out.push((pointer.to_owned(), text)),
        Value::Array(items) => items.iter().for_each(|v| strings_of(v, pointer, out)),
        Value::Object(map) => map.values().for_each(|v| strings_of(v, pointer, out)),
        _ => {}
    }
}

fn scalars(node: Node<'_>, kind: ReferenceKind, out: &mut Vec<Used>, depth: usize) {
    // An alias repeats what its anchor says; following it would let a small file grow.
    if node.is_alias() || depth > 192 {
        return;
    }
    if let Some(text) = node.text() {
        for reference in template::references(text).into_iter().filter(|r| r.kind == kind) {
            out.push(Used {
                name: reference.name,
                place: node.place(),
                pointer: String::new(),
                error: reference.error,
            });
        }
    }
    if node.unquoted_template().is_none() {
        node.entries().for_each(|e| scalars(e.value, kind, out, depth + 1));
        node.items().for_each(|n| scalars(n, kind, out, depth + 1));
    }
}
