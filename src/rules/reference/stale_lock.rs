//! RF0103: `profile.lock` does not fit the profile.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::lints::UNREADABLE_LOCK;
use crate::resolve::{LockState, ResolvedProfile};
use crate::rules::{Check, Context, Rule};
use crate::source::Span;
use crate::workspace::Workspace;

/// RF0103 `stale-lock`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0103", name: "stale-lock", severity: Severity::Error },
    docs: include_str!("../docs/RF0103.md"),
    check: Check::Profile(check),
};

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    // A lock that cannot be read is stale too, and says so by itself; one without its registries cannot be compared.
    let compared = cx.workspace.is_some_and(|w| w.config.document.is_some() && w.config.has_all_registries());
    if !compared
        || resolved.lock != LockState::Stale
        || resolved.reported.iter().any(|d| d.lint == UNREADABLE_LOCK)
        || cx.workspace.is_some_and(|workspace| has_broken_reference(workspace, resolved))
    {
        return;
    }
    out.push(
        Diagnostic::new(
            RULE.lint,
            resolved.profile.document.key_place("/spec/layers"),
            "profile.lock was made for other references, presets or registries",
        )
        .pointer("/spec/layers")
        .help("run `edgewright lock` and commit profile.lock"),
    );
}

/// Whether something is wrong with a reference itself: its lock cannot fit then, and the fault is told where it is.
fn has_broken_reference(workspace: &Workspace, resolved: &ResolvedProfile) -> bool {
    let profile = &resolved.profile;
    let here = |finding: &&Diagnostic| {
        finding.severity == Severity::Error && finding.place.file.path() == profile.file.path()
    };
    let spans: Vec<Span> = (0..profile.spec.layers.len())
        .flat_map(|index| ["pack", "chart", "presets"].map(|key| format!("/spec/layers/{index}/{key}")))
        .filter_map(|pointer| Some(profile.document.at(&pointer)?.span()))
        .collect();
    let inside = |at: Span| spans.iter().any(|span| span.start <= at.start && at.end <= span.end);
    workspace.diagnostics.iter().filter(here).any(|finding| inside(finding.place.span))
}
