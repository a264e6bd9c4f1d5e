//! VR0302: a dropdown without options.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::workspace::model::InputType;

/// VR0302 `options-needed`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0302", name: "options-needed", severity: Severity::Error },
    docs: include_str!("../docs/VR0302.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        if variable.input_type == InputType::Dropdown && variable.options.is_empty() {
            let pointer = format!("/spec/variables/{index}/inputType");
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.document.place(&pointer),
                    format!("variable `{}` is a dropdown without options", variable.name),
                )
                .pointer(pointer)
                .help("add `options: [{ value: … }]`, or take `inputType` away"),
            );
        }
    }
}
