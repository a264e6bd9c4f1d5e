//! KU0002: a Kubernetes version of the repository for which there are no schemas.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::schema::kubernetes::{Known, Minor, shown};

/// KU0002 `kubernetes-version-unknown`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0002", name: "kubernetes-version-unknown", severity: Severity::Warning },
    docs: include_str!("../docs/KU0002.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for (index, version) in workspace.config.spec.kubernetes.versions.iter().enumerate() {
        // What is no version at all is a finding of the schema of `edgewright.yaml`.
        let Ok(Known::Nearest(nearest)) = Minor::read(version) else { continue };
        let pointer = format!("/spec/kubernetes/versions/{index}");
        let Some(document) = &workspace.config.document else { continue };
        let message =
            format!("there are no schemas of Kubernetes {version}: objects are judged by those of {nearest}");
        out.push(
            Diagnostic::new(RULE.lint, document.place(&pointer), message)
                .pointer(pointer)
                .help(format!("there are schemas of {}", shown(&Minor::all()))),
        );
    }
}
