//! VR0103: two variables of a profile have one name.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// VR0103 `duplicate-variable`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0103", name: "duplicate-variable", severity: Severity::Error },
    docs: include_str!("../docs/VR0103.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let mut first = HashMap::new();
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        if let Some(earlier) = first.insert(variable.name.as_str(), variable.name.span) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.place(variable.name.span),
                    format!("variable `{}` is defined twice", variable.name),
                )
                .pointer(format!("/spec/variables/{index}/name"))
                .related(resolved.profile.place(earlier), "first here")
                .help("remove one of the two"),
            );
        }
    }
}
