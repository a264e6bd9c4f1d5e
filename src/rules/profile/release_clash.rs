//! PR0208: two charts of a profile install one release.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0208 `release-clash`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0208", name: "release-clash", severity: Severity::Error },
    docs: include_str!("../docs/PR0208.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let mut first = HashMap::new();
    for layer in &resolved.layers {
        for chart in &layer.charts {
            // What only the appliance knows may differ there.
            if chart.release.contains("{{") || chart.namespace.contains("{{") {
                continue;
            }
            let Some((other, of)) = first.insert((&chart.namespace, &chart.release), (chart, layer)) else {
                continue;
            };
            let both = if layer.name == of.name {
                format!("charts `{}` and `{}` of layer `{}`", other.name, chart.name, layer.name)
            } else {
                format!("layers `{}` and `{}`", of.name, layer.name)
            };
            let finding = Diagnostic::new(
                RULE.lint,
                layer.place.clone(),
                format!("{both} install release `{}` into namespace `{}`", chart.release, chart.namespace),
            );
            let finding = if layer.name == of.name {
                finding
            } else {
                finding.related(of.place.clone(), "the other layer")
            };
            out.push(finding.help(
                "give one of them another namespace or release name: `release` of a chart layer, \
                 `pack.releaseNameOverride` in the values of a pack",
            ));
        }
    }
}
