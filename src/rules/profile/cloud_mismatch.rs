//! PR0207: a pack is not made for the profile's cloud type.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0207 `cloud-mismatch`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0207", name: "cloud-mismatch", severity: Severity::Warning },
    docs: include_str!("../docs/PR0207.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(cloud) = &resolved.profile.spec.cloud else { return };
    if cloud.value == "all" {
        return;
    }
    for layer in &resolved.layers {
        let Some(pack) = layer.source.pack() else { continue };
        let fits = pack.cloud_types.iter().any(|c| c == "all" || *c == cloud.value);
        if !fits && !pack.cloud_types.is_empty() {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    layer.place.clone(),
                    format!(
                        "pack `{}` is made for {}, the profile for {cloud}",
                        pack.name,
                        pack.cloud_types.join(", ")
                    ),
                )
                .help("choose a pack for this cloud, or correct `spec.cloud`"),
            );
        }
    }
}
