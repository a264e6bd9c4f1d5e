//! PK0279: a namespace in the values of a pack has a name that Kubernetes refuses.

use serde_json::Value;

use super::{Part, is_open, no_label};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0279 `pack-namespace`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0279", name: "pack-namespace", severity: Severity::Error },
    docs: include_str!("../../docs/PK0279.md"),
    check: Check::Pack(check),
};

const NAMESPACE: &str = "/pack/namespace";
const MORE: &str = "/pack/additionalNamespaces";

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    for pointer in [NAMESPACE, MORE] {
        if let Some(part) = Part::of(judged, pointer) {
            judge(&part, out);
        }
    }
}

fn judge(part: &Part<'_>, out: &mut Vec<Diagnostic>) {
    let mut name = |inner: &str, value: &Value| {
        let why = match value {
            Value::String(text) if text.is_empty() || is_open(text) => return,
            Value::String(text) => match no_label(text) {
                Some(why) => format!("`{text}` is no name of a namespace: {why}"),
                None => return,
            },
            Value::Null => return,
            // A number is the name that its digits are, once somebody reads it as text.
            Value::Number(_) | Value::Bool(_) => format!("`{value}` is no text: put the namespace in quotes"),
            _ => "a namespace is one text".to_owned(),
        };
        let help = "Kubernetes takes lower-case letters, digits and `-`, at most 63".to_owned();
        part.tell(&RULE, inner, why, help, out);
    };
    match &part.value {
        Value::Array(list) if part.pointer == MORE => {
            for (index, value) in list.iter().enumerate() {
                name(&format!("/{index}"), value);
            }
        }
        // Palette takes a mapping there as well.
        Value::Object(_) if part.pointer == MORE => {}
        value => name("", value),
    }
}
