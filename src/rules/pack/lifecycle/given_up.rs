//! PK0109: a profile uses a pack version that its makers deprecated or disabled.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PK0109 `pack-lifecycle`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0109", name: "pack-lifecycle", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0109.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        let Some(pack) = layer.source.pack() else { continue };
        let Some(word @ ("deprecated" | "disabled")) = super::state(pack) else { continue };
        out.push(
            Diagnostic::new(
                RULE.lint,
                layer.place.clone(),
                format!("pack {} {} is {word}", pack.name, pack.version),
            )
            .related(pack.json.key_place("/annotations"), "its makers say so here")
            .help("move to another version or pack"),
        );
    }
}
