//! PK0277: the display name in the values cannot stand in the names that are made of it.

use serde_json::Value;

use super::{Part, is_open};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0277 `pack-display-name`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0277", name: "pack-display-name", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0277.md"),
    check: Check::Pack(check),
};

const POINTER: &str = "/pack/spectrocloud.com~1display-name";

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    if let Some(part) = Part::of(judged, POINTER) {
        judge(&part, out);
    }
}

fn judge(part: &Part<'_>, out: &mut Vec<Diagnostic>) {
    let why = match &part.value {
        // Nothing, or text that is fine, is last: what is wrong with it comes first.
        Value::String(text) if text.trim().is_empty() => "it is empty".to_owned(),
        Value::String(text) if is_open(text) => {
            "it has a reference, which is not replaced in names".to_owned()
        }
        Value::String(text) if text.contains("--") => {
            "it has `--`, which parts it from the names of charts and manifests".to_owned()
        }
        Value::String(text) if text.trim() != text => "it begins or ends with white space".to_owned(),
        Value::String(_) | Value::Null => return,
        other => format!("`{other}` is no text"),
    };
    part.tell(
        &RULE,
        "",
        format!("the display name cannot be used: {why}"),
        "write a short text that no other layer of a profile has".to_owned(),
        out,
    );
}
