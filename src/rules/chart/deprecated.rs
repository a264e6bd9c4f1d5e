//! CH0103: a chart says that its makers gave it up.

use super::{Installed, of_pack, of_profile};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Rule};

/// CH0103 `deprecated-chart`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CH0103", name: "deprecated-chart", severity: Severity::Warning },
    docs: include_str!("../docs/CH0103.md"),
    check: Check::PackAndProfile(
        |_, judged, out| of_pack(judged).for_each(|installed| check(&installed, out)),
        |cx, resolved, out| of_profile(cx, resolved).for_each(|installed| check(&installed, out)),
    ),
};

fn check(installed: &Installed<'_>, out: &mut Vec<Diagnostic>) {
    let metadata = &installed.chart.metadata;
    if metadata.deprecated {
        let message = format!("chart `{}` {} is deprecated", metadata.name, metadata.version);
        let finding = installed.finding(RULE.lint, "/deprecated", message);
        out.push(finding.help("it gets no more fixes; look for what its makers recommend in its place"));
    }
}
