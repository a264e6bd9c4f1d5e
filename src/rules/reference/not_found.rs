//! RF0106: a reference resolves to nothing: no such pack or chart, or no version that fits.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::{ResolvedProfile, Unresolved};
use crate::rules::{Check, Context, Rule};

/// RF0106 `not-found`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0106", name: "not-found", severity: Severity::Error },
    docs: include_str!("../docs/RF0106.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (layer, reason) in super::unresolved(resolved) {
        if let Unresolved::NotFound(why) = reason {
            out.push(
                Diagnostic::new(RULE.lint, layer.place.clone(), format!("layer `{}`: {why}", layer.name))
                    .help("correct the name or the version"),
            );
        }
    }
}
