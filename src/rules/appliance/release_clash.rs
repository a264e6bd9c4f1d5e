//! AP0201: two profiles of an appliance install one release.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// AP0201 `appliance-release-clash`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0201", name: "appliance-release-clash", severity: Severity::Error },
    docs: include_str!("../docs/AP0201.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for appliance in &workspace.appliances {
        let mut first: HashMap<_, (&str, Place, Option<&str>)> = HashMap::new();
        for (id, assigned) in workspace.settings(appliance).profiles {
            let Some(profile) = super::assigned_version(workspace, &id, &assigned.value) else { continue };
            let Some(stack) = cx.stack(profile) else { continue };
            for layer in stack.layers() {
                let pack = layer.pack.map(|pack| pack.name.as_str());
                for release in layer.releases {
                    if release.name.contains("{{") || release.namespace.contains("{{") {
                        continue;
                    }
                    match first.get(release) {
                        // Within one profile it is that profile's fault; one pack in two profiles is told as such.
                        Some((other, place, by)) if *other != profile.id.0 && (pack.is_none() || *by != pack) => out.push(
                            Diagnostic::new(
                                RULE.lint,
                                Place::new(appliance.document.file(), appliance.name.span),
                                format!(
                                    "{other} and {} both install release `{}` into namespace `{}` on appliance `{}`",
                                    profile.id, release.name, release.namespace, appliance.name
                                ),
                            )
                            .related(place.clone(), format!("the layer of {other}"))
                            .related(layer.place.clone(), format!("the layer of {}", profile.id))
                            .help("each would undo what the other did: give one of them another name or namespace"),
                        ),
                        Some(_) => {}
                        None => _ = first.insert(release, (&profile.id.0, layer.place.clone(), pack)),
                    }
                }
            }
        }
    }
}
