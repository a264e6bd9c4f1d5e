//! VR0310: a sensitive variable that nobody may give a value.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// VR0310 `sensitive-read-only`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0310", name: "sensitive-read-only", severity: Severity::Error },
    docs: include_str!("../docs/VR0310.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        if variable.sensitive && variable.read_only {
            let pointer = format!("/spec/variables/{index}/readOnly");
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.document.key_place(&pointer),
                    format!("variable `{}` is sensitive and read-only: it can have no default, and nobody may set it", variable.name),
                )
                .pointer(pointer)
                .help("take `readOnly` away: a sensitive value is given on the appliance"),
            );
        }
    }
}
