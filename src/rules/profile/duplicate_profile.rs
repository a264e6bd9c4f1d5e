//! PR0101: two `profile.yaml` files have the same id and version.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};

/// PR0101 `duplicate-profile`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0101", name: "duplicate-profile", severity: Severity::Error },
    docs: include_str!("../docs/PR0101.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let mut first = HashMap::new();
    for profile in &workspace.profiles {
        let version = &profile.metadata.version;
        if let Some(earlier) = first.insert((&profile.id, profile.version()), profile) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    profile.place(version.span),
                    format!("{} stands in two files", profile.label()),
                )
                .pointer("/metadata/version")
                .related(earlier.place(earlier.metadata.version.span), "the same id and version here")
                .help("give one of them another version or name"),
            );
        }
    }
}
