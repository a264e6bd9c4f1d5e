//! CH0101: a chart lists a dependency that its `charts` folder does not have.

use super::{Installed, of_pack, of_profile};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Rule};

/// CH0101 `missing-dependency`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CH0101", name: "missing-dependency", severity: Severity::Error },
    docs: include_str!("../docs/CH0101.md"),
    check: Check::PackAndProfile(
        |_, judged, out| of_pack(judged).for_each(|installed| check(&installed, out)),
        |cx, resolved, out| of_profile(cx, resolved).for_each(|installed| check(&installed, out)),
    ),
};

fn check(installed: &Installed<'_>, out: &mut Vec<Diagnostic>) {
    let chart = installed.chart;
    for dependency in chart.missing_dependencies() {
        let index = chart.metadata.dependencies.iter().position(|listed| listed == dependency).unwrap_or(0);
        let message = format!(
            "chart `{}` depends on chart `{}`, which its `charts` folder does not have",
            chart.metadata.name, dependency.name
        );
        out.push(
            installed
                .finding(RULE.lint, &format!("/dependencies/{index}/name"), message)
                .help("Helm refuses to install it; package it again after `helm dependency build`"),
        );
    }
}
