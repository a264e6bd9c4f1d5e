//! RF0401: a profile with core layers lacks one that a pack of it requires.

use super::{Together, What};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::LayerType;
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// RF0401 `required-pack-missing`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0401", name: "required-pack-missing", severity: Severity::Error },
    docs: include_str!("../docs/RF0401.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let packs = Together::in_profile(resolved);
    // An appliance has one profile with core layers: what is not in it comes from nowhere. Of what an add-on profile may
    // build on, nothing is known here.
    let has_core = packs.list.iter().any(|present| present.layer != LayerType::Addon);
    if !packs.whole || !has_core {
        return;
    }
    for fault in packs.faults() {
        if !matches!(fault.what, What::Missing) || !fault.is_about_core() {
            continue;
        }
        let finding = Diagnostic::new(
            RULE.lint,
            fault.by.place.clone(),
            format!("{}, which is not in the profile", fault.message()),
        )
        .help(format!("add it as a layer: {}", fault.command(&resolved.profile)));
        out.push(fault.explain(&packs, finding));
    }
}
