//! AP0212: two profiles of an appliance use one namespace.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::StackedLayer;
use crate::rules::{Check, Context, Rule};

/// AP0212 `namespace-shared`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0212", name: "namespace-shared", severity: Severity::Info },
    docs: include_str!("../docs/AP0212.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    // Told once for each pair, not for each appliance that runs both.
    let mut told = BTreeSet::new();
    for appliance in &workspace.appliances {
        let mut first: BTreeMap<&str, (&str, StackedLayer<'_>)> = BTreeMap::new();
        for (id, assigned) in workspace.settings(appliance).profiles {
            let Some(profile) = super::assigned_version(workspace, &id, &assigned.value) else { continue };
            let Some(stack) = cx.stack(profile) else { continue };
            for layer in stack.layers() {
                let Some(namespace) =
                    layer.namespace.filter(|n| !n.contains("{{") && !n.starts_with("kube-"))
                else {
                    continue;
                };
                let (other, before) = first.entry(namespace).or_insert((&profile.id.0, layer.clone()));
                // One pack, or one release, in both is more than a namespace in common: other rules tell of that.
                let pack = |layer: &StackedLayer<'_>| layer.pack.map(|pack| pack.name.value.clone());
                let same = (layer.pack.is_some() && pack(&layer) == pack(before))
                    || layer.releases.iter().any(|release| before.releases.contains(release));
                if *other == profile.id.0 || same || !told.insert((*other, &profile.id.0, namespace)) {
                    continue;
                }
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        layer.place.clone(),
                        format!(
                            "namespace `{namespace}` is also used by {other}, on appliance `{}` for one",
                            appliance.name
                        ),
                    )
                    .related(before.place.clone(), format!("the layer of {other}"))
                    .help("a namespace goes with the layer that it was made for: give each profile its own"),
                );
            }
        }
    }
}
