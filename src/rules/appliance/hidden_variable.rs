//! AP0205: a group or an appliance sets a variable that is hidden.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::yaml::push_pointer;

/// AP0205 `hidden-set`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0205", name: "hidden-set", severity: Severity::Info },
    docs: include_str!("../docs/AP0205.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for given in super::given::all(workspace) {
        for name in given.variables.keys() {
            let variables = given.profiles.iter().flat_map(|profile| {
                profile.spec.variables.iter().filter(|v| v.name.value == *name).map(move |v| (profile, v))
            });
            let found: Vec<_> = variables.collect();
            let Some((profile, variable)) = found.first() else { continue };
            if found.iter().any(|(_, v)| !v.hidden || v.read_only) {
                continue;
            }
            let pointer = push_pointer("/spec/variables", name);
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    given.document.key_place(&pointer),
                    format!("{} sets `{name}`, which {} hides", given.what, profile.label()),
                )
                .pointer(pointer)
                .related(profile.place(variable.name.span), "hidden here")
                .help("it counts; the profile's makers did not mean it to be set"),
            );
        }
    }
}
