//! CH0106: the schema of a chart is no schema.

use super::{Installed, of_pack, of_profile};
use crate::chart::Chart;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Rule};
use crate::schema::ChartSchema;

/// CH0106 `broken-schema`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CH0106", name: "broken-schema", severity: Severity::Error },
    docs: include_str!("../docs/CH0106.md"),
    check: Check::PackAndProfile(
        |_, judged, out| of_pack(judged).for_each(|installed| check(&installed, installed.chart, out)),
        |cx, resolved, out| {
            of_profile(cx, resolved).for_each(|installed| check(&installed, installed.chart, out));
        },
    ),
};

fn check(installed: &Installed<'_>, chart: &Chart, out: &mut Vec<Diagnostic>) {
    if let Some(schema) = ChartSchema::of(chart)
        && let Some((why, pointer)) = &schema.fault
    {
        let message = format!("values.schema.json of chart `{}` cannot be used: {why}", chart.metadata.name);
        let inside = schema.place(pointer);
        let finding = match installed.layer {
            Some(layer) => Diagnostic::new(RULE.lint, layer.place.clone(), message)
                .related(inside, "the schema stands here"),
            None => Diagnostic::new(RULE.lint, inside, message),
        };
        let mut finding = finding.help("Helm refuses to install a chart whose schema it cannot read");
        if !std::ptr::eq(chart, installed.chart.as_ref()) {
            // Unless the subchart is switched off.
            finding.severity = Severity::Warning;
        }
        out.push(finding);
    }
    for subchart in chart.subcharts().iter().filter_map(|subchart| subchart.chart.as_deref()) {
        check(installed, subchart, out);
    }
}
