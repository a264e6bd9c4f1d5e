//! CH0105: the schema of a chart refers to an address on the network.

use super::{Installed, of_pack, of_profile};
use crate::chart::Chart;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Rule};
use crate::schema::ChartSchema;

/// CH0105 `remote-schema`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CH0105", name: "remote-schema", severity: Severity::Warning },
    docs: include_str!("../docs/CH0105.md"),
    check: Check::PackAndProfile(
        |_, judged, out| of_pack(judged).for_each(|installed| check(&installed, installed.chart, out)),
        |cx, resolved, out| {
            of_profile(cx, resolved).for_each(|installed| check(&installed, installed.chart, out));
        },
    ),
};

fn check(installed: &Installed<'_>, chart: &Chart, out: &mut Vec<Diagnostic>) {
    if let Some(schema) = ChartSchema::of(chart) {
        for (address, pointer) in &schema.remote {
            let message = format!("the schema of chart `{}` is fetched from {address}", chart.metadata.name);
            let inside = schema.place(pointer);
            let finding = match installed.layer {
                Some(layer) => Diagnostic::new(RULE.lint, layer.place.clone(), message)
                    .related(inside, "the schema says so here"),
                None => Diagnostic::new(RULE.lint, inside, message),
            };
            out.push(finding.help(
                "an appliance without that network cannot install the chart; what the address describes was not judged",
            ));
        }
    }
    for subchart in chart.subcharts().iter().filter_map(|subchart| subchart.chart.as_deref()) {
        check(installed, subchart, out);
    }
}
