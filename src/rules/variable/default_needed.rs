//! VR0105: a variable that nobody may set has no default.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// VR0105 `default-needed`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0105", name: "default-needed", severity: Severity::Error },
    docs: include_str!("../docs/VR0105.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        let why = match (variable.read_only, variable.hidden && variable.required) {
            (true, _) => "is read-only",
            (_, true) => "is hidden and required",
            _ => continue,
        };
        // A sensitive one has none: its value is given on the appliance (and `sensitive-read-only` tells of the rest).
        if variable.default.is_none() && !variable.sensitive {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.place(variable.name.span),
                    format!("variable `{}` {why} and has no default", variable.name),
                )
                .pointer(format!("/spec/variables/{index}"))
                .help("nobody could ever give it a value: add `default`"),
            );
        }
    }
}
