//! CF0103: the channel `stable` gives a prerelease.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// CF0103 `stable-prerelease`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0103", name: "stable-prerelease", severity: Severity::Warning },
    docs: include_str!("../docs/CF0103.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for channels in &workspace.channels {
        let Some(stable) = channels.channels.get("stable") else { continue };
        if semver::Version::parse(&stable.version).is_ok_and(|version| !version.pre.is_empty()) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(&channels.file, stable.version.span),
                    format!("channel `stable` of {} gives prerelease {}", channels.id, stable.version),
                )
                .pointer("/spec/stable/version")
                .help("every appliance follows `stable` unless it says otherwise: put prereleases into a channel of their own"),
            );
        }
    }
}
