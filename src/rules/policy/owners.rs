//! PL0101: a profile has no owners, or others than those that may own one.

use serde::Deserialize;

use super::pattern::{self, Glob};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PL0101 `owners-required`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PL0101", name: "owners-required", severity: Severity::Warning },
    docs: include_str!("../docs/PL0101.md"),
    check: Check::Profile(check),
};

/// Options of the rule.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(in crate::rules) struct OwnersOptions {
    /// How many owners a profile has at least.
    at_least: usize,
    /// Who may own a profile, as globs; empty: anybody.
    allow: Vec<Glob>,
}

impl Default for OwnersOptions {
    fn default() -> Self {
        Self { at_least: 1, allow: Vec::new() }
    }
}

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(options) = cx.options::<OwnersOptions>(RULE.lint) else { return };
    let profile = &resolved.profile;
    let owners = &profile.metadata.owners;
    if owners.len() < options.at_least {
        let message = match (owners.len(), options.at_least) {
            (0, 1) => format!("profile {} has no owners", profile.id),
            (count, least) => format!("profile {} has {count} owners, and needs {least}", profile.id),
        };
        out.push(
            Diagnostic::new(RULE.lint, profile.document.key_place("/metadata/owners"), message)
                .pointer("/metadata/owners")
                .help("name the teams that look after it: `owners: [team-edge]`"),
        );
    }
    for (index, owner) in owners.iter().enumerate() {
        if !options.allow.is_empty() && !pattern::any(&options.allow, owner) {
            let pointer = format!("/metadata/owners/{index}");
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    profile.document.place(&pointer),
                    format!("`{owner}` may own no profile"),
                )
                .pointer(pointer)
                .help(format!("owners are: {}", pattern::listed(&options.allow))),
            );
        }
    }
}
