//! AP0209: an appliance whose Kubernetes somebody else runs is given one.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::workspace::model::{KubernetesMode, ProfileKind, ProfileType};

/// AP0209 `kubernetes-provided`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0209", name: "kubernetes-provided", severity: Severity::Error },
    docs: include_str!("../docs/AP0209.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for appliance in workspace.appliances.iter().filter(|a| a.spec.kubernetes == KubernetesMode::Provided) {
        for (id, assigned) in workspace.settings(appliance).profiles {
            let Some(profile) = super::assigned_version(workspace, &id, &assigned.value) else { continue };
            let word = match (profile.kind, profile.spec.profile_type.as_ref().map(|t| t.value)) {
                (ProfileKind::ClusterProfile, Some(ProfileType::Full)) => "full",
                (ProfileKind::ClusterProfile, Some(ProfileType::Infrastructure)) => "infrastructure",
                _ => continue,
            };
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    appliance.document.place("/spec/kubernetes"),
                    format!(
                        "appliance `{}` has a Kubernetes of somebody else's, and gets {word} profile {id}",
                        appliance.name
                    ),
                )
                .pointer("/spec/kubernetes")
                .related(assigned.place, "assigned here")
                .help("take `kubernetes: provided` away, or the profile"),
            );
        }
    }
}
