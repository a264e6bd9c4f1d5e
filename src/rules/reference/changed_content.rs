//! RF0105: content differs from what `profile.lock` pins.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::{ResolvedProfile, Unresolved};
use crate::rules::{Check, Context, Rule};

/// RF0105 `changed-content`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0105", name: "changed-content", severity: Severity::Error },
    docs: include_str!("../docs/RF0105.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (layer, reason) in super::unresolved(resolved) {
        if let Unresolved::Changed { locked, found } = reason {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    layer.place.clone(),
                    format!(
                        "layer `{}`: content is {}, the lock says {}",
                        layer.name,
                        found.short(),
                        locked.short()
                    ),
                )
                .help("if the change is meant, run `edgewright lock` and commit profile.lock"),
            );
        }
    }
}
