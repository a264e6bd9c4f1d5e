//! KU0402: a label or an annotation that the API server refuses.

use super::objects::Objects;
use super::{at, invalid_name, is_template, pods};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::render::Object;
use crate::rules::{Check, Context, Rule};
use crate::yaml::push_pointer;

/// KU0402 `invalid-label`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0402", name: "invalid-label", severity: Severity::Error },
    docs: include_str!("../docs/KU0402.md"),
    check: Check::Objects(check),
};

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    for object in objects.list {
        // What has no kind is no object.
        if object.kind().is_empty() || object.api_version().is_empty() {
            continue;
        }
        let pod = pods::pointer(object).filter(|pod| !pod.is_empty());
        for owner in std::iter::once("").chain(pod) {
            for (what, words) in [("labels", "label"), ("annotations", "annotation")] {
                map(object, &format!("{owner}/metadata/{what}"), words, out);
            }
        }
    }
}

fn map(object: &Object, pointer: &str, word: &str, out: &mut Vec<Diagnostic>) {
    let Some(map) = object.root().at(pointer) else { return };
    for entry in map.entries() {
        let Some(key) = entry.key.text().filter(|key| !is_template(key) && !entry.key.is_merge()) else {
            continue;
        };
        let below = push_pointer(pointer, key);
        if !is_key(key) {
            let message = format!("`{}` is no key of {} {word}", shown(key), article(word));
            let help =
                "a key is an optional DNS name with `/`, and at most 63 letters, digits, `-`, `_` and `.`";
            out.push(at(RULE.lint, object, entry.key, &below, message).help(help));
        }
        let value = entry.value.text().filter(|value| word == "label" && !is_template(value));
        if let Some(value) = value.filter(|value| !value.is_empty() && !is_name(value)) {
            let message = format!("`{}` is no value of a label", shown(value));
            let help = "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; longer text belongs \
                 into an annotation";
            out.push(at(RULE.lint, object, entry.value, &below, message).help(help));
        }
    }
}

fn article(word: &str) -> &'static str {
    if word.starts_with('a') { "an" } else { "a" }
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// `apimachinery/pkg/util/validation`: a qualified name. In annotations the case of the prefix does not count, here too.
fn is_key(key: &str) -> bool {
    match key.split_once('/') {
        Some((prefix, name)) => invalid_name::is_subdomain(&prefix.to_lowercase()) && is_name(name),
        None => is_name(key),
    }
}

fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=63).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
}
