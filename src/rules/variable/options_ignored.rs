//! VR0303: a variable has options, and no form that offers them.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::workspace::model::InputType;

/// VR0303 `options-without-dropdown`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0303", name: "options-without-dropdown", severity: Severity::Info },
    docs: include_str!("../docs/VR0303.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        if variable.input_type != InputType::Dropdown && !variable.options.is_empty() {
            let pointer = format!("/spec/variables/{index}/options");
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.document.key_place(&pointer),
                    format!("variable `{}` has options, and is no dropdown", variable.name),
                )
                .pointer(pointer)
                .help("the values are held to the options all the same; `inputType: dropdown` offers them"),
            );
        }
    }
}
