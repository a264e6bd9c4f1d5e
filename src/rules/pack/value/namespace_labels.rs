//! PK0275: labels or annotations of namespaces are not written as they are read.

use serde_json::Value;

use super::{Part, is_open, no_label};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::push_pointer;

/// PK0275 `namespace-labels`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0275", name: "namespace-labels", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0275.md"),
    check: Check::Pack(check),
};

/// Where they stand, and whether their values are those of labels, which are narrow.
const POINTERS: &[(&str, bool)] = &[("/pack/namespaceLabels", true), ("/pack/namespaceAnnotations", false)];

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    for (pointer, labels) in POINTERS {
        if let Some(part) = Part::of(judged, pointer) {
            judge(&part, *labels, out);
        }
    }
}

fn judge(part: &Part<'_>, labels: bool, out: &mut Vec<Diagnostic>) {
    let what = if labels { "labels" } else { "annotations" };
    let help =
        || format!("write `NAMESPACE: \"key=value,key=value\"`: the {what} of each namespace in one text");
    let Value::Object(map) = &part.value else {
        if !part.value.is_null() {
            part.tell(&RULE, "", format!("the {what} of namespaces are no mapping"), help(), out);
        }
        return;
    };
    for (namespace, list) in map {
        let inner = push_pointer("", namespace);
        let named = !is_open(namespace) && no_label(namespace).is_some();
        if named {
            let message = format!("`{namespace}` is no name of a namespace");
            part.tell(&RULE, &inner, message, help(), out);
            continue;
        }
        match list {
            Value::String(text) if is_open(text) => {}
            Value::String(text) => {
                for pair in text.split(',').filter(|_| !text.trim().is_empty()) {
                    if let Some(why) = no_pair(pair.trim(), labels) {
                        part.tell(&RULE, &inner, format!("`{}`: {why}", pair.trim()), help(), out);
                    }
                }
            }
            Value::Null => {}
            _ => part.tell(&RULE, &inner, format!("the {what} of `{namespace}` are no text"), help(), out),
        }
    }
}

/// Why a text is no `key=value` (Kubernetes: `validation.IsQualifiedName`, `IsValidLabelValue`).
fn no_pair(pair: &str, label: bool) -> Option<String> {
    let Some((key, value)) = pair.split_once('=') else {
        return Some("there is no `=` in it".to_owned());
    };
    let name = match key.split_once('/') {
        Some((prefix, name)) => {
            let fits =
                !prefix.is_empty() && prefix.split('.').all(|l| !l.is_empty() && no_label(l).is_none());
            if !fits {
                return Some(format!("`{prefix}` is no prefix of a key"));
            }
            name
        }
        None => key,
    };
    if name.is_empty() || !is_word(name) {
        return Some(format!("`{key}` is no key"));
    }
    (label && !value.is_empty() && !is_word(value)).then(|| format!("`{value}` is no value of a label"))
}

/// At most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
fn is_word(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    text.len() <= 63
        && text.bytes().all(inner)
        && edge(text.as_bytes().first())
        && edge(text.as_bytes().last())
}
