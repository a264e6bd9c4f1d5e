//! PR0203: core layers are not in the order kernel, os, kubernetes, cni, csi, add-ons.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0203 `layer-order`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0203", name: "layer-order", severity: Severity::Error },
    docs: include_str!("../docs/PR0203.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for pair in resolved.layers.windows(2) {
        let [below, above] = pair else { continue };
        if above.layer_type < below.layer_type && below.unresolved.is_none() && above.unresolved.is_none() {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    above.place.clone(),
                    format!(
                        "{} layer `{}` stands above {} layer `{}`",
                        above.layer_type.word(),
                        above.name,
                        below.layer_type.word(),
                        below.name
                    ),
                )
                .related(below.place.clone(), "this one belongs above it")
                .help(
                    "the order is kernel, os, kubernetes, cni, csi, add-ons; the first in the list is lowest",
                ),
            );
        }
    }
}
