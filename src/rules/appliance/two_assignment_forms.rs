//! AP0103: a profile is assigned by channel and by version at once.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Context, Rule};
use crate::source::Place;

/// AP0103 `channel-and-version`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0103", name: "channel-and-version", severity: Severity::Error },
    docs: include_str!("../docs/AP0103.md"),
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for (document, assignment) in super::assignments(workspace) {
        if let (Some(channel), Some(_)) = (&assignment.channel, &assignment.version) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(document.file(), channel.span),
                    format!("profile {} is assigned by channel and by version", assignment.id),
                )
                .help("keep one of the two"),
            );
        }
    }
}
