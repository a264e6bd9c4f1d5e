//! PR0308: an install priority in values that is no whole number.

use super::origin;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0308 `invalid-priority`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0308", name: "invalid-priority", severity: Severity::Error },
    docs: include_str!("../docs/PR0308.md"),
    check: Check::Profile(check),
};

const POINTER: &str = "/pack/spectrocloud.com~1install-priority";

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        let Some((value, place)) = layer.values.value.pointer(POINTER).zip(origin::written(layer, POINTER))
        else {
            continue;
        };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if text.trim().parse::<i64>().is_err() && !text.contains("{{") {
            out.push(
                Diagnostic::new(RULE.lint, place, format!("install priority `{text}` is no whole number"))
                    .pointer(POINTER)
                    .help("lower is installed first: \"0\", \"10\", \"-100\""),
            );
        }
    }
}
