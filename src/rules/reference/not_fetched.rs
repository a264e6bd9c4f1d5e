//! RF0104: the bytes of a locked reference are neither in `vendor/` nor in the cache.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::{ResolvedProfile, Unresolved};
use crate::rules::{Check, Context, Rule};

/// RF0104 `not-fetched`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0104", name: "not-fetched", severity: Severity::Info },
    docs: include_str!("../docs/RF0104.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (layer, reason) in super::unresolved(resolved) {
        if *reason == Unresolved::NotFetched {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    layer.place.clone(),
                    format!("layer `{}` is locked, but its bytes are not here: unchecked", layer.name),
                )
                .help("run `edgewright fetch` to judge its content too"),
            );
        }
    }
}
