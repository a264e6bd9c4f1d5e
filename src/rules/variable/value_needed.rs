//! VR0311: a variable that is optional, and used where it needs a value.

use std::collections::HashSet;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template::ReferenceKind;

/// VR0311 `value-needed`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0311", name: "value-needed", severity: Severity::Warning },
    docs: include_str!("../docs/VR0311.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let variables = resolved.profile.spec.variables.iter().enumerate();
    let without = variables.filter(|(_, v)| !v.required && v.default.is_none() && !v.read_only);
    let without: Vec<_> = without.collect();
    if without.is_empty() {
        return;
    }
    let mut told: HashSet<&str> = HashSet::new();
    for used in super::used(resolved, ReferenceKind::Var) {
        let Some((index, variable)) = without.iter().find(|(_, v)| v.name.value == used.name) else {
            continue;
        };
        if used.has_default || !told.insert(&used.name) {
            continue;
        }
        out.push(
            Diagnostic::new(
                RULE.lint,
                resolved.profile.place(variable.name.span),
                format!(
                    "variable `{}` is optional, but an appliance without a value for it applies nothing",
                    variable.name
                ),
            )
            .pointer(format!("/spec/variables/{index}/name"))
            .related(used.place.clone(), "used here without a `default`")
            .help("make it `required`, give it a `default`, or write `| default \"…\"` behind the reference"),
        );
    }
}
