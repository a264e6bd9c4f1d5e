//! RF0101: a layer names a registry that `edgewright.yaml` does not have, or names none where several could be meant.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::resolve::{ResolvedProfile, Unresolved};
use crate::rules::{Check, Context, Rule};
use crate::workspace::model::well_known;

/// RF0101 `unknown-registry`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0101", name: "unknown-registry", severity: Severity::Error },
    docs: include_str!("../docs/RF0101.md"),
    check: Check::Profile(check),
};

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    // A profile that is judged by itself has no repository that could name registries.
    let Some(workspace) = cx.workspace else { return };
    for (layer, reason) in super::unresolved(resolved) {
        if let Unresolved::NoRegistry(name) = reason {
            // One that is written and cannot be read is told where it is written.
            if workspace.config.names_registry(name) || workspace.config.document.is_none() {
                continue;
            }
            let known = workspace.config.spec.registries.keys().chain(well_known::registries().keys());
            let near = closest(name, known.map(String::as_str));
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    layer.place.clone(),
                    format!("layer `{}`: edgewright.yaml has no registry `{name}`", layer.name),
                )
                .help(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "add it under `spec.registries` in edgewright.yaml; `edgewright registries` lists those and the \
                             well-known ones"
                        .to_owned(),
                }),
            );
        }
    }
}
