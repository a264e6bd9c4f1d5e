//! PR0213: presets on a layer whose values stand alone.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0213 `presets-without-defaults`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0213", name: "presets-without-defaults", severity: Severity::Info },
    docs: include_str!("../docs/PR0213.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        let Some(index) = layer.index else { continue };
        let written = &resolved.profile.spec.layers[index];
        if written.defaults || written.presets.is_empty() {
            continue;
        }
        let brings =
            resolved.layers.iter().any(|l| l.added_by.as_ref().is_some_and(|by| by.layer == layer.name));
        // A preset that brings a layer along does so all the same.
        if brings || layer.source.pack().is_none() {
            continue;
        }
        let pointer = format!("/spec/layers/{index}/presets");
        out.push(
            Diagnostic::new(
                RULE.lint,
                resolved.profile.document.key_place(&pointer),
                format!(
                    "the presets of layer `{}` change nothing: `defaults: false` lets its values stand alone",
                    layer.name
                ),
            )
            .pointer(pointer)
            .help("take `defaults: false` away to build on defaults and presets, or take the presets away"),
        );
    }
}
