//! VR0102: a variable is defined and never used.

use std::collections::HashSet;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template::ReferenceKind;

/// VR0102 `unused-variable`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0102", name: "unused-variable", severity: Severity::Warning },
    docs: include_str!("../docs/VR0102.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    // A layer whose content is not here, or a file that is missing, may be what uses it.
    if !resolved.reported.is_empty() || resolved.layers.iter().any(|l| l.unresolved.is_some()) {
        return;
    }
    let used: HashSet<&str> = super::used(resolved, ReferenceKind::Var).map(|used| &*used.name).collect();
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        if !used.contains(variable.name.as_str()) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.place(variable.name.span),
                    format!("variable `{}` is used nowhere", variable.name),
                )
                .pointer(format!("/spec/variables/{index}/name"))
                .help("use it in values or manifests, or take it away"),
            );
        }
    }
}
