//! AP0204: a group or an appliance sets a variable that is read-only.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::yaml::push_pointer;

/// AP0204 `read-only-set`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0204", name: "read-only-set", severity: Severity::Error },
    docs: include_str!("../docs/AP0204.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for given in super::given::all(workspace) {
        for name in given.variables.keys() {
            let variables = given
                .profiles
                .iter()
                .map(|profile| (profile, profile.spec.variables.iter().find(|v| v.name.value == *name)));
            // Another profile may have a variable of that name that can be set.
            let mut found: Vec<_> = variables.filter_map(|(profile, v)| Some((profile, v?))).collect();
            if found.is_empty() || found.iter().any(|(_, variable)| !variable.read_only) {
                continue;
            }
            let (profile, variable) = found.remove(0);
            let pointer = push_pointer("/spec/variables", name);
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    given.document.key_place(&pointer),
                    format!("{} sets `{name}`, which is read-only in {}", given.what, profile.label()),
                )
                .pointer(pointer)
                .related(profile.place(variable.name.span), "read-only here")
                .help("take it away, or make the variable of the profile one that can be set"),
            );
        }
    }
}
