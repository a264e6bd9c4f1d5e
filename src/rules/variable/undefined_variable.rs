//! VR0101: values or a manifest refer to a variable that the profile does not define.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template::ReferenceKind;

/// VR0101 `undefined-variable`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0101", name: "undefined-variable", severity: Severity::Error },
    docs: include_str!("../docs/VR0101.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let variables = &resolved.profile.spec.variables;
    for used in super::used(resolved, ReferenceKind::Var) {
        if variables.iter().any(|v| v.name.value == used.name) {
            continue;
        }
        let near = closest(&used.name, variables.iter().map(|v| v.name.as_str()));
        out.push(
            Diagnostic::new(
                RULE.lint,
                used.place.clone(),
                format!("the profile has no variable `{}`", used.name),
            )
            .pointer(&used.pointer)
            .help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "add it under `spec.variables`".to_owned(),
            }),
        );
    }
}
