//! RF0107: a pack or chart is there but cannot be read.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::{ResolvedProfile, Unresolved};
use crate::rules::{Check, Context, Rule};

/// RF0107 `broken-content`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0107", name: "broken-content", severity: Severity::Error },
    docs: include_str!("../docs/RF0107.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (layer, reason) in super::unresolved(resolved) {
        if let Unresolved::Broken(why) = reason {
            out.push(Diagnostic::new(
                RULE.lint,
                layer.place.clone(),
                format!("layer `{}` cannot be read: {why}", layer.name),
            ));
        }
    }
}
