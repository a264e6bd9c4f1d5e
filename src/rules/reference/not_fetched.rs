//! RF0104: the bytes of a locked reference are neither in `vendor/` nor in the cache.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::Unresolved;
use crate::rules::{Context, Rule};

/// RF0104 `not-fetched`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0104", name: "not-fetched", severity: Severity::Info },
    docs: include_str!("../docs/RF0104.md"),
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (layer, reason) in super::unresolved(cx) {
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
