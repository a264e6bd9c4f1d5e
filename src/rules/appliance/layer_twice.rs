//! AP0105: two profiles of one appliance have a layer with the same pack.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::Stacked;
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// AP0105 `layer-twice`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0105", name: "layer-twice", severity: Severity::Error },
    docs: include_str!("../docs/AP0105.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for appliance in &workspace.appliances {
        let mut first: HashMap<&str, String> = HashMap::new();
        for (id, assigned) in workspace.settings(appliance).profiles {
            let Some(profile) = super::assigned_version(workspace, &id, &assigned.value) else { continue };
            for layer in cx.stack(profile).into_iter().flat_map(Stacked::layers) {
                let Some(name) = layer.pack.map(|pack| pack.name.as_str()) else { continue };
                if let Some(other) = first.get(name) {
                    if *other != profile.id.0 {
                        out.push(
                            Diagnostic::new(
                                RULE.lint,
                                Place::new(appliance.document.file(), appliance.name.span),
                                format!(
                                    "appliance `{}` gets pack `{name}` from {other} and from {}",
                                    appliance.name, profile.id
                                ),
                            )
                            .related(layer.place, "one of the two layers")
                            .help("no pack may stand in two profiles of one appliance: take it out of one"),
                        );
                    }
                } else {
                    first.insert(name, profile.id.0.clone());
                }
            }
        }
    }
}
