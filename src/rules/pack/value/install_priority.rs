//! PK0276: the install priority is no whole number.

use serde_json::Value;

use super::{Part, is_open};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0276 `install-priority`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0276", name: "install-priority", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0276.md"),
    check: Check::Pack(check),
};

const POINTER: &str = "/pack/spectrocloud.com~1install-priority";

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    if let Some(part) = Part::of(judged, POINTER) {
        judge(&part, out);
    }
}

fn judge(part: &Part<'_>, out: &mut Vec<Diagnostic>) {
    let shown = match &part.value {
        Value::Null => return,
        Value::Number(number) if number.is_i64() => return,
        Value::String(text) if is_open(text) || text.trim().parse::<i64>().is_ok() => return,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    part.tell(
        &RULE,
        "",
        format!("install priority `{shown}` is no whole number, and counts as 0"),
        "write a number in quotes: lower ones are installed first, \"0\" is the default".to_owned(),
        out,
    );
}
