//! PR0302: an add-on is put into a namespace of Kubernetes itself.

use super::origin;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::LayerType;
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0302 `reserved-namespace`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0302", name: "reserved-namespace", severity: Severity::Warning },
    docs: include_str!("../docs/PR0302.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in resolved.layers.iter().filter(|layer| layer.layer_type == LayerType::Addon) {
        let (place, pointer) = origin::namespace_place(resolved, layer);
        // What a pack says by itself is its makers' choice.
        if pointer.is_empty() || !layer.namespace.starts_with("kube-") {
            continue;
        }
        out.push(
            Diagnostic::new(
                RULE.lint,
                place,
                format!(
                    "layer `{}` is put into `{}`, which belongs to Kubernetes",
                    layer.name, layer.namespace
                ),
            )
            .pointer(pointer)
            .help("give it a namespace of its own: with a layer its namespace goes, too"),
        );
    }
}
