//! AP0211: two groups have one name.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// AP0211 `duplicate-group`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0211", name: "duplicate-group", severity: Severity::Error },
    docs: include_str!("../docs/AP0211.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let mut first = HashMap::new();
    for group in &workspace.groups {
        let place = Place::new(group.document.file(), group.name.span);
        if let Some(earlier) = first.insert(group.name.as_str(), place.clone()) {
            out.push(
                Diagnostic::new(RULE.lint, place, format!("group `{}` stands twice", group.name))
                    .pointer("/metadata/name")
                    .related(earlier, "first here")
                    .help("names of groups are unique: put the two together, or rename one"),
            );
        }
    }
}
