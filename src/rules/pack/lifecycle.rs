//! PK0109: a profile uses a pack version that its makers deprecated, disabled or deleted.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PK0109 `pack-lifecycle`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0109", name: "pack-lifecycle", severity: Severity::Warning },
    docs: include_str!("../docs/PK0109.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        let Some(pack) = layer.source.pack() else { continue };
        let state = pack.annotations.get("system_state").map(String::as_str);
        let disabled = pack.annotations.get("disabled").is_some_and(|v| v == "true");
        let word = match state {
            Some(state @ ("deprecated" | "disabled" | "deleted")) => state,
            _ if disabled => "disabled",
            _ => continue,
        };
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
