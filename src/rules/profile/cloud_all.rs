//! PR0210: a profile with core layers is for every cloud.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::workspace::model::ProfileType;

/// PR0210 `core-for-all-clouds`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0210", name: "core-for-all-clouds", severity: Severity::Error },
    docs: include_str!("../docs/PR0210.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let spec = &resolved.profile.spec;
    let Some(kind) = spec.profile_type.as_ref().filter(|kind| kind.value != ProfileType::AddOn) else {
        return;
    };
    let word = if kind.value == ProfileType::Full { "full" } else { "infrastructure" };
    let (place, message, pointer) = match &spec.cloud {
        Some(cloud) if cloud.value == "all" => {
            (cloud.span, format!("a profile of type {word} cannot be for all clouds"), "/spec/cloud")
        }
        Some(_) => return,
        None => (
            kind.span,
            format!("a profile of type {word} says no `cloud`, and so would be for all clouds"),
            "/spec/type",
        ),
    };
    out.push(
        Diagnostic::new(RULE.lint, resolved.profile.place(place), message)
            .pointer(pointer)
            .help("say which one its operating system and Kubernetes are made for: `cloud: edge-native`"),
    );
}
