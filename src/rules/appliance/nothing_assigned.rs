//! AP0210: an appliance that is given no profile.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// AP0210 `nothing-assigned`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0210", name: "nothing-assigned", severity: Severity::Info },
    docs: include_str!("../docs/AP0210.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for appliance in &workspace.appliances {
        // A group that could not be read may give it some.
        let unread = workspace.unread.iter().any(|u| u.kind == crate::workspace::FileKind::Appliances);
        if !unread && workspace.settings(appliance).profiles.is_empty() {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(appliance.document.file(), appliance.name.span),
                    format!("appliance `{}` is given no profile", appliance.name),
                )
                .pointer("/metadata/name")
                .help("give it labels that a group selects, or `spec.profiles` of its own"),
            );
        }
    }
}
