//! AP0101: a group or an appliance is assigned a profile that the repository does not have.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// AP0101 `unknown-profile`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0101", name: "unknown-profile", severity: Severity::Error },
    docs: include_str!("../docs/AP0101.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for (document, assignment) in super::assignments(workspace) {
        let unread = super::unread(workspace, &assignment.id);
        if !unread && !workspace.profiles.iter().any(|p| p.id.0 == assignment.id.value) {
            let near = closest(&assignment.id, workspace.profiles.iter().map(|p| p.id.0.as_str()));
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(document.file(), assignment.id.span),
                    format!("there is no profile `{}`", assignment.id),
                )
                .help(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "profiles stand in `profiles/<id>/profile.yaml`".to_owned(),
                }),
            );
        }
    }
}
