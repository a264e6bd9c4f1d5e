//! VR0304: two variables show people one name.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// VR0304 `duplicate-variable-label`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0304", name: "duplicate-variable-label", severity: Severity::Warning },
    docs: include_str!("../docs/VR0304.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let document = &resolved.profile.document;
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        let Some(label) = variable.display_name.as_deref() else { continue };
        let pointer = |n: usize| format!("/spec/variables/{n}/displayName");
        if let Some(earlier) = first.insert(label, index) {
            let other = &resolved.profile.spec.variables[earlier].name;
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    document.place(&pointer(index)),
                    format!("variable `{}` has the display name of `{other}`", variable.name),
                )
                .pointer(pointer(index))
                .related(document.place(&pointer(earlier)), "first here")
                .help("whoever sets them sees two equal fields, and Palette refuses them: give each its own"),
            );
        }
    }
}
