//! VR0106: a sensitive variable has a default.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// VR0106 `sensitive-default`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0106", name: "sensitive-default", severity: Severity::Error },
    docs: include_str!("../docs/VR0106.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        if let Some(default) = variable.default.as_ref().filter(|_| variable.sensitive) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.place(default.span),
                    format!("the default of sensitive variable `{}` stands here in clear", variable.name),
                )
                .pointer(format!("/spec/variables/{index}/default"))
                .help("take the default away; the value is given on the appliance"),
            );
        }
        for (number, _) in variable.options.iter().enumerate().filter(|_| variable.sensitive) {
            let pointer = format!("/spec/variables/{index}/options/{number}/value");
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.document.place(&pointer),
                    format!("an option of sensitive variable `{}` stands here in clear", variable.name),
                )
                .pointer(pointer)
                .help("take the options away; the value is given on the appliance"),
            );
        }
    }
}
