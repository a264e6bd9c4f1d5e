//! PR0305: `pack.releaseNameOverride` names a chart that the pack does not have.

use super::origin;
use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::yaml::push_pointer;

/// PR0305 `unknown-release-override`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0305", name: "unknown-release-override", severity: Severity::Warning },
    docs: include_str!("../docs/PR0305.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        let Some(pack) = layer.source.pack() else { continue };
        // A chart that cannot be read may be the one meant.
        if pack.charts.iter().any(|chart| chart.chart.is_none()) {
            continue;
        }
        let charts = || layer.charts.iter().map(|chart| chart.name.as_str());
        let manifests = || layer.manifests.iter().map(|manifest| manifest.name.as_str());
        for (name, _, place) in origin::entries(layer, "/pack/releaseNameOverride") {
            if charts().chain(manifests()).any(|known| known == name) {
                continue;
            }
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    place,
                    format!("pack `{}` has no chart `{name}` to rename", pack.name),
                )
                .pointer(push_pointer("/pack/releaseNameOverride", name))
                .help(match (closest(name, charts()), charts().next()) {
                    (Some(near), _) => format!("did you mean `{near}`?"),
                    (None, Some(_)) => format!("its charts are: {}", charts().collect::<Vec<_>>().join(", ")),
                    (None, None) => "it has no charts at all".to_owned(),
                }),
            );
        }
    }
}
