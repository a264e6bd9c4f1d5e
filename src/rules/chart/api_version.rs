//! CH0107: a chart's `apiVersion` is missing, unknown, or does not fit what else it says.

use super::{Installed, of_pack, of_profile};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Rule};

/// CH0107 `chart-api-version`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CH0107", name: "chart-api-version", severity: Severity::Error },
    docs: include_str!("../docs/CH0107.md"),
    check: Check::PackAndProfile(
        |_, judged, out| of_pack(judged).for_each(|installed| check(&installed, out)),
        |cx, resolved, out| of_profile(cx, resolved).for_each(|installed| check(&installed, out)),
    ),
};

fn check(installed: &Installed<'_>, out: &mut Vec<Diagnostic>) {
    let metadata = &installed.chart.metadata;
    let name = &metadata.name;
    match metadata.api_version.as_str() {
        "v2" => {}
        "v1" => {
            // Dependencies of `requirements.yaml` are those of an old chart; in Chart.yaml they belong to a new one.
            let old = installed.chart.files.contains("requirements.yaml");
            if !old && !metadata.dependencies.is_empty() {
                let message =
                    format!("chart `{name}` has `dependencies` in Chart.yaml, but `apiVersion: v1`");
                let mut finding = installed.finding(RULE.lint, "/apiVersion", message);
                finding.severity = Severity::Warning;
                out.push(finding.help("write `apiVersion: v2`, which has dependencies there"));
            }
        }
        "" => {
            let message = format!("chart `{name}` has no `apiVersion`");
            let help = "Helm refuses to install it; write `apiVersion: v2` into its Chart.yaml";
            out.push(installed.finding(RULE.lint, "", message).help(help));
        }
        other => {
            let message = format!("chart `{name}` has `apiVersion: {other}`, which is neither v1 nor v2");
            out.push(installed.finding(RULE.lint, "/apiVersion", message));
        }
    }
}
