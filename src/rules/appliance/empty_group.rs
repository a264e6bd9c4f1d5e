//! AP0109: the selector of a group matches no appliance.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::workspace::Workspace;
use crate::workspace::model::Group;

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
                .help(hint(workspace, group)),
            );
        }
    }
}

/// What of the selector no appliance has, and what was probably meant.
fn hint(workspace: &Workspace, group: &Group) -> String {
    let labels = || workspace.appliances.iter().flat_map(|appliance| &appliance.labels);
    for (key, value) in &group.spec.selector.match_labels {
        if !labels().any(|(known, _)| known == key) {
            return match closest(key, labels().map(|(known, _)| known.as_str())) {
                Some(near) => format!("no appliance has a label `{key}`; did you mean `{near}`?"),
                None => format!("no appliance has a label `{key}`"),
            };
        }
        let values = || labels().filter(|(known, _)| *known == key).map(|(_, value)| value.as_str());
        if !values().any(|known| known == value) {
            return match closest(value, values()) {
                Some(near) => format!("no appliance has `{key}: {value}`; did you mean `{near}`?"),
                None => format!("no appliance has `{key}: {value}`"),
            };
        }
    }
    "no appliance has all of these labels together".to_owned()
}
