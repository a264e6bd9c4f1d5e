//! PR0103: a tenant profile or a project is called `system` or `all`.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::workspace::model::Scope;

/// PR0103 `reserved-name`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0103", name: "reserved-name", severity: Severity::Error },
    docs: include_str!("../docs/PR0103.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for profile in &workspace.profiles {
        let metadata = &profile.metadata;
        let reserved = |name: &str| matches!(name, "system" | "all");
        if metadata.scope == Scope::Tenant && reserved(&metadata.name) {
            let message = format!("`{}` is no name for a profile in tenant scope", metadata.name);
            out.push(
                Diagnostic::new(RULE.lint, profile.place(metadata.name.span), message)
                    .pointer("/metadata/name")
                    .help("`system` and `all` are folders of the published tree"),
            );
        }
        if let Some(project) = metadata.project.as_ref().filter(|p| reserved(p)) {
            let message = format!("`{project}` is no name for a project");
            out.push(
                Diagnostic::new(RULE.lint, profile.place(project.span), message)
                    .pointer("/metadata/project")
                    .help("`system` and `all` are folders of the published tree"),
            );
        }
    }
}
