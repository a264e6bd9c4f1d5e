//! PK0241: a profile uses a pack version that its makers deleted.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PK0241 `pack-deleted`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0241", name: "pack-deleted", severity: Severity::Error },
    docs: include_str!("../../docs/PK0241.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        let Some(pack) = layer.source.pack().filter(|pack| super::state(pack) == Some("deleted")) else {
            continue;
        };
        out.push(
            Diagnostic::new(
                RULE.lint,
                layer.place.clone(),
                format!(
                    "pack {} {} is deleted: nothing new may be deployed with it",
                    pack.name, pack.version
                ),
            )
            .related(pack.json.key_place("/annotations"), "its makers say so here")
            .help("move to another version or pack"),
        );
    }
}
