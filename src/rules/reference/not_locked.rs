//! RF0102: a reference is not in `profile.lock`, or there is no lock.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::{LockState, ResolvedProfile, Unresolved};
use crate::rules::{Check, Context, Rule};

/// RF0102 `not-locked`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0102", name: "not-locked", severity: Severity::Error },
    docs: include_str!("../docs/RF0102.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    if resolved.lock == LockState::Stale {
        return;
    }
    for layer in &resolved.layers {
        if layer.unresolved == Some(Unresolved::NotLocked) {
            let message = format!("layer `{}` is not locked", layer.name);
            out.push(
                Diagnostic::new(RULE.lint, layer.place.clone(), message)
                    .help("run `edgewright lock` and commit profile.lock"),
            );
        }
    }
}
