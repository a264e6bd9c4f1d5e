//! RF0101: a layer names a registry that `edgewright.yaml` does not have, or names none where several could be meant.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::Unresolved;
use crate::rules::{Context, Rule};

/// RF0101 `unknown-registry`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0101", name: "unknown-registry", severity: Severity::Error },
    docs: include_str!("../docs/RF0101.md"),
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (layer, reason) in super::unresolved(cx) {
        if let Unresolved::NoRegistry(why) = reason {
            out.push(
                Diagnostic::new(RULE.lint, layer.place.clone(), format!("layer `{}`: {why}", layer.name))
                    .help("registries stand under `spec.registries` in edgewright.yaml"),
            );
        }
    }
}
