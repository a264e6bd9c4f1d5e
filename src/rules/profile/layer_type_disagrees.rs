//! PR0206: `type` of a layer is not what its source is.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::LayerType;
use crate::resolve::{LayerSource, ResolvedProfile};
use crate::rules::{Check, Context, Rule};

/// PR0206 `layer-type-disagrees`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0206", name: "layer-type-disagrees", severity: Severity::Error },
    docs: include_str!("../docs/PR0206.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        let Some(index) = layer.index else { continue };
        let Some(written) = &resolved.profile.spec.layers[index].layer_type else { continue };
        let (actual, what) = match &layer.source {
            LayerSource::Pack(_, Some(pack)) => (pack.layer, "pack.json says"),
            LayerSource::Pack(_, None) => continue,
            LayerSource::Chart(..) => (LayerType::Addon, "a chart is always"),
            LayerSource::Manifests => (LayerType::Addon, "manifests are always"),
        };
        if written.value != actual {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.place(written.span),
                    format!(
                        "layer `{}` is called {}, but {what} {}",
                        layer.name,
                        written.value.word(),
                        actual.word()
                    ),
                )
                .pointer(format!("/spec/layers/{index}/type"))
                .help(format!("write `type: {}`, or leave it out", actual.word())),
            );
        }
    }
}
