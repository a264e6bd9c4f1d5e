//! PR0204: two layers of a profile have one name.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0204 `duplicate-layer`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0204", name: "duplicate-layer", severity: Severity::Error },
    docs: include_str!("../docs/PR0204.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let mut first = HashMap::new();
    for layer in &resolved.layers {
        if let Some(earlier) = first.insert(layer.name.as_str(), layer) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    layer.place.clone(),
                    format!("layer name `{}` stands twice", layer.name),
                )
                .related(earlier.place.clone(), "first here")
                .help("layer names are unique in a profile, those that presets bring along included"),
            );
        }
    }
}
