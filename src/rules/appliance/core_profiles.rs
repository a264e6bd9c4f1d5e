//! AP0104: an appliance has several infrastructure or full profiles, or an add-on without one.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::workspace::model::{KubernetesMode, ProfileKind, ProfileType};

/// AP0104 `core-profiles`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0104", name: "core-profiles", severity: Severity::Error },
    docs: include_str!("../docs/AP0104.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for appliance in &workspace.appliances {
        let place = Place::new(appliance.document.file(), appliance.name.span);
        let mut core = Vec::new();
        let mut add_on = None;
        for (id, assigned) in workspace.settings(appliance).profiles {
            let Some(profile) = super::assigned_version(workspace, &id, &assigned.value) else { continue };
            match (profile.kind, profile.spec.profile_type.as_ref().map(|t| t.value)) {
                (ProfileKind::SystemProfile, _) | (_, None) => {}
                (_, Some(ProfileType::AddOn)) => add_on = Some(profile.id.clone()),
                (_, Some(_)) => core.push(profile.id.clone()),
            }
        }
        if core.len() > 1 {
            let names: Vec<_> = core.iter().map(ToString::to_string).collect();
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    place,
                    format!(
                        "appliance `{}` has {} core profiles: {}",
                        appliance.name,
                        core.len(),
                        names.join(", ")
                    ),
                )
                .help("an appliance runs at most one infrastructure or full profile"),
            );
        } else if let (true, Some(add_on)) = (core.is_empty(), add_on)
            && appliance.spec.kubernetes == KubernetesMode::Managed
        {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    place,
                    format!(
                        "appliance `{}` has add-on {add_on} and no infrastructure or full profile",
                        appliance.name
                    ),
                )
                .help("assign one, or say `kubernetes: provided` where somebody else runs Kubernetes"),
            );
        }
    }
}
