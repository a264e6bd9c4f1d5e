//! RF0402: a pack of a profile has a version that another one does not work with.

use super::{Together, What};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// RF0402 `pack-out-of-range`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0402", name: "pack-out-of-range", severity: Severity::Error },
    docs: include_str!("../docs/RF0402.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let packs = Together::in_profile(resolved);
    for fault in packs.faults() {
        let What::OutOfRange(other) = fault.what else { continue };
        let finding = Diagnostic::new(RULE.lint, other.place.clone(), fault.message())
            .related(fault.by.place.clone(), format!("the layer of `{}`", fault.by.name))
            .help(format!(
                "move `{}` to {}, or `{}` to another version",
                other.name, fault.range, fault.by.name
            ));
        out.push(fault.explain(&packs, finding));
    }
}
