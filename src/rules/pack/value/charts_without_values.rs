//! PK0271: a pack installs charts, and its values say nothing to them.

use crate::chart::Chart;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::PackChart;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;
use crate::yaml::Kind;

/// PK0271 `charts-without-values`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0271", name: "charts-without-values", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0271.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let Some(values) = &pack.values else { return };
    let charts: Vec<(&PackChart, &Chart)> =
        pack.charts.iter().filter_map(|listed| Some((listed, listed.chart.as_deref()?))).collect();
    let names: Vec<&str> = charts.iter().map(|(_, chart)| chart.metadata.name.as_str()).collect();
    let Some(node) = values.at("/charts") else {
        // A chart without values of its own has nothing to be set.
        if let Some((first, _)) = charts.iter().find(|(_, chart)| chart.values.is_some()) {
            let entry = values.root().entries().next();
            let place = entry.map_or_else(|| values.root().place(), |entry| entry.key.place());
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    place,
                    "values.yaml has no `charts`, so that no value reaches a chart",
                )
                .related(Place::new(&pack.json_file, first.path.span), "a chart of the pack")
                .help(format!("values of a chart stand below `charts.{}`", names.join("`, `charts."))),
            );
        }
        return;
    };
    // A key that belongs to no chart says what is wrong already.
    if node.entries().any(|entry| entry.key.text().is_some_and(|key| !names.contains(&key))) {
        return;
    }
    for name in names {
        let Some(entry) = node.entry(name) else {
            // Charts of definitions have nothing to set.
            if !has_values(&charts, name) {
                continue;
            }
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    values.key_place("/charts"),
                    format!("`charts` has nothing for chart `{name}`"),
                )
                .pointer("/charts")
                .help(format!("add `charts.{name}` with the values that people will want to set")),
            );
            continue;
        };
        let empty = match entry.value.kind() {
            Kind::Map => entry.value.entries().next().is_none(),
            Kind::Scalar => entry.value.text().is_none_or(|text| matches!(text, "" | "~" | "null")),
            Kind::Seq => true,
        };
        if empty {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    entry.key.place(),
                    format!("`charts.{name}` is empty, so that nobody sees what can be set"),
                )
                .pointer(format!("/charts/{name}"))
                .help("copy the values there that people will want to set: registries of packs refuse an empty one"),
            );
        }
    }
}

/// Whether a chart has values that could be set.
fn has_values(charts: &[(&PackChart, &Chart)], name: &str) -> bool {
    let named = charts.iter().filter(|(_, chart)| chart.metadata.name == name);
    named.into_iter().any(|(_, chart)| chart.values.is_some())
}
