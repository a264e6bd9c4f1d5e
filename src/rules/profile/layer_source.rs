//! PR0201: a layer does not have exactly one source.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Context, Rule};

/// PR0201 `layer-source`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0201", name: "layer-source", severity: Severity::Error },
    docs: include_str!("../docs/PR0201.md"),
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for resolved in cx.profiles {
        let profile = &resolved.profile;
        for (index, layer) in profile.spec.layers.iter().enumerate() {
            let pointer = format!("/spec/layers/{index}");
            let message = match (&layer.pack, &layer.chart, layer.manifests.is_empty()) {
                (Some(_), Some(_), _) => "has a pack and a chart",
                (None, Some(_), false) => "has a chart and manifests",
                (None, None, true) => "has no pack, no chart and no manifests",
                _ => continue,
            };
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    profile.place(layer.name.span),
                    format!("layer `{}` {message}", layer.name),
                )
                .pointer(pointer)
                .help("a layer is one pack (manifests may be attached), one chart, or manifests alone"),
            );
        }
    }
}
