//! AP0213: a group or an appliance lists one profile twice.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// AP0213 `assigned-twice`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0213", name: "assigned-twice", severity: Severity::Warning },
    docs: include_str!("../docs/AP0213.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let groups = workspace.groups.iter().map(|group| (&group.document, &group.spec.profiles));
    let appliances =
        workspace.appliances.iter().map(|appliance| (&appliance.document, &appliance.spec.profiles));
    for (document, profiles) in groups.chain(appliances) {
        let mut first = HashMap::new();
        for (index, assignment) in profiles.iter().enumerate() {
            let place = Place::new(document.file(), assignment.id.span);
            if let Some(earlier) = first.insert(assignment.id.as_str(), place.clone()) {
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        place,
                        format!("profile `{}` stands twice in the list", assignment.id),
                    )
                    .pointer(format!("/spec/profiles/{index}/id"))
                    .related(earlier, "first here")
                    .help("keep the one that is meant: an appliance runs one version of a profile"),
                );
            }
        }
    }
}
