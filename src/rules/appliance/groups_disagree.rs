//! AP0107: two groups of one priority give an appliance different settings.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// AP0107 `groups-disagree`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0107", name: "groups-disagree", severity: Severity::Error },
    docs: include_str!("../docs/AP0107.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for appliance in &workspace.appliances {
        for conflict in workspace.settings(appliance).conflicts {
            let (first, first_place) = conflict.first;
            let (second, second_place) = conflict.second;
            // A group that lists one profile twice, or two groups of one name, are told as what they are.
            if first == second {
                continue;
            }
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(appliance.document.file(), appliance.name.span),
                    format!(
                        "groups `{first}` and `{second}` give appliance `{}` different settings for {}",
                        appliance.name, conflict.what
                    ),
                )
                .related(first_place, format!("group `{first}`"))
                .related(second_place, format!("group `{second}`"))
                .help("give the groups different `priority`, or decide on the appliance"),
            );
        }
    }
}
