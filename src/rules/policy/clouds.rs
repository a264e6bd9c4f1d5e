//! PL0107: a profile is for a cloud type that the organisation does not run.

use indexmap::IndexMap;
use serde::Deserialize;

use super::pattern::{self, Glob};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PL0107 `allowed-clouds`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PL0107", name: "allowed-clouds", severity: Severity::Warning },
    docs: include_str!("../docs/PL0107.md"),
    check: Check::Profile(check),
};

/// Options of the rule.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(in crate::rules) struct CloudsOptions {
    /// Cloud types that profiles may be for, as globs; empty: all.
    allow: Vec<Glob>,
    /// Instead of `allow`, for the profiles of one project.
    projects: IndexMap<String, Vec<Glob>>,
}

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(options) = cx.options::<CloudsOptions>(RULE.lint) else { return };
    let profile = &resolved.profile;
    let project = profile.metadata.project.as_ref();
    let allow = project.and_then(|p| options.projects.get(&p.value)).unwrap_or(&options.allow);
    let cloud = profile.spec.cloud.as_ref().map_or("all", |cloud| cloud.value.as_str());
    if allow.is_empty() || pattern::any(allow, cloud) {
        return;
    }
    let message = match &profile.spec.cloud {
        Some(cloud) => format!("profile {} is for `{cloud}`, which is not allowed", profile.id),
        None => format!("profile {} says no `cloud`, and so is for all", profile.id),
    };
    let pointer = if profile.spec.cloud.is_some() { "/spec/cloud" } else { "/spec" };
    out.push(
        Diagnostic::new(
            RULE.lint,
            match &profile.spec.cloud {
                Some(cloud) => profile.place(cloud.span),
                None => profile.document.key_place("/spec"),
            },
            message,
        )
        .pointer(pointer)
        .help(format!("allowed are: {}", pattern::listed(allow))),
    );
}
