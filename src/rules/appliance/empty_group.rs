//! AP0109: the selector of a group matches no appliance.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// AP0109 `empty-group`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0109", name: "empty-group", severity: Severity::Warning },
    docs: include_str!("../docs/AP0109.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for group in &workspace.groups {
        let selects = workspace
            .appliances
            .iter()
            .any(|a| workspace.groups_of(a).iter().any(|g| std::ptr::eq(*g, group)));
        if !selects {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(group.document.file(), group.name.span),
                    format!("group `{}` selects no appliance", group.name),
                )
                .help("compare `spec.selector.matchLabels` with the labels of the appliances"),
            );
        }
    }
}
