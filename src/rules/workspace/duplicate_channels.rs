//! CF0109: a profile has two `channels.yaml`.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};

/// CF0109 `duplicate-channels`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0109", name: "duplicate-channels", severity: Severity::Error },
    docs: include_str!("../docs/CF0109.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let mut first = HashMap::new();
    for channels in &workspace.channels {
        let place = channels.document.place("/metadata/name");
        if let Some(earlier) = first.insert(&channels.id, place.clone()) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    place,
                    format!("these are second channels of profile {}", channels.id),
                )
                .pointer("/metadata/name")
                .related(earlier, "the first ones: these count")
                .help("put the two together, one folder above the versions of the profile"),
            );
        }
    }
}
