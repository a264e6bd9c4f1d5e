//! PR0104: a project and a profile in tenant scope share a name.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::workspace::model::Scope;

/// PR0104 `project-name-clash`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0104", name: "project-name-clash", severity: Severity::Error },
    docs: include_str!("../docs/PR0104.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for profile in &workspace.profiles {
        let Some(project) = &profile.metadata.project else { continue };
        let tenant = workspace
            .profiles
            .iter()
            .find(|p| p.metadata.scope == Scope::Tenant && p.metadata.name.value == project.value);
        if let Some(tenant) = tenant {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    profile.place(project.span),
                    format!("project `{project}` has the name of a tenant profile"),
                )
                .pointer("/metadata/project")
                .related(tenant.place(tenant.metadata.name.span), "the tenant profile")
                .help("rename the project or the profile: both would own `profiles/NAME`"),
            );
        }
    }
}
