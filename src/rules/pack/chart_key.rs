//! PK0108: a key below `charts` in a pack's values is the name of none of its charts.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::push_pointer;

/// PK0108 `chart-key`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0108", name: "chart-key", severity: Severity::Warning },
    docs: include_str!("../docs/PK0108.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let Some(charts) = pack.values.as_ref().and_then(|v| v.at("/charts")) else { return };
    // A chart that cannot be read may be the one that is meant.
    if pack.charts.is_empty() || pack.charts.iter().any(|c| c.chart.is_none()) {
        return;
    }
    let names: Vec<&str> =
        pack.charts.iter().filter_map(|c| c.chart.as_ref()).map(|c| c.metadata.name.as_str()).collect();
    for entry in charts.entries() {
        let Some(key) = entry.key.text() else { continue };
        if names.contains(&key) {
            continue;
        }
        out.push(
            Diagnostic::new(
                RULE.lint,
                entry.key.place(),
                format!("`charts.{key}` belongs to no chart of the pack"),
            )
            .pointer(push_pointer("/charts", key))
            .help(format!("values below it are never read; its charts are: {}", names.join(", "))),
        );
    }
}
