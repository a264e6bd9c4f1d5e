//! PK0272: a key at the top of values.yaml that nobody reads.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::pack::LayerType;
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0272 `values-key-unread`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0272", name: "values-key-unread", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0272.md"),
    check: Check::Pack(check),
};

/// What is read in any pack.
const READ: &[&str] = &["pack", "charts", "manifests", "readinessCheck"];
/// What core layers read; storage and network packs carry some along.
const CORE: &[&str] = &[
    "cloud",
    "cluster",
    "clientConfig",
    "drain",
    "kubeadmconfig",
    "managedControlPlane",
    "managedMachinePool",
    "options",
    "providerCredentials",
    "stages",
    "initStages",
    "storageClass",
    "kubeconfig",
];

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    if matches!(pack.layer, LayerType::Kernel | LayerType::Os | LayerType::Kubernetes) {
        return;
    }
    let (Some(values), Some(file)) = (&pack.values, &pack.values_file) else { return };
    // `.spectro.pack.NAME.KEY` reads from anywhere in the values of a pack; anchors are held somewhere.
    let referred = |key: &str| file.text().contains(&format!(".spectro.pack.{}.{key}", pack.name));
    let anchors = |text: &str| text.trim_start().starts_with('&');
    let unread: Vec<_> = values
        .root()
        .entries()
        .filter_map(|entry| Some((entry, entry.key.text()?)))
        .filter(|(_, key)| {
            !READ.contains(key) && !CORE.contains(key) && !key.starts_with("x-") && !referred(key)
        })
        .filter(|(entry, _)| {
            let start = entry.key.span().end as usize;
            !file.text().get(start..).and_then(|rest| rest.strip_prefix(':')).is_some_and(anchors)
        })
        .collect();
    let Some((first, key)) = unread.first() else { return };
    let others: Vec<String> = unread.iter().skip(1).map(|(_, key)| format!("`{key}`")).collect();
    let message = match others.len() {
        0 => format!("nobody reads `{key}` at the top of the values"),
        1..=3 => format!("nobody reads `{key}`, {} at the top of the values", others.join(", ")),
        n => format!("nobody reads `{key}` and {n} more keys at the top of the values"),
    };
    let chart = pack.charts.iter().find_map(|listed| listed.chart.as_ref());
    let help = match (closest(key, READ.iter().copied()), chart) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, Some(chart)) => format!("values of a chart stand below `charts.{}`", chart.metadata.name),
        (None, None) => "parameters of a manifest stand below `manifests.NAME`".to_owned(),
    };
    out.push(Diagnostic::new(RULE.lint, first.key.place(), message).pointer(format!("/{key}")).help(help));
}
