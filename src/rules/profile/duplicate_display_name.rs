//! PR0212: two layers show people one name.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0212 `duplicate-display-name`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0212", name: "duplicate-display-name", severity: Severity::Warning },
    docs: include_str!("../docs/PR0212.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (index, layer) in resolved.profile.spec.layers.iter().enumerate() {
        let Some(name) = layer.display_name.as_deref() else { continue };
        let pointer = format!("/spec/layers/{index}/displayName");
        let document = &resolved.profile.document;
        if let Some(earlier) = first.insert(name, index) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    document.place(&pointer),
                    format!(
                        "layer `{}` has the display name of layer `{}`",
                        layer.name, resolved.profile.spec.layers[earlier].name
                    ),
                )
                .pointer(pointer)
                .related(document.place(&format!("/spec/layers/{earlier}/displayName")), "first here")
                .help("nobody could tell the two apart: give each its own"),
            );
        }
    }
}
