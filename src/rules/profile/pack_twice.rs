//! PR0205: a pack stands twice in a profile and nothing tells the two apart.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0205 `pack-twice`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0205", name: "pack-twice", severity: Severity::Error },
    docs: include_str!("../docs/PR0205.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let mut first = HashMap::new();
    for layer in &resolved.layers {
        let Some(source) = layer.source.name().filter(|_| layer.source.word() == "pack") else {
            continue;
        };
        let own = layer.index.and_then(|i| resolved.profile.spec.layers[i].display_name.as_deref());
        if let Some(earlier) = first.insert((source, own), layer) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    layer.place.clone(),
                    format!("pack `{source}` stands twice without a display name of its own"),
                )
                .related(earlier.place.clone(), "first here")
                .help("give each its own `displayName`, release names and namespace"),
            );
        }
    }
}
