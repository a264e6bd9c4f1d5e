//! CH0104: a library chart is to be installed.

use super::{Installed, of_pack, of_profile};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Rule};

/// CH0104 `library-chart`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CH0104", name: "library-chart", severity: Severity::Error },
    docs: include_str!("../docs/CH0104.md"),
    check: Check::PackAndProfile(
        |_, judged, out| of_pack(judged).for_each(|installed| check(&installed, out)),
        |cx, resolved, out| of_profile(cx, resolved).for_each(|installed| check(&installed, out)),
    ),
};

fn check(installed: &Installed<'_>, out: &mut Vec<Diagnostic>) {
    let metadata = &installed.chart.metadata;
    if metadata.chart_type.as_deref() == Some("library") {
        let message = format!("chart `{}` is a library: Helm does not install it", metadata.name);
        let finding = installed.finding(RULE.lint, "/type", message);
        out.push(finding.help("use it as a dependency of a chart of its own"));
    }
}
