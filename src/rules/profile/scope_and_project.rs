//! PR0105: a profile has scope `project` without a project, or a project without that scope.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Context, Rule};
use crate::workspace::model::Scope;

/// PR0105 `scope-and-project`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0105", name: "scope-and-project", severity: Severity::Error },
    docs: include_str!("../docs/PR0105.md"),
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for profile in &workspace.profiles {
        let metadata = &profile.metadata;
        let (place, message, help) = match (metadata.scope, &metadata.project) {
            (Scope::Project, None) => (
                profile.document.key_place("/metadata/scope"),
                "scope `project` without a project".to_owned(),
                "add `project: NAME`",
            ),
            (Scope::Tenant | Scope::System, Some(project)) => (
                profile.place(project.span),
                format!("project `{project}` on a profile that is not in project scope"),
                "add `scope: project`, or take the project away",
            ),
            _ => continue,
        };
        out.push(Diagnostic::new(RULE.lint, place, message).pointer("/metadata/project").help(help));
    }
}
