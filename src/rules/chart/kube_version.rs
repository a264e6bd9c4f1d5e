//! CH0102: a chart's `kubeVersion` does not take the Kubernetes version that it will run on.

use super::{Installed, of_pack, of_profile};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::LayerType;
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::version::{Constraint, Version};

/// CH0102 `kube-version`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CH0102", name: "kube-version", severity: Severity::Error },
    docs: include_str!("../docs/CH0102.md"),
    check: Check::PackAndProfile(pack, profile),
};

/// Kubernetes versions, and who says so.
struct Versions {
    wanted: Vec<String>,
    /// Whether one of them is enough for the chart to be of use.
    choice: bool,
}

fn pack(cx: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let versions = of_workspace(cx);
    of_pack(judged).for_each(|installed| check(&installed, &versions, out));
}

fn profile(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    // What the profile itself installs is known exactly.
    let own = resolved
        .layers
        .iter()
        .filter(|layer| layer.layer_type == LayerType::Kubernetes)
        .find_map(|layer| layer.source.pack().map(|pack| pack.version.value.clone()))
        .filter(|version| Version::parse(version).is_ok());
    let Some(version) = own else {
        let versions = of_workspace(cx);
        return of_profile(cx, resolved).for_each(|installed| check(&installed, &versions, out));
    };
    let versions = Versions { wanted: vec![version], choice: false };
    for layer in &resolved.layers {
        for chart in &layer.charts {
            check(&Installed { chart: &chart.chart, layer: Some(layer) }, &versions, out);
        }
    }
}

fn of_workspace(cx: &Context<'_>) -> Versions {
    let wanted = cx.workspace.map(|workspace| workspace.config.spec.kubernetes.versions.clone());
    Versions { wanted: wanted.unwrap_or_default(), choice: true }
}

fn check(installed: &Installed<'_>, versions: &Versions, out: &mut Vec<Diagnostic>) {
    let metadata = &installed.chart.metadata;
    let Some(range) = &metadata.kube_version else { return };
    let name = &metadata.name;
    let Ok(constraint) = Constraint::parse(range) else {
        let message = format!("chart `{name}` asks for Kubernetes `{range}`, which is no constraint");
        let help = "Helm refuses to install it, whatever the version of the cluster";
        out.push(installed.finding(RULE.lint, "/kubeVersion", message).help(help));
        return;
    };
    let refused: Vec<&str> =
        versions.wanted.iter().map(String::as_str).filter(|version| !takes(&constraint, version)).collect();
    if refused.is_empty() {
        return;
    }
    let list = refused.join(", ");
    let finding = if versions.choice {
        let message =
            format!("chart `{name}` asks for Kubernetes `{range}`, but this repository is for {list}");
        installed.finding(RULE.lint, "/kubeVersion", message)
    } else {
        let message =
            format!("chart `{name}` asks for Kubernetes `{range}`, but the profile installs {list}");
        installed.finding(RULE.lint, "/kubeVersion", message)
    };
    let mut finding = finding.help("Helm refuses to install it there; choose another version of the chart");
    if versions.choice && refused.len() < versions.wanted.len() {
        finding.severity = Severity::Warning;
    }
    out.push(finding);
}

/// Whether a constraint takes a version; a minor version (`1.33`) stands for all its patches.
fn takes(constraint: &Constraint, version: &str) -> bool {
    let Ok(first) = Version::parse(version) else { return true };
    let parts =
        version.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default().split('.').count();
    let patches = if parts < 3 { vec![first.patch, 4, 9, 30, 99] } else { vec![first.patch] };
    patches.into_iter().any(|patch| {
        let exact = format!("{}.{}.{patch}", first.major, first.minor);
        Version::parse(&exact).is_ok_and(|version| constraint.matches(&version))
            // A distribution's suffix (`-gke.1`, `-eks`) may be what the chart asks for.
            || Version::parse(&format!("{exact}-x")).is_ok_and(|version| constraint.matches(&version))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minor_version_stands_for_its_patches() {
        for (range, version, expected) in [
            (">=1.25.0", "1.33", true),
            (">=1.25.0-0", "1.24", false),
            ("~1.33.4", "1.33", true),
            ("~1.33.4", "1.33.2", false),
            (">= 1.22.0 < 1.30.0", "1.30", false),
            ("^1.19-0", "v1.33.4+k3s1", true),
            ("<1.33", "1.33", false),
        ] {
            let constraint = Constraint::parse(range).unwrap();
            assert_eq!(takes(&constraint, version), expected, "{range} {version}");
        }
    }
}
