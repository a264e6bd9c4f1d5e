//! RF0403: two packs of a profile do not work together.

use super::{Together, What};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// RF0403 `pack-not-supported`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0403", name: "pack-not-supported", severity: Severity::Error },
    docs: include_str!("../docs/RF0403.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let packs = Together::in_profile(resolved);
    for fault in packs.faults() {
        let What::NotSupported(other) = fault.what else { continue };
        let help = if fault.range.is_bounded() {
            format!("take one of the two out, or move `{}` out of {}", other.name, fault.range)
        } else {
            "take one of the two out".to_owned()
        };
        let finding = Diagnostic::new(RULE.lint, other.place.clone(), fault.message())
            .related(fault.by.place.clone(), format!("the layer of `{}`", fault.by.name))
            .help(help);
        out.push(fault.explain(&packs, finding));
    }
}
