//! PR0211: a profile without layers.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0211 `no-layers`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0211", name: "no-layers", severity: Severity::Warning },
    docs: include_str!("../docs/PR0211.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    if resolved.profile.spec.layers.is_empty() {
        out.push(
            Diagnostic::new(
                RULE.lint,
                resolved.profile.document.key_place("/spec/layers"),
                format!("profile {} has no layers: it does nothing", resolved.profile.label()),
            )
            .pointer("/spec/layers")
            .help("`edgewright layer add` adds one"),
        );
    }
}
