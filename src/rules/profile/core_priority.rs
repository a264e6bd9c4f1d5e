//! PR0307: an install priority on a core layer.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::LayerType;
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0307 `core-priority`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0307", name: "core-priority", severity: Severity::Warning },
    docs: include_str!("../docs/PR0307.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        let Some(index) = layer.index else { continue };
        let written = resolved.profile.spec.layers[index].install_priority;
        if written.is_some() && layer.layer_type != LayerType::Addon {
            let pointer = format!("/spec/layers/{index}/installPriority");
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.document.place(&pointer),
                    format!("{} layer `{}` has an install priority", layer.layer_type.word(), layer.name),
                )
                .pointer(pointer)
                .help("core layers go in their own order, os, kubernetes, cni, csi: take it away"),
            );
        }
    }
}
